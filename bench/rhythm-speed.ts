/**
 * How fast the rhythm model is fitted and asked, on simulated customers: `npx node --conditions=source bench/rhythm-speed.ts`.
 * Prints one JSON line per size; the fit uses every customer (no sample).
 */
import { performance } from 'node:perf_hooks'
import { fitRhythm, nextPurchaseQuantile, probabilityOfSilence, simulateRhythm } from '#statistics/index.ts'
import { seeded } from './rhythm-arbitraries.ts'

const truth = { k: 1.6, r: 1.2, alpha: 40, a: 0.8, b: 3 }

for (const customers of [1_500, 24_000, 250_000, 1_000_000]) {
  const columns = simulateRhythm(truth, customers, seeded(1))
  const fitStarted = performance.now()
  const fit = fitRhythm(columns, { maximumCustomers: customers })
  const fitMilliseconds = performance.now() - fitStarted

  const askStarted = performance.now()
  let sum = 0
  for (let row = 0; row < customers; row++) {
    const history = {
      gaps: columns.gaps[row]!,
      gapDaysSum: columns.gapDaysSum[row]!,
      logGapSum: columns.logGapSum[row]!,
    }
    sum += probabilityOfSilence(fit.parameters, history, columns.silentDays[row]!, 90)
    sum += nextPurchaseQuantile(fit.parameters, history, 0.9)
  }
  const askMicroseconds = ((performance.now() - askStarted) * 1000) / customers
  console.log(
    JSON.stringify({
      customers,
      fitMilliseconds: Math.round(fitMilliseconds),
      iterations: fit.iterations,
      converged: fit.converged,
      silenceAndQuantileMicroseconds: Number(askMicroseconds.toFixed(2)),
      finite: Number.isFinite(sum),
    }),
  )
}
