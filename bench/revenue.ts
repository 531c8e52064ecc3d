/**
 * What customers were foretold to spend, held against what they spent: `npm run bench -- revenue`. Purchases of the model times the
 * spend per purchase of gamma-gamma, fitted up to the split; beside it a plain past rate (spent so far over time watched).
 * Ranking barely tells models from a past rate; size does, which is why the decile error stands beside the Gini.
 */
import {
  decileCalibrationError,
  gammaGamma,
  normalisedGini,
  paretoNbd,
  shareOfTop,
  spearman,
  summarise,
} from '#statistics/index.ts'
import { HOLDOUT_CASES, transactionsOf } from './holdout-evaluation.ts'
import { dayOf } from './rhythm-datasets.ts'

/** The same questions answered by independent code at high precision (ties of the past rate there in the order of the file). */
const references = {
  'CDNOW sample, 39/39 weeks': {
    'pareto-nbd': { gini: 0.66, spearman: 0.445, topTenth: 0.503, error: 29.45 },
    'past rate': { gini: 0.66, spearman: 0.48, topTenth: 0.487, error: 43.31 },
  },
  'Online Retail II to 9 June 2011, 26 weeks': {
    'pareto-nbd': { gini: 0.862, spearman: 0.627, topTenth: 0.637, error: 578.3 },
    'past rate': { gini: 0.845, spearman: 0.591, topTenth: 0.629, error: 574 },
  },
} as const

for (const question of HOLDOUT_CASES) {
  const reference = references[question.name as keyof typeof references]
  const log = reference && question.read()
  if (!reference) continue
  if (!log) {
    console.log(`skipped: ${question.name} is not in ../shared/data (or GUANXI_SHARED_DATA)`)
    continue
  }
  const summary = summarise(transactionsOf(log), {
    unit: 'week',
    calibrationEnd: dayOf(question.splitOn),
    end: dayOf(question.endOn),
  })
  const { columns, spend, holdout } = summary
  const { horizon, spend: spent } = holdout!
  const { expected } = paretoNbd.scores(paretoNbd.fit(columns).parameters, columns, horizon)
  const perPurchase = gammaGamma.expectedSpends(gammaGamma.fit(spend!).parameters, spend!)
  const foretold = {
    'pareto-nbd': expected.map((purchases, row) => purchases * perPurchase[row]!),
    'past rate': Float64Array.from(spend!.meanSpend, (mean, row) => {
      const { purchases, observed } = columns
      return observed[row]! > 0 ? ((mean * purchases[row]!) / observed[row]!) * horizon : 0
    }),
  }
  for (const [model, values] of Object.entries(foretold)) {
    const round = (value: number, digits = 3) => Number(value.toFixed(digits))
    const error = values.reduce((sum, value, row) => sum + Math.abs(value - spent[row]!), 0) / values.length
    console.log(
      JSON.stringify({
        bench: 'revenue',
        data: question.name,
        model,
        gini: round(normalisedGini(spent, values)),
        spearman: round(spearman(values, spent)),
        topTenth: round(shareOfTop(spent, 0.1, values)),
        error: round(error, 2),
        decileError: round(decileCalibrationError(values, spent)),
        reference: reference[model as keyof typeof reference],
      }),
    )
  }
}
