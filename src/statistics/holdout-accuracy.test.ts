import { describe, expect, it } from 'vitest'
import { CANDIDATES, type Compared, evaluateHoldout, HOLDOUT_CASES } from '../../bench/holdout-evaluation.ts'

/** Beyond this the last printed digit of a reference explains no difference. */
const within = { error: 0.001, auc: 0.001, total: 0.005 }

describe('what the models foretold comes as near as that of existing packages, or nearer', () => {
  for (const question of HOLDOUT_CASES) {
    const log = question.read()
    describe(question.name, () => {
      const evaluation = log && evaluateHoldout(log, question)
      const title = (what: string) => (log ? what : `${what} (not run)`)

      it(title('the same customers and the same purchases are asked about'), context => {
        if (!evaluation) return context.skip('the data set is not in ../shared/data (or GUANXI_SHARED_DATA)')
        expect(evaluation.comparison.customers).toBe(question.customers)
        expect(evaluation.comparison.results[0]!.actualTotal).toBe(question.actual)
      })

      for (const [model, reference] of Object.entries(question.references)) {
        it(title(`${model}: error, total and ranking`), context => {
          if (!evaluation) return context.skip('the data set is not in ../shared/data (or GUANXI_SHARED_DATA)')
          const result = evaluation.results[model as Compared]
          expect(result.meanAbsoluteError).toBeLessThanOrEqual(reference.meanAbsoluteError + within.error)
          const miss = Math.abs(result.predictedTotal - question.actual) / question.actual
          const referenceMiss = Math.abs(reference.total - question.actual) / question.actual
          expect(miss).toBeLessThanOrEqual(referenceMiss + within.total)
          if (reference.auc !== undefined) expect(result.aucAlive).toBeGreaterThanOrEqual(reference.auc - within.auc)
        })
      }

      it(title('the model chosen before the holdout was seen comes nearest, and beats a plain past rate'), context => {
        if (!evaluation) return context.skip('the data set is not in ../shared/data (or GUANXI_SHARED_DATA)')
        const { comparison, results, chosenBefore } = evaluation
        expect(CANDIDATES.map(each => each.name)).toContain(chosenBefore)
        const errorOf = (name: Compared) => results[name].meanAbsoluteError
        const smallest = Math.min(...CANDIDATES.map(each => errorOf(each.name as Compared)))
        expect(errorOf(chosenBefore as Compared)).toBe(smallest)
        expect(smallest).toBeLessThan(comparison.pastRate.meanAbsoluteError)
      })
    })
  }
})
