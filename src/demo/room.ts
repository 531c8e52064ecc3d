import { z } from 'zod'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import { route } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Room } from '#kernel/room.ts'
import { bytesFrom } from './chance.ts'
import { loadDemo, readDemo, removeDemo } from './contract.ts'
import { tellTeaShop } from './load.ts'
import type { EmptyWorld } from './story.ts'

export type { EmptyWorld } from './story.ts'

/** What the demo needs of the composition: a second world to fill and to drop, beside the business. */
export interface DemoWorlds {
  readonly business: House
  demo(): House | undefined
  /** Makes the demo's database and lets it be filled; it is seen by nobody before it is full. */
  openDemo(fill: (world: EmptyWorld) => Promise<void>, chance: (bytes: Uint8Array) => Uint8Array): Promise<unknown>
  dropDemo(): Promise<void>
}

/** Which telling of the story it is; any number would do. */
const demoSeed = 7250

/** Loading and removing the demo world: asked for in the business, where staff sign in, whatever world they look at. */
export function demoRoom(worlds: () => DemoWorlds): Room {
  const loading = async () => {
    const runs = await worlds().business.jobs.list(20)
    return runs.find(run => run.name === 'demo.load' && (run.state === 'waiting' || run.state === 'running'))
  }
  const state = async () => {
    const run = await loading()
    if (run) return { state: 'loading' as const, done: run.done, total: run.total }
    return { state: worlds().demo() ? ('loaded' as const) : ('absent' as const), done: 0, total: null }
  }
  return {
    name: 'demo',
    routes: [
      route(readDemo, state),
      route(loadDemo, async (_house, { language }) => {
        const { business, demo } = worlds()
        if (!demo()) {
          await business.database.transaction(async transaction => {
            await business.jobs.enqueue(transaction, 'demo.load', { language }, { key: 'demo' })
            await business.live.announce(transaction, ['demo'])
          })
        }
        return state()
      }),
      route(removeDemo, async () => {
        if (await loading()) throw refuse('conflict', 'demo:refusal.still-loading')
        await dropDemo(worlds())
        return state()
      }),
    ],
    jobs: [
      job({
        name: 'demo.load',
        input: z.object({ language: z.enum(['en', 'zh-CN']) }),
        visible: true,
        async run(_house, { language }, progress) {
          await fillDemo(worlds(), language, (done, total) => progress.report({ done, total, unit: 'steps' }))
          return {}
        },
      }),
    ],
  }
}

/** Loads the demo world unless it is there; also what `guanxi demo load` does without a server. */
export async function fillDemo(
  worlds: DemoWorlds,
  language: 'en' | 'zh-CN',
  telling: (done: number, total: number) => Promise<void>,
): Promise<void> {
  if (worlds.demo()) return
  await worlds.openDemo(world => tellTeaShop(world, language, telling), bytesFrom(demoSeed))
  await announce(worlds)
}

export async function dropDemo(worlds: DemoWorlds): Promise<void> {
  await worlds.dropDemo()
  await announce(worlds)
}

async function announce({ business }: DemoWorlds): Promise<void> {
  await business.database.transaction(transaction => business.live.announce(transaction, ['demo']))
}
