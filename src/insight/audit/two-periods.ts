import { type Base, type Doings, doingsBetween } from './base.ts'
import { type Fate, type Finding, fates, type TwoPeriods } from './contract.ts'
import { monthsBefore, periodOf } from './periods.ts'
import { found, measured, onDay, share } from './said.ts'
import { sum } from './spread.ts'

const bands = 5
/** Data that begin a few days late still cover a year. */
const graceDays = 7

/**
 * The second lens: two periods of the same length, one after the other; a year each where there are two, else half of
 * what there is in whole months. Null where there are not even two
 * months, or nobody bought in the first.
 */
export function twoPeriodsOf(base: Base, currency: string | null): TwoPeriods | null {
  const months = longestTwice(base)
  if (months === 0) return null
  const split = monthsBefore(base.lastDay, months)
  const begin = monthsBefore(base.lastDay, 2 * months)
  const before = doingsBetween(base, begin + 1, split)
  const now = doingsBetween(base, split + 1, base.lastDay)
  const { isPriced } = base
  if (buyers(before) === 0) return null
  const rows = fatesOf(base, before, now, split)
  const of = (fate: Fate) => rows.find(row => row.fate === fate)!
  const money = (amountMinor: number) => ({ amountMinor: Math.round(amountMinor), currency })
  const customers = { previous: buyers(before), current: buyers(now) }
  const orders = { previous: sum(before.orders), current: sum(now.orders) }
  const revenue = { previous: sum(before.value), current: sum(now.value) }
  const stayed = of('grew').customers + of('same').customers + of('shrank').customers
  const span = {
    months,
    from: onDay(Math.max(base.firstDay, begin + 1)),
    split: onDay(split),
    next: onDay(split + 1),
    to: onDay(base.lastDay),
    previous: customers.previous,
    current: customers.current,
    stayed,
    left: of('left').customers,
    new: of('new').customers,
    returned: of('returned').customers,
  }
  const factors = factorsOf(customers, orders, revenue, isPriced)
  const movement = movementOf(base, before, now)
  const bestBefore = movement.previous[0]!
  const bestStayed = movement.customers[0]![0]!
  const findings: Record<string, Finding> = {
    fates: found('fates', { ...span, share: share(stayed, customers.previous) }),
    factors: factorsFound(factors, { ...span }, isPriced, currency),
    movement: found(
      'movement',
      {
        ...span,
        share: share(bestStayed, bestBefore),
        best: bestBefore,
        bestStayed,
        bestLeft: movement.customers[0]![bands]!,
      },
      { variant: bestBefore === 0 ? 'alike' : 'title' },
    ),
  }
  if (isPriced) {
    const delta = (fate: Fate) => of(fate).currentMinor! - of(fate).previousMinor!
    const change = revenue.current - revenue.previous
    findings.bridge = found(
      'bridge',
      {
        ...span,
        before: money(revenue.previous),
        now: money(revenue.current),
        change: money(Math.abs(change)),
        won: money(delta('new') + delta('returned')),
        lost: money(-delta('left')),
        grown: money(delta('grew')),
        shrunk: money(-delta('shrank')),
      },
      { variant: change > 0 ? 'rose' : change < 0 ? 'fell' : 'stood' },
    )
  }
  return {
    previous: periodOf(Math.max(base.firstDay, begin + 1), split),
    current: periodOf(split + 1, base.lastDay),
    findings,
    measures: [
      measured('stayed', share(stayed, customers.previous), span),
      measured('left', of('left').customers, span),
      measured('new', of('new').customers, span),
      measured('returned', of('returned').customers, span),
      ...(isPriced
        ? [
            measured(
              'revenue-change',
              { change: changeOf(revenue.previous, revenue.current) ?? 0 },
              {
                ...span,
                before: money(revenue.previous),
                now: money(revenue.current),
              },
            ),
          ]
        : []),
    ],
    fates: rows,
    factors,
    movement,
  }
}

function longestTwice(base: Base): number {
  for (let months = 12; months > 0; months--) {
    if (monthsBefore(base.lastDay, 2 * months) + 1 >= base.firstDay - graceDays) return months
  }
  return 0
}

const buyers = ({ orders }: Doings) => orders.reduce((count, each) => count + (each > 0 ? 1 : 0), 0)

function fatesOf(base: Base, before: Doings, now: Doings, split: number): TwoPeriods['fates'] {
  const { isPriced } = base
  const rows = new Map(
    fates.map(fate => [fate, { fate, customers: 0, previousOrders: 0, currentOrders: 0, previous: 0, current: 0 }]),
  )
  for (let customer = 0; customer < base.customers; customer++) {
    const [was, is] = [before.orders[customer]!, now.orders[customer]!]
    const [paid, pays] = [before.value[customer]!, now.value[customer]!]
    if (was === 0 && is === 0 && paid === 0 && pays === 0) continue
    const more = isPriced ? pays - paid : is - was
    const row = rows.get(fateOf(was, is, more, base.first[customer]! > split))!
    row.customers++
    row.previousOrders += was
    row.currentOrders += is
    row.previous += paid
    row.current += pays
  }
  return [...rows.values()].map(({ previous, current, ...row }) => ({
    ...row,
    previousMinor: isPriced ? previous : null,
    currentMinor: isPriced ? current : null,
  }))
}

/** What became of a customer who placed `was` orders in the first period and `is` in the second. */
function fateOf(was: number, is: number, more: number, isNew: boolean): Fate {
  if (was === 0 && is === 0) return 'other'
  if (was === 0) return isNew ? 'new' : 'returned'
  if (is === 0) return 'left'
  return more > 0 ? 'grew' : more < 0 ? 'shrank' : 'same'
}

interface Pair {
  readonly previous: number
  readonly current: number
}

/** Revenue is the product of the three, so the changes multiply to the change of revenue. */
function factorsOf(customers: Pair, orders: Pair, revenue: Pair, isPriced: boolean): TwoPeriods['factors'] {
  const row = (factor: TwoPeriods['factors'][number]['factor'], previous: number, current: number) => ({
    factor,
    previous,
    current,
    change: changeOf(previous, current),
  })
  const per = (above: number, below: number) => (below === 0 ? 0 : above / below)
  return [
    row('customers', customers.previous, customers.current),
    row('orders-per-customer', per(orders.previous, customers.previous), per(orders.current, customers.current)),
    ...(isPriced
      ? [row('order-value', per(revenue.previous, orders.previous), per(revenue.current, orders.current))]
      : []),
  ]
}

function changeOf(previous: number, current: number): number | null {
  return previous > 0 ? current / previous - 1 : null
}

/** The factor that moved most, on the scale on which factors add up. */
function factorsFound(
  factors: TwoPeriods['factors'],
  span: Parameters<typeof found>[1],
  isPriced: boolean,
  currency: string | null,
): Finding {
  const size = ({ change }: TwoPeriods['factors'][number]) =>
    change === null || change <= -1 ? Infinity : Math.abs(Math.log1p(change))
  const [most] = [...factors].sort((one, other) => size(other) - size(one))
  const shown = (number: number) =>
    most!.factor === 'order-value'
      ? { amountMinor: Math.round(number), currency }
      : most!.factor === 'customers'
        ? number
        : { decimal: number }
  return found(
    'factors',
    { ...span, change: { change: most!.change ?? 1 }, was: shown(most!.previous), is: shown(most!.current) },
    { variant: isPriced ? most!.factor : `${most!.factor}-of-orders` },
  )
}

/** Fifths of the buyers of each period by what they spent (or ordered), and who moved from which to which. */
function movementOf(base: Base, before: Doings, now: Doings): TwoPeriods['movement'] {
  const was = fifthsOf(before, base.isPriced)
  const is = fifthsOf(now, base.isPriced)
  const customers = Array.from({ length: bands + 1 }, () => new Array<number>(bands + 1).fill(0))
  for (let customer = 0; customer < base.customers; customer++) {
    const [from, to] = [was[customer]!, is[customer]!]
    if (from < bands || to < bands) customers[from]![to]!++
  }
  const previous = customers.map(row => row.reduce((all, each) => all + each, 0))
  const current = customers.map((_, to) => customers.reduce((all, row) => all + row[to]!, 0))
  return { previous, current, customers }
}

/**
 * In which fifth each customer stands, 0 the best; 5 who did not buy. Equal customers stand together, in the fifth of
 * the middle of them, because nothing tells them apart.
 */
function fifthsOf({ orders, value }: Doings, isPriced: boolean): Uint8Array {
  const place = new Uint8Array(orders.length).fill(bands)
  const ranked: number[] = []
  for (let customer = 0; customer < orders.length; customer++) if (orders[customer]! > 0) ranked.push(customer)
  const apart = (one: number, other: number) =>
    (isPriced ? value[other]! - value[one]! : 0) || orders[other]! - orders[one]!
  ranked.sort(apart)
  for (let from = 0; from < ranked.length; ) {
    let to = from + 1
    while (to < ranked.length && apart(ranked[from]!, ranked[to]!) === 0) to++
    const middle = (from + to - 1) / 2
    for (; from < to; from++) place[ranked[from]!] = Math.floor((middle * bands) / ranked.length)
  }
  return place
}
