import type { Answer } from './api.ts'

const all = 'guanxi.card '
/**
 * What the card said last, on this device only, so that it opens at once and without a line. Signing out forgets it, and so
 * does another release, whose answers may be of another shape.
 */
const prefix = `${all}${import.meta.env.RELEASE} `

export function kept<Data>(address: string): Answer<Data> | undefined {
  try {
    const text = localStorage.getItem(prefix + address)
    return text ? (JSON.parse(text) as Answer<Data>) : undefined
  } catch {
    return undefined
  }
}

export function keep(address: string, answer: Answer<unknown>): void {
  try {
    localStorage.setItem(prefix + address, JSON.stringify(answer))
  } catch {
    // No room, or a browser that keeps nothing: the card then needs a line.
  }
}

export function forgetAll(): void {
  for (const name of Object.keys(localStorage)) if (name.startsWith(all)) localStorage.removeItem(name)
}
