/**
 * How fast the rhythm model is fitted and asked, on simulated customers: `npx node --conditions=source bench/rhythm-speed.ts`.
 * Prints one JSON line per size; the fit uses every customer (no sample).
 */
import { performance } from 'node:perf_hooks'
import { historyAt, mbgCnbdK, seeded } from '#statistics/index.ts'

const truth = { k: 1.6, r: 1.2, alpha: 40, a: 0.8, b: 3 }
const asked = 20_000

for (const customers of [1_500, 24_000, 250_000, 1_000_000]) {
  const random = seeded(1)
  const observed = Float64Array.from({ length: customers }, () => 730 - 90 * random())
  const { columns } = mbgCnbdK.simulate(truth, { observed }, random)
  const fitStarted = performance.now()
  const fit = mbgCnbdK.fit(columns)
  const fitMilliseconds = performance.now() - fitStarted

  const askStarted = performance.now()
  const rows = Math.min(asked, customers)
  let sum = 0
  for (let row = 0; row < rows; row++) {
    const history = historyAt(columns, row)
    sum += mbgCnbdK.probabilityOfSilence(fit.parameters, history, 90)
    sum += mbgCnbdK.nextPurchaseQuantile(fit.parameters, history, 0.9)
  }
  const askMicroseconds = ((performance.now() - askStarted) * 1000) / rows
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
