import { describe, expect, it } from 'vitest'
import { readGrocery, readOnlineRetail } from '../../bench/rhythm-datasets.ts'
import {
  CUT_OFF_CASES,
  evaluateCutOff,
  evaluatePurchaseMoments,
  PURCHASE_MOMENT_CASES,
  TOLERANCE,
} from '../../bench/rhythm-evaluation.ts'

const logs = { grocery: readGrocery(), 'online-retail': readOnlineRetail() }
for (const [name, log] of Object.entries(logs)) {
  if (!log) console.log(`skipped: the ${name} data set is not in ../shared/data (or GUANXI_SHARED_DATA)`)
}

describe('the rhythm model on real customers reaches the reference', () => {
  for (const question of CUT_OFF_CASES) {
    const log = logs[question.data]
    it.skipIf(!log)(`who stays silent for ${question.horizonDays} days: ${question.name}`, () => {
      const result = evaluateCutOff(log!, question)
      expect(result.customers).toBe(question.customers)
      expect(result.auc).toBeGreaterThanOrEqual(question.published.auc - TOLERANCE.rank)
      expect(result.valueAuc).toBeGreaterThanOrEqual(question.published.valueAuc - TOLERANCE.rank)
      expect(result.precisionAt10).toBeGreaterThanOrEqual(question.published.precisionAt10 - TOLERANCE.rank)
      expect(result.brier).toBeLessThanOrEqual(question.published.brier + TOLERANCE.brier)
      expect(result.auc).toBeGreaterThan(result.recency.auc)
    })
  }

  for (const question of PURCHASE_MOMENT_CASES) {
    const log = logs[question.data]
    it.skipIf(!log)(`who is back within ${question.horizonDays} days of a purchase: ${question.name}`, () => {
      const result = evaluatePurchaseMoments(log!, question)
      expect(result.moments).toBe(question.moments)
      expect(result.brier).toBeLessThanOrEqual(question.published.brier + TOLERANCE.brier)
      expect(result.calibrationError).toBeLessThanOrEqual(question.published.calibrationError + TOLERANCE.rank)
    })
  }
})
