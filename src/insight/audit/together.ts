import type { Base } from './base.ts'
import { edgeBins, quantileOf } from './bins.ts'
import type { Finding, Together, Unit } from './contract.ts'
import { calendarOf, monthsBefore, placesOf, unitFor } from './periods.ts'
import { found, measured, onDay, say, share } from './said.ts'
import { sum } from './spread.ts'

/** More layers than this cannot be told apart. */
const mostLayers = 6
const dayEdges = [0, 7, 14, 30, 60, 90, 120, 180, 270, 365, 545, 730]

/** The fourth lens: all customers together, period by period, and how much time lies between their purchases. */
export function togetherOf(base: Base, currency: string | null, chosen?: Unit): Together {
  const unit = chosen ?? unitFor(base.lastDay - base.firstDay + 1)
  const calendar = calendarOf(base.firstDay, base.lastDay, unit)
  const periods = calendar.map(period => ({
    ...period,
    active: 0,
    new: 0,
    orders: 0,
    revenueMinor: 0,
    newRevenueMinor: 0,
  }))
  const places = placesOf(calendar, base.firstDay, base.lastDay)
  const layers = layersFor(base)
  const layerOf = placesOf(layers.periods, base.firstDay, base.lastDay)
  const stacked = layers.periods.map(() => new Array<number>(calendar.length).fill(0))
  const gaps: number[] = []
  const silences = new Float64Array(base.customers)
  for (let customer = 0; customer < base.customers; customer++) {
    const born = base.first[customer]!
    const bornIn = places[born - base.firstDay]!
    const stack = stacked[layerOf[born - base.firstDay]!]!
    let seen = -1
    let before = -1
    for (let at = base.start[customer]!; at < base.start[customer + 1]!; at++) {
      const on = base.day[at]!
      const place = places[on - base.firstDay]!
      const period = periods[place]!
      period.revenueMinor += base.value[at]!
      if (place === bornIn) period.newRevenueMinor += base.value[at]!
      stack[place]! += base.isPriced ? base.value[at]! : base.orders[at]!
      if (base.orders[at] === 0) continue
      period.orders += base.orders[at]!
      if (place !== seen) period.active++
      seen = place
      if (before >= 0) gaps.push(on - before)
      before = on
    }
    periods[bornIn]!.new++
    silences[customer] = base.lastDay - before
  }
  const sorted = Float64Array.from(gaps).sort()
  const quantiles = {
    quarter: quantileOf(sorted, 0.25),
    median: quantileOf(sorted, 0.5),
    threeQuarters: quantileOf(sorted, 0.75),
    nineTenths: quantileOf(sorted, 0.9),
  }
  const silent = silences.reduce((count, days) => count + (days > quantiles.nineTenths ? 1 : 0), 0)
  const median = quantileOf(silences.slice().sort(), 0.5)
  const whole = periods.findLast(({ complete }) => complete) ?? periods.at(-1)!
  const fresh = base.isPriced ? olderShare(base) : undefined
  const span = { from: onDay(base.firstDay), to: onDay(base.lastDay), customers: base.customers }
  const findings: Record<string, Finding> = {
    active: found('active', {
      ...span,
      active: whole.active,
      new: whole.new,
      again: whole.active - whole.new,
      share: share(whole.new, whole.active),
      period: { period: whole.fromOn, unit },
    }),
    layers: found(
      'layers',
      { ...span, ...(fresh ?? olderShare(base)) },
      { variant: base.isPriced ? 'title' : 'title-orders' },
    ),
    gaps: found(
      'gaps',
      { ...span, count: sorted.length, ...quantiles },
      { variant: sorted.length === 0 ? 'none' : 'title', notes: [say('note.gaps')] },
    ),
    silence: found(
      'silence',
      { ...span, median, silent, days: quantiles.nineTenths, share: share(silent, base.customers) },
      { variant: sorted.length === 0 ? 'none' : 'title' },
    ),
  }
  return {
    unit,
    periods: periods.map(period => ({
      ...period,
      revenueMinor: base.isPriced ? period.revenueMinor : null,
      newRevenueMinor: base.isPriced ? period.newRevenueMinor : null,
    })),
    layers: layers.periods.flatMap(({ fromOn }, layer) =>
      sum(stacked[layer]!.map(Math.abs)) === 0 ? [] : [{ fromOn, unit: layers.unit, values: stacked[layer]! }],
    ),
    measures: [
      measured('active', whole.active, { period: { period: whole.fromOn, unit } }),
      ...(sorted.length > 0 ? [measured('gap', quantiles.median, { count: sorted.length, ...quantiles })] : []),
      measured('silence', median, span),
    ],
    findings,
    gaps: { count: sorted.length, ...quantiles, bins: edgeBins(sorted, edgesUpTo(sorted.at(-1) ?? 0)) },
    silence: { median, bins: edgeBins(silences, edgesUpTo(base.lastDay - base.firstDay)) },
  }

  function olderShare({ lastDay, first, start, day, value, orders, customers }: Base) {
    const from = Math.max(base.firstDay, monthsBefore(lastDay, 12) + 1)
    let all = 0
    let older = 0
    for (let customer = 0; customer < customers; customer++) {
      for (let at = start[customer]!; at < start[customer + 1]!; at++) {
        if (day[at]! < from) continue
        const part = base.isPriced ? value[at]! : orders[at]!
        all += part
        if (first[customer]! < from) older += part
      }
    }
    const shown = (number: number) => (base.isPriced ? { amountMinor: Math.round(number), currency } : number)
    return { share: share(older, all), older: shown(older), all: shown(all), since: onDay(from) }
  }
}

/** Cohorts gathered into the finest calendar unit that makes few enough layers. */
function layersFor(base: Base) {
  const inUnits = (unit: Unit) => ({ unit, periods: calendarOf(dayOfFirst(base), dayOfLatest(base), unit) })
  const months = inUnits('month')
  if (months.periods.length <= mostLayers) return months
  const quarters = inUnits('quarter')
  return quarters.periods.length <= mostLayers ? quarters : inUnits('year')
}

const dayOfFirst = ({ first }: Base) => first.reduce((least, day) => Math.min(least, day), Infinity)
const dayOfLatest = ({ first }: Base) => first.reduce((most, day) => Math.max(most, day), -Infinity)

function edgesUpTo(days: number): number[] {
  return dayEdges.filter((edge, index) => index === 0 || edge <= days)
}
