import { dayOfNumber } from '#kernel/clock/index.ts'
import {
  type AnyModel,
  type Comparison,
  compareOnHoldout,
  gammaGamma,
  type HoldoutResult,
  mbgCnbdK,
  mbgNbd,
  type Transactions as Purchases,
  paretoNbd,
  summarise,
} from '#statistics/index.ts'
import type { Base } from './base.ts'
import type { Finding, Holdout, Measure } from './contract.ts'
import { modelTitle } from './figures/holdout-panels.ts'
import { monthsBefore } from './periods.ts'
import { decimal, found, measured, onDay, say } from './said.ts'

/** BG/NBD is not asked: it takes everybody who bought once for alive (see docs of `statistics`). */
const candidates: readonly AnyModel[] = [paretoNbd, mbgNbd, mbgCnbdK]

/** The last three tenths of the time are held out. */
const heldOut = 0.3
/** Of fewer customers no model is asked. */
export const fewestCustomers = 50
const fewestWeeks = 12
/** Which model errs least is seen on this many customers as well as on all. */
const enoughToChoose = 30_000
const mostRepeats = 7
const points = 60
const normal95 = 1.959963984540054

/**
 * The fifth lens: a model that knows only the first part of the time, held against what then happened, and what it expects
 * of the next twelve months. Null where there is too little time or too few customers to ask.
 */
export function holdoutOf(base: Base, currency: string | null, splitDay?: number): Holdout | null {
  const span = base.lastDay - base.firstDay
  const split = splitDay ?? base.firstDay + Math.round(span * (1 - heldOut))
  if (span < fewestWeeks * 7 || split <= base.firstDay || split >= base.lastDay) return null
  const purchases = purchasesOf(base)
  const summary = summarise(purchases, { unit: 'week', calibrationEnd: split, end: base.lastDay })
  const { columns, holdout } = summary
  const customers = columns.purchases.length
  if (customers < fewestCustomers) return null
  const comparison = compareOnHoldout(summary, candidates)
  const before = chosenBefore(base, split)
  const chosen = trusted(comparison, before) ?? comparison.chosen
  const result = comparison.results.find(each => each.model === chosen)
  const model = candidates.find(each => each.name === chosen)
  const actual = comparison.results[0]!.actualTotal
  const span12 = { split: onDay(split), next: onDay(split + 1), to: onDay(base.lastDay), customers, actual }
  const shared = {
    splitOn: dayOfNumber(split),
    endOn: dayOfNumber(base.lastDay),
    customers,
    chosen: chosen ?? null,
    chosenBefore: chosen !== undefined && chosen === before,
    models: [
      ...comparison.results.map(each => ({
        model: each.model as string,
        predicted: each.predictedTotal,
        meanAbsoluteError: each.meanAbsoluteError,
        auc: each.aucReturn,
        warnings: [...each.fit.warnings],
      })),
      {
        model: 'past-rate',
        predicted: comparison.pastRate.predictedTotal,
        meanAbsoluteError: comparison.pastRate.meanAbsoluteError,
        auc: null,
        warnings: [],
      },
    ],
    actual,
  }
  if (!result || !model) {
    return {
      ...shared,
      byFrequency: [],
      tracking: [],
      revenue: null,
      next: null,
      measures: [],
      findings: { models: found('models', span12, { variant: 'none', why: 'why-none' }) },
    }
  }
  const expected = model.scores(result.fit.parameters, columns, holdout!.horizon).expected
  const byFrequency = frequenciesOf(columns.purchases, expected, holdout!.purchases)
  const ratio = ratioOf(expected, holdout!.purchases)
  const revenue = base.isPriced ? revenueOf(expected, summary) : null
  const next = nextYearOf(base, purchases, model, ratio)
  const money = (amountMinor: number) => ({ amountMinor: Math.round(amountMinor), currency })
  const said = {
    ...span12,
    model: modelTitle(model.name),
    predicted: Math.round(result.predictedTotal),
    error: { change: actual === 0 ? 0 : result.predictedTotal / actual - 1 },
    mae: decimal(result.meanAbsoluteError),
    past: decimal(comparison.pastRate.meanAbsoluteError),
    auc: decimal(result.aucReturn ?? 0.5),
  }
  const often = byFrequency.at(-1)!
  const findings: Record<string, Finding> = {
    tracking: found('tracking', said),
    'by-frequency': found('by-frequency', {
      ...said,
      repeats: often.repeats,
      each: decimal(often.predicted),
      came: decimal(often.actual),
    }),
    models: found('models', said, {
      variant: result.meanAbsoluteError < comparison.pastRate.meanAbsoluteError ? 'title' : 'past-rate-better',
      notes: [say(shared.chosenBefore ? 'note.chosen-before' : 'note.chosen-after')],
    }),
    next: found(
      'next',
      {
        ...said,
        from: { day: next.fromOn },
        until: { day: next.toOn },
        all: base.customers,
        expected: Math.round(next.purchases.estimate),
        low: Math.round(next.purchases.low),
        high: Math.round(next.purchases.high),
        ...(next.revenueMinor && {
          revenue: money(next.revenueMinor.estimate),
          lowRevenue: money(next.revenueMinor.low),
          highRevenue: money(next.revenueMinor.high),
        }),
      },
      { variant: next.revenueMinor ? 'title-revenue' : 'title' },
    ),
  }
  const measures: Measure[] = [
    { ...measured('predicted', Math.round(result.predictedTotal), said), isInferred: true },
    measured('actual', actual, said),
    measured('total-error', said.error, said),
    measured('mae', said.mae, said),
    ...(result.aucReturn === null ? [] : [measured('auc', said.auc, said)]),
    ...(revenue
      ? [
          measured(
            'revenue-error',
            { change: revenue.predictedMinor / revenue.actualMinor - 1 },
            {
              foreseen: money(revenue.predictedMinor),
              came: money(revenue.actualMinor),
            },
          ),
        ]
      : []),
  ]
  return { ...shared, byFrequency, tracking: trackingOf(base, model, result, split), revenue, next, measures, findings }
}

/** Days on which something was bought, of everybody or of every n-th customer. */
function purchasesOf(base: Base, stride = 1): Purchases & { customer: Int32Array } {
  const customer: number[] = []
  const at: number[] = []
  for (let who = 0; who < base.customers; who += stride) {
    for (let visit = base.start[who]!; visit < base.start[who + 1]!; visit++) {
      if (base.orders[visit]! === 0) continue
      customer.push(who)
      at.push(visit)
    }
  }
  return {
    customer: Int32Array.from(customer),
    day: Int32Array.from(at, visit => base.day[visit]!),
    ...(base.isPriced && { value: Float64Array.from(at, visit => base.value[visit]!) }),
  }
}

/**
 * What would have been chosen on the day of the split, by holding out the last third of what was known then: a model that is
 * chosen by the very test it is praised for would look better than it is.
 */
function chosenBefore(base: Base, split: number) {
  const inner = Math.round(base.firstDay + ((split - base.firstDay) * 2) / 3)
  if (inner <= base.firstDay || inner >= split) return undefined
  const stride = Math.ceil(base.customers / enoughToChoose)
  const summary = summarise(purchasesOf(base, stride), { unit: 'week', calibrationEnd: inner, end: split })
  if (summary.columns.purchases.length < fewestCustomers) return undefined
  return compareOnHoldout(summary, candidates).chosen
}

function trusted({ results }: Comparison, name: string | undefined) {
  const result = results.find(({ model }) => model === name)
  const isSound =
    result && !result.fit.warnings.some(warning => warning === 'dropout-not-identified' || warning === 'not-converged')
  return isSound ? result.model : undefined
}

/** Mean forecast and mean outcome of those with 0, 1, 2, ... repeat purchases before the split. */
function frequenciesOf(repeats: ArrayLike<number>, expected: Float64Array, actual: Int32Array): Holdout['byFrequency'] {
  const rows = Array.from({ length: mostRepeats + 1 }, (_, count) => ({
    repeats: count,
    orMore: count === mostRepeats,
    customers: 0,
    predicted: 0,
    actual: 0,
  }))
  for (let row = 0; row < expected.length; row++) {
    const group = rows[Math.min(mostRepeats, repeats[row]!)]!
    group.customers++
    group.predicted += expected[row]!
    group.actual += actual[row]!
  }
  return rows
    .filter(({ customers }) => customers > 0)
    .map(row => ({ ...row, predicted: row.predicted / row.customers, actual: row.actual / row.customers }))
}

/**
 * How far reality may lie from a forecast, to either side, where it errs no worse than in the test: the ratio of what came to
 * what was foreseen, at the farther end of its interval over customers (a ratio of two sums, to first order).
 */
function ratioOf(expected: Float64Array, actual: Int32Array) {
  let foreseen = 0
  let came = 0
  for (let row = 0; row < expected.length; row++) {
    foreseen += expected[row]!
    came += actual[row]!
  }
  const ratio = foreseen > 0 ? came / foreseen : 1
  let squares = 0
  for (let row = 0; row < expected.length; row++) squares += (actual[row]! - ratio * expected[row]!) ** 2
  const half = foreseen > 0 ? (normal95 * Math.sqrt(squares)) / foreseen : 0
  const off = Math.max(Math.abs(ratio - half - 1), Math.abs(ratio + half - 1))
  return { low: Math.max(0, 1 - off), high: 1 + off }
}

function revenueOf(expected: Float64Array, { spend, holdout }: ReturnType<typeof summarise>): Holdout['revenue'] {
  const spends = spendsOf(spend)
  if (!spends) return null
  const actualMinor = holdout!.spend.reduce((all, each) => all + each, 0)
  return actualMinor > 0
    ? { predictedMinor: Math.round(dot(expected, spends)), actualMinor: Math.round(actualMinor) }
    : null
}

/** What each customer will spend per purchase; nothing where the amounts do not say it. */
function spendsOf(spend: ReturnType<typeof summarise>['spend']): Float64Array | undefined {
  if (!spend?.purchases.some((count, row) => count > 0 && spend.meanSpend[row]! > 0)) return undefined
  const { parameters, warnings } = gammaGamma.fit(spend)
  if (warnings.includes('not-converged')) return undefined
  const spends = gammaGamma.expectedSpends(parameters, spend)
  return spends.every(Number.isFinite) ? spends : undefined
}

const dot = (one: Float64Array, other: Float64Array) => one.reduce((all, each, row) => all + each * other[row]!, 0)

/** Fitted again on all that is known; the interval is what the error of the test makes of it. */
function nextYearOf(
  base: Base,
  purchases: Purchases & { customer: Int32Array },
  model: AnyModel,
  ratio: { readonly low: number; readonly high: number },
): NonNullable<Holdout['next']> {
  const { columns, spend } = summarise(purchases, { unit: 'week', end: base.lastDay })
  const until = monthsBefore(base.lastDay, -12)
  const { parameters } = model.fit(columns)
  const { expected } = model.scores(parameters, columns, (until - base.lastDay) / 7)
  const estimate = expected.reduce((all, each) => all + each, 0)
  const spends = spendsOf(spend)
  const revenue = spends && dot(expected, spends)
  const between = (middle: number) => ({ estimate: middle, low: middle * ratio.low, high: middle * ratio.high })
  return {
    fromOn: dayOfNumber(base.lastDay + 1),
    toOn: dayOfNumber(until),
    purchases: between(estimate),
    revenueMinor: revenue === undefined ? null : between(revenue),
  }
}

/**
 * Repeat purchases of those who came before the split, added up since the beginning: as they were, and as the model expects
 * them of people of whom only the day of the first purchase is known.
 */
function trackingOf(base: Base, model: AnyModel, { fit }: HoldoutResult, split: number): Holdout['tracking'] {
  const days = base.lastDay - base.firstDay
  const newcomers = new Int32Array(days + 1)
  const repeats = new Int32Array(days + 1)
  for (let who = 0; who < base.customers; who++) {
    const born = base.first[who]!
    if (born > split) continue
    newcomers[born - base.firstDay]!++
    for (let visit = base.start[who]! + 1; visit < base.start[who + 1]!; visit++) {
      if (base.orders[visit]! > 0) repeats[base.day[visit]! - base.firstDay]!++
    }
  }
  const weeks = Math.ceil(days / 7) + 1
  const ofNew = Float64Array.from({ length: weeks + 1 }, (_, week) =>
    model.expectedPurchasesOfNew(fit.parameters, week),
  )
  const expectedAfter = (span: number) => {
    const week = Math.floor(span / 7)
    return ofNew[week]! + (ofNew[week + 1]! - ofNew[week]!) * (span / 7 - week)
  }
  const step = Math.max(7, Math.ceil(days / points / 7) * 7)
  const tracking: Holdout['tracking'] = []
  let came = 0
  let counted = 0
  for (let day = 0; day <= days; day = day === days ? days + 1 : Math.min(days, day + step)) {
    for (; counted <= day; counted++) came += repeats[counted]!
    let expected = 0
    for (let born = 0; born <= day; born++) {
      if (newcomers[born]! > 0) expected += newcomers[born]! * expectedAfter(day - born)
    }
    tracking.push({ on: dayOfNumber(base.firstDay + day), actual: came, expected: Math.round(expected * 10) / 10 })
  }
  return tracking
}
