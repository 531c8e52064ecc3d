import { writeFileSync } from 'node:fs'
import type { SerializedError } from 'vitest'
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import type { Sums } from './sums.ts'

/**
 * Prints why tests were skipped and hands the sums to `scripts/test.ts` through a file. Stands beside Vitest's own
 * reporter, which shows failures well but neither reasons nor, when a file does not load, a count of what was lost.
 */
export default class SumsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const tests = modules.flatMap(module => [...module.children.allTests()])
    const skipped = tests.filter(test => test.result().state === 'skipped')
    for (const [reason, titles] of byReason(skipped)) console.log(`skipped (${titles.length}) ${reason}`)
    const sums: Sums = {
      passed: tests.filter(test => test.result().state === 'passed').length,
      failed:
        tests.filter(test => test.result().state === 'failed' || test.result().state === 'pending').length +
        modules.filter(broken).length +
        unhandled.length,
      skipped: skipped.length,
    }
    const file = process.env.GUANXI_TEST_SUMS
    if (file) writeFileSync(file, JSON.stringify(sums))
  }
}

/** A file or a suite that failed outside its tests: it did not load, or its set-up or clean-up threw. */
function broken(module: TestModule): boolean {
  return module.errors().length > 0 || [...module.children.allSuites()].some(suite => suite.errors().length > 0)
}

/** Tests skipped for the same reason share a line; one without a reason is named, so that it cannot hide. */
function byReason(tests: readonly TestCase[]): Map<string, string[]> {
  const reasons = new Map<string, string[]>()
  for (const test of tests) {
    const result = test.result()
    const note = result.state === 'skipped' ? result.note : undefined
    const reason = note ?? `no reason given: ${test.module.moduleId.replace(process.cwd(), '.')} > ${test.fullName}`
    reasons.set(reason, [...(reasons.get(reason) ?? []), test.fullName])
  }
  return reasons
}
