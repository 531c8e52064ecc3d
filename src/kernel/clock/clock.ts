/** The only way the house learns the time. Tests and stories hand in a clock that they move themselves. */
export interface Clock {
  now(): Date
  /** Milliseconds that only ever grow, for measuring how long something took. */
  elapsed(): number
}

export const systemClock: Clock = {
  now: () => new Date(),
  elapsed: () => performance.now(),
}

/**
 * A clock that stands still until moved.
 *
 * Example: `const clock = movableClock('2026-03-01T09:00:00Z'); clock.advanceDays(2)` reads 3 March, nine o'clock.
 */
export function movableClock(start: string | Date): Clock & {
  set(instant: string | Date): void
  advanceDays(days: number): void
} {
  let now = new Date(start)
  return {
    now: () => new Date(now),
    elapsed: () => now.getTime(),
    set(instant) {
      now = new Date(instant)
    },
    advanceDays(days) {
      now = new Date(now.getTime() + days * 86_400_000)
    },
  }
}
