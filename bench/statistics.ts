/**
 * How fast the models are fitted and asked: `npm run bench -- statistics`, or one case by the number that its line prints,
 * `npx node --conditions=source bench/statistics.ts 3`.
 *
 * Each case runs in a process of its own, single thread, on invented customers. `seconds` is the median of the runs after
 * the first (`firstSeconds`, in which the machine still translates the code); `logs` says the same as a multiple of one plain
 * pass of Math.log over as many rows, because machines differ; `peakMegabytes` is the process with its data. The peers'
 * figures were measured on another quiet two-core machine and stand there for the order of magnitude.
 */
import { spawnSync } from 'node:child_process'
import { performance } from 'node:perf_hooks'
import { type AnyModel, bgNbd, gammaGamma, mbgCnbdK, mbgNbd, nbd, paretoNbd, summarise } from '#statistics/index.ts'
import { anyTimeBase, dayBase, habitBase, purchaseRows, spendBase, weightedBase } from './statistics-base.ts'

interface Case {
  readonly what: string
  readonly rows: number
  readonly barSeconds?: number
  readonly peers?: string
  /** Makes the data and answers what is to be timed; what that returns is printed beside the time. */
  prepare(): () => Record<string, unknown>
}

const million = 1_000_000
const weeks52 = 364

const fitOf = (model: AnyModel, rows: number, figures: Partial<Case>, base = dayBase): Case => ({
  what: `fit ${model.name}`,
  rows,
  ...figures,
  prepare() {
    const columns = base(rows)
    return () => {
      const { parameters, logLikelihood, iterations, gradientNorm, warnings } = model.fit(columns)
      return { parameters, logLikelihood, iterations, gradientNorm, warnings }
    }
  },
})

/** Times on no grid, and weights: what tables by day leave out must stay fast too. */
const generalFitsOf = (model: AnyModel): Case[] => [
  { ...fitOf(model, million, {}, anyTimeBase), what: `fit ${model.name}, times of any fraction` },
  { ...fitOf(model, million, {}, weightedBase), what: `fit ${model.name}, with weights` },
]

const scoresOf = (model: AnyModel, rows: number, figures: Partial<Case>, base = dayBase): Case => ({
  what: `score ${model.name}: alive, 52 weeks, silence`,
  rows,
  ...figures,
  prepare() {
    const columns = base(rows)
    const { parameters } = model.fit(base(30_000))
    return () => {
      const scores = model.scores(parameters, columns, weeks52)
      return { expectedTotal: scores.expected.reduce((sum, value) => sum + value, 0) }
    }
  },
})

const cases: readonly Case[] = [
  fitOf(bgNbd, million, {
    barSeconds: 0.1,
    peers: 'lifetimes 7.2 s (489 MB), merging equal rows 3.9; CLVTools 32.9 + 6.2; BTYD 46.7',
  }),
  fitOf(bgNbd, 10 * million, { barSeconds: 1, peers: 'lifetimes 96.6 s (3,875 MB), merging equal rows 22.2' }),
  fitOf(mbgNbd, million, { barSeconds: 0.15, peers: 'lifetimes 7.7 s; BTYDplus 29.2' }),
  fitOf(nbd, million, {}),
  fitOf(paretoNbd, million, {
    barSeconds: 0.6,
    peers: 'CLVTools 28-32 s (1,180 MB); lifetimes merging equal rows 59; BTYD 155 of CPU',
  }),
  fitOf(paretoNbd, 10 * million, {
    barSeconds: 4,
    peers: 'CLVTools 199 + 43 s (8,798 MB); lifetimes merging equal rows 235',
  }),
  fitOf(mbgCnbdK, million, { barSeconds: 2 }, habitBase),
  {
    what: 'fit gamma-gamma',
    rows: 806_000,
    barSeconds: 0.25,
    peers: 'lifetimes 2.9 s; CLVTools 3.8 of CPU',
    prepare() {
      const columns = spendBase(806_000)
      return () => {
        const { parameters, logLikelihood, iterations, gradientNorm, warnings } = gammaGamma.fit(columns)
        return { parameters, logLikelihood, iterations, gradientNorm, warnings }
      }
    },
  },
  scoresOf(bgNbd, million, { barSeconds: 0.15 }),
  scoresOf(mbgNbd, million, { barSeconds: 0.15 }),
  scoresOf(paretoNbd, million, { barSeconds: 0.15 }),
  scoresOf(mbgCnbdK, million, {}, habitBase),
  scoresOf(bgNbd, 10 * million, { peers: 'lifetimes 3.2-4.6 s (two scores)' }),
  scoresOf(paretoNbd, 10 * million, { peers: 'CLVTools 20.2 s, lifetimes 9.2 (two scores)' }),
  {
    what: 'transactions to columns, names as ids',
    rows: million,
    barSeconds: 0.3,
    peers: 'lifetimes 0.83 s, CLVTools 2.3, BTYDplus 6.2',
    prepare() {
      const purchases = purchaseRows(million)
      return () => ({ customers: summarise(purchases, { calibrationEnd: 600 }).customers.length })
    },
  },
  ...[bgNbd, mbgNbd, paretoNbd].flatMap(model => generalFitsOf(model)),
  {
    ...scoresOf(paretoNbd, million, {}, anyTimeBase),
    what: `score ${paretoNbd.name}, times of any fraction`,
  },
]

function logPassSeconds(rows: number): number {
  const numbers = Float64Array.from({ length: rows }, (_, row) => row + 1.5)
  const times: number[] = []
  let sum = 0
  for (let pass = 0; pass < 5; pass++) {
    const started = performance.now()
    for (let row = 0; row < rows; row++) sum += Math.log(numbers[row]!)
    times.push(performance.now() - started)
  }
  if (!Number.isFinite(sum)) throw new Error('the floor is not a number')
  return median(times) / 1000
}

function median(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)]!
}

function measure(number: number, { what, rows, barSeconds, peers, prepare }: Case): void {
  const act = prepare()
  const times: number[] = []
  let result: Record<string, unknown> = {}
  for (let run = 0; run < (rows > million ? 4 : 6); run++) {
    const started = performance.now()
    result = act()
    times.push((performance.now() - started) / 1000)
  }
  const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024)
  const seconds = median(times.slice(1))
  const round = (value: number) => Number(value.toPrecision(3))
  console.log(
    JSON.stringify({
      bench: 'statistics',
      case: number,
      what,
      rows,
      seconds: round(seconds),
      firstSeconds: round(times[0]!),
      logs: round(seconds / logPassSeconds(rows)),
      peakMegabytes,
      ...(barSeconds === undefined ? {} : { barSeconds, met: seconds <= barSeconds }),
      ...(peers === undefined ? {} : { peers }),
      ...result,
    }),
  )
}

const chosen = process.argv[2]
if (chosen === undefined) {
  for (const number of cases.keys()) {
    spawnSync(process.execPath, ['--conditions=source', import.meta.filename, String(number)], { stdio: 'inherit' })
  }
} else {
  const found = cases[Number(chosen)]
  if (!found) throw new RangeError(`there are the cases 0 to ${cases.length - 1}`)
  measure(Number(chosen), found)
}
