import type { RandomSource } from './random-source.ts'

/**
 * A repeatable source of numbers in [0, 1) from a seed (mulberry32): small and fast, good enough to simulate with and to
 * draw intervals with, and no secret to anybody. Example: `seeded(1)()` -> .62707..., on every machine.
 */
export function seeded(seed: number): RandomSource {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
