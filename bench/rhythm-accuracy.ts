/**
 * What we claim about the rhythm model, runnable: `npx node --conditions=source bench/rhythm-accuracy.ts`.
 * Prints one JSON line per question, then a table with the reference figure beside each of ours.
 */
import { performance } from 'node:perf_hooks'
import { type PurchaseLog, readGrocery, readOnlineRetail } from './rhythm-datasets.ts'
import {
  CUT_OFF_CASES,
  evaluateCutOff,
  evaluatePurchaseMoments,
  PURCHASE_MOMENT_CASES,
  TOLERANCE,
} from './rhythm-evaluation.ts'

const logs: Record<'grocery' | 'online-retail', PurchaseLog | undefined> = {
  grocery: readGrocery(),
  'online-retail': readOnlineRetail(),
}
const rows: string[][] = []
let missed = 0

/** One figure beside its reference; `above` says whether larger is better. */
function compare(ours: number, reference: number, tolerance: number, above: boolean, digits: number): string {
  const short = above ? reference - ours : ours - reference
  const holds = short <= tolerance
  if (!holds) missed++
  return `${ours.toFixed(digits)} (${reference.toFixed(digits)})${holds ? '' : ' MISSED'}`
}

for (const question of CUT_OFF_CASES) {
  const log = logs[question.data]
  if (!log) {
    console.log(JSON.stringify({ skipped: question.name, reason: `the ${question.data} data set is not here` }))
    continue
  }
  const started = performance.now()
  const { fit, ...result } = evaluateCutOff(log, question)
  const milliseconds = Math.round(performance.now() - started)
  const { published } = question
  console.log(
    JSON.stringify({
      question: 'silent',
      ...question,
      result,
      parameters: fit.parameters,
      warnings: fit.warnings,
      milliseconds,
    }),
  )
  rows.push([
    `silent for ${question.horizonDays} d: ${question.name}`,
    `${result.customers} (${question.customers})`,
    compare(result.auc, published.auc, TOLERANCE.rank, true, 3),
    compare(result.valueAuc, published.valueAuc, TOLERANCE.rank, true, 3),
    compare(result.precisionAt10, published.precisionAt10, TOLERANCE.rank, true, 3),
    compare(result.brier, published.brier, TOLERANCE.brier, false, 4),
    result.calibrationError.toFixed(3),
  ])
  rows.push([
    '  isotonic, found one horizon earlier',
    '',
    '',
    '',
    '',
    result.calibrated.brier.toFixed(4),
    result.calibrated.calibrationError.toFixed(3),
  ])
  rows.push([
    '  days since last purchase alone',
    '',
    result.recency.auc.toFixed(3),
    result.recency.valueAuc.toFixed(3),
    result.recency.precisionAt10.toFixed(3),
    '',
    '',
  ])
}

for (const question of PURCHASE_MOMENT_CASES) {
  const log = logs[question.data]
  if (!log) {
    console.log(JSON.stringify({ skipped: question.name, reason: `the ${question.data} data set is not here` }))
    continue
  }
  const result = evaluatePurchaseMoments(log, question)
  console.log(JSON.stringify({ question: 'back', ...question, result }))
  rows.push([
    `back within ${question.horizonDays} d: ${question.name}`,
    `${result.moments} (${question.moments})`,
    '',
    '',
    '',
    compare(result.brier, question.published.brier, TOLERANCE.brier, false, 4),
    compare(result.calibrationError, question.published.calibrationError, TOLERANCE.rank, false, 3),
  ])
}

const header = ['ours (reference)', 'n', 'AUC', 'value AUC', 'P@10', 'Brier', 'ECE']
const widths = header.map((title, column) => Math.max(title.length, ...rows.map(row => row[column]!.length)))
const line = (row: readonly string[]) =>
  row
    .map((cell, column) => cell.padEnd(widths[column]!))
    .join('  ')
    .trimEnd()
console.log(`\n${line(header)}\n${widths.map(width => '-'.repeat(width)).join('  ')}\n${rows.map(line).join('\n')}`)
console.log(`\nfigures below the bar: ${missed}`)
