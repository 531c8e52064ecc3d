/**
 * What the models foretold, held against what happened, beside what existing packages reach on the same data:
 * `npm run bench -- holdout`. One JSON line per data set and model.
 */
import { type Compared, evaluateHoldout, HOLDOUT_CASES } from './holdout-evaluation.ts'

const round = (value: number | null, digits = 3) => (value === null ? null : Number(value.toFixed(digits)))

for (const question of HOLDOUT_CASES) {
  const log = question.read()
  if (!log) {
    console.log(`skipped: ${question.name} is not in ../shared/data (or GUANXI_SHARED_DATA)`)
    continue
  }
  const { comparison, results, chosenBefore } = evaluateHoldout(log, question)
  for (const [model, { fit, ...errors }] of Object.entries(results)) {
    console.log(
      JSON.stringify({
        bench: 'holdout',
        data: question.name,
        model,
        predicted: Math.round(errors.predictedTotal),
        actual: errors.actualTotal,
        meanAbsoluteError: round(errors.meanAbsoluteError, 4),
        rootMeanSquaredError: round(errors.rootMeanSquaredError),
        aucAlive: round(errors.aucAlive),
        aucReturn: round(errors.aucReturn),
        chosenBeforehand: model === chosenBefore,
        reference: question.references[model as Compared],
        parameters: Object.fromEntries(
          Object.entries(fit.parameters).map(([name, value]) => [name, Number(Number(value).toPrecision(5))]),
        ),
        warnings: fit.warnings,
      }),
    )
  }
  const { predictedTotal, meanAbsoluteError } = comparison.pastRate
  console.log(
    JSON.stringify({
      bench: 'holdout',
      data: question.name,
      model: 'past rate',
      predicted: Math.round(predictedTotal),
      meanAbsoluteError: round(meanAbsoluteError, 4),
    }),
  )
}
