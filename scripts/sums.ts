/** What a run of checks came to; kept apart from how each check prints itself. */
export interface Sums {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export const nothing: Sums = { passed: 0, failed: 0, skipped: 0 }

export function add(left: Sums, right: Sums): Sums {
  return {
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: left.skipped + right.skipped,
  }
}

/** `closingLine({ passed: 3, failed: 0, skipped: 1 })` is `3 passed, 0 failed, 1 skipped`. */
export function closingLine({ passed, failed, skipped }: Sums): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}
