/** Which world of customers this browser shows. The server keeps none of it: each request names the world it means. */
export type World = 'business' | 'demo'

const key = 'guanxi.world'

export function currentWorld(): World {
  return localStorage.getItem(key) === 'demo' ? 'demo' : 'business'
}

export function enterWorld(world: World): void {
  localStorage.setItem(key, world)
}
