import { dayNumber } from '#kernel/clock/index.ts'
import { differenceOfProportions, wilsonInterval } from '#statistics/index.ts'
import type { Base } from './base.ts'
import type { CalendarPeriod, Cohort, Cohorts, Finding, Said, Unit } from './contract.ts'
import { calendarOf, monthsOf, placesOf, unitFor } from './periods.ts'
import { decimal, found, measured, onDay, say, share } from './said.ts'
import { sum } from './spread.ts'

/** Fewer customers than this say nothing about how many come back. */
const fewestToCompare = 30
const chance = 0.95

/**
 * The third lens: customers by when they were won, followed since. A customer's age is counted in the calendar periods
 * since the one of the first order, so that the ages of all cohorts lie on the diagonals of the calendar.
 */
export function cohortsOf(base: Base, currency: string | null, chosen?: Unit): Cohorts {
  const unit = chosen ?? unitFor(base.lastDay - base.firstDay + 1)
  const periods = calendarOf(base.firstDay, base.lastDay, unit)
  const withinDays = base.lastDay - base.firstDay >= 270 ? 90 : 30
  const list = followed(base, periods, withinDays)
  const retention = retentionOf(list, periods)
  const first = list[0]!
  const mayBeOlder = isSwollen(list)
  const compared = comparable(list, mayBeOlder)
  const money = (amountMinor: number) => ({ amountMinor: Math.round(amountMinor), currency })
  const next = retention.find(({ age }) => age === 1)
  const later = retention.find(({ age }) => age === 12 / monthsOf[unit]) ?? retention.at(-1)!
  const notes: Said[] = [
    ...(mayBeOlder
      ? [say('note.first-cohort', { customers: first.customers, period: { period: first.fromOn, unit } })]
      : []),
  ]
  const span = { from: onDay(base.firstDay), to: onDay(base.lastDay), customers: base.customers, cohorts: list.length }
  const active = list.reduce((all, cohort) => all + sum(cohort.active, 1), 0)
  const orders = list.reduce((all, cohort) => all + sum(cohort.orders, 1), 0)
  const richest = richestOf(list)
  const back = compared.reduce((all, cohort) => all + cohort.cameBack!.customers, 0)
  const of = compared.reduce((all, cohort) => all + cohort.customers, 0)
  const findings: Record<string, Finding> = {
    retention: found(
      'retention',
      { ...span, next: { share: next?.share ?? 0 }, later: { share: later.share }, age: later.age },
      { variant: `${next ? 'title' : 'too-short'}-${unit}`, notes },
    ),
    'orders-per-active': found(
      'orders-per-active',
      { ...span, mean: decimal(active === 0 ? 0 : orders / active), active, orders },
      { variant: unit },
    ),
    ages: agesFound(compared, withinDays, currency, base.isPriced),
  }
  if (base.isPriced && richest) {
    findings['cohort-revenue'] = found('cohort-revenue', {
      ...span,
      period: { period: richest.fromOn, unit },
      amount: money(sum(richest.revenueMinor!)),
      won: richest.customers,
      each: money(sum(richest.revenueMinor!) / richest.customers),
    })
  }
  return {
    unit,
    periods,
    cohorts: list,
    withinDays,
    measures: [
      measured('won', base.customers, span),
      ...(of > 0 ? [measured('came-back', share(back, of), { days: withinDays, back, of })] : []),
    ],
    findings,
    retention,
  }
}

/** The matrices, cohort by cohort, and who came back in time. */
function followed(base: Base, periods: readonly CalendarPeriod[], withinDays: number): Cohort[] {
  const places = placesOf(periods, base.firstDay, base.lastDay)
  const blank = () => periods.map((_, place) => new Array<number>(periods.length - place).fill(0))
  const [active, orders, revenue] = [blank(), blank(), blank()]
  const customers = new Int32Array(periods.length)
  const firstValue = new Float64Array(periods.length)
  const back = new Int32Array(periods.length)
  for (let customer = 0; customer < base.customers; customer++) {
    const begin = base.start[customer]!
    const born = base.first[customer]!
    const place = places[born - base.firstDay]!
    customers[place]!++
    firstValue[place]! += base.value[begin]!
    let seen = -1
    let returned = false
    for (let at = begin; at < base.start[customer + 1]!; at++) {
      const on = base.day[at]!
      const age = places[on - base.firstDay]! - place
      revenue[place]![age]! += base.value[at]!
      if (base.orders[at] === 0) continue
      orders[place]![age]! += base.orders[at]!
      if (age !== seen) active[place]![age]!++
      seen = age
      if (on > born && on <= born + withinDays) returned = true
    }
    if (returned) back[place]!++
  }
  return periods.flatMap(({ fromOn, toOn }, place) => {
    const count = customers[place]!
    if (count === 0) return []
    const hadTime = dayNumber(toOn) + withinDays <= base.lastDay
    const interval = hadTime ? wilsonInterval(back[place]!, count, chance) : null
    return [
      {
        fromOn,
        customers: count,
        active: active[place]!,
        orders: orders[place]!,
        revenueMinor: base.isPriced ? revenue[place]! : null,
        firstOrderMinor: base.isPriced ? Math.round(firstValue[place]! / count) : null,
        cameBack: interval && {
          customers: back[place]!,
          share: interval.estimate,
          from: interval.low,
          to: interval.high,
        },
      },
    ]
  })
}

/** Periods that are not over say too little, so the last one counts only where it is complete. */
function retentionOf(list: readonly Cohort[], periods: readonly CalendarPeriod[]): Cohorts['retention'] {
  const isCut = periods.length > 1 && !periods.at(-1)!.complete
  return periods.flatMap((_, age) => {
    const old = list.filter(({ active }) => active.length - (isCut && age > 0 ? 1 : 0) > age)
    const customers = old.reduce((all, cohort) => all + cohort.customers, 0)
    if (customers === 0) return []
    const active = old.reduce((all, cohort) => all + cohort.active[age]!, 0)
    return [{ age, customers, active, share: active / customers }]
  })
}

/**
 * A first cohort more than twice the usual size holds customers who bought before the data began and look new: a file
 * that begins in the middle of a business's life.
 */
function isSwollen(list: readonly Cohort[]): boolean {
  const others = list
    .slice(1)
    .map(({ customers }) => customers)
    .sort((one, other) => one - other)
  const middle = others[Math.floor(others.length / 2)]
  return others.length >= 5 && middle !== undefined && list[0]!.customers > 2 * middle
}

function comparable(list: readonly Cohort[], withoutFirst: boolean): Cohort[] {
  return list.slice(withoutFirst ? 1 : 0).filter(({ cameBack }) => cameBack !== null)
}

function richestOf(list: readonly Cohort[]): Cohort | undefined {
  return [...list].sort((one, other) => sum(other.revenueMinor ?? []) - sum(one.revenueMinor ?? []))[0]
}

/** New against old: the later half of the cohorts against the earlier, by who came back in time. */
function agesFound(compared: readonly Cohort[], days: number, currency: string | null, isPriced: boolean): Finding {
  const half = Math.floor(compared.length / 2)
  const total = (list: readonly Cohort[]) => ({
    n: list.reduce((all, { customers }) => all + customers, 0),
    successes: list.reduce((all, { cameBack }) => all + cameBack!.customers, 0),
    first: list.reduce((all, { customers, firstOrderMinor }) => all + customers * (firstOrderMinor ?? 0), 0),
  })
  const old = total(compared.slice(0, half))
  const young = total(compared.slice(half))
  if (half === 0 || old.n < fewestToCompare || young.n < fewestToCompare) {
    return found('ages', { days }, { variant: 'too-few', why: 'why-too-few' })
  }
  const difference = differenceOfProportions(young, old, chance)
  const variant = difference.low > 0 ? 'better' : difference.high < 0 ? 'worse' : 'alike'
  const money = (amountMinor: number) => ({ amountMinor: Math.round(amountMinor), currency })
  const values = {
    days,
    old: share(old.successes, old.n),
    young: share(young.successes, young.n),
    oldCustomers: old.n,
    youngCustomers: young.n,
    low: { points: difference.low },
    high: { points: difference.high },
    chance: { share: chance },
  }
  return found('ages', values, {
    variant,
    notes: isPriced
      ? [say('note.first-order', { old: money(old.first / old.n), young: money(young.first / young.n) })]
      : [],
  })
}
