import { type Base, doingsBetween } from './base.ts'
import { amountBins, countBins, quantileOf } from './bins.ts'
import type { Finding, Measure, OnePeriod } from './contract.ts'
import { monthsBefore, periodOf } from './periods.ts'
import { decimal, found, measured, onDay, say, share } from './said.ts'
import { concentrationOf, decilesOf, rankingOf, sum } from './spread.ts'

const mostOrders = 10

/**
 * The first lens: who bought how much in one period, by default the last twelve months, or all there is where it is less.
 */
export function onePeriodOf(base: Base, currency: string | null, months = 12): OnePeriod | null {
  const from = Math.max(base.firstDay, monthsBefore(base.lastDay, months) + 1)
  const to = base.lastDay
  const { isPriced } = base
  const doings = doingsBetween(base, from, to)
  const ranking = rankingOf(doings, isPriced)
  const customers = ranking.orders.length
  if (customers === 0) return null
  const orders = sum(ranking.orders)
  const revenue = sum(ranking.value)
  const other = sum(doings.value) - revenue
  let once = 0
  let onceNew = 0
  for (let customer = 0; customer < base.customers; customer++) {
    if (doings.orders[customer] !== 1) continue
    once++
    if (base.first[customer]! >= from) onceNew++
  }
  const money = (amountMinor: number) => ({ amountMinor: Math.round(amountMinor), currency })
  const spends = ranking.value.slice().sort()
  const orderValues = ranking.value.map((value, row) => value / ranking.orders[row]!).sort()
  const deciles = decilesOf(ranking, isPriced)
  const concentration = concentrationOf(ranking, isPriced)
  const span = { from: onDay(from), to: onDay(to), customers, orders }
  const paid = { ...span, revenue: money(revenue) }
  const most = deciles[0]
  const lower = deciles.filter(({ decile }) => decile > 5)
  const tenths = {
    ...paid,
    best: { share: (isPriced ? most?.revenueShare : most?.orderShare) ?? 0 },
    lower: { share: lower.reduce((all, row) => all + (row.revenueShare ?? row.orderShare), 0) },
  }

  const measures: Measure[] = [
    measured('customers', customers, span),
    measured('orders', orders, span),
    ...(isPriced
      ? [measured('revenue', money(revenue), { ...paid, other: money(-other) }, other < 0 ? 'why-with-others' : 'why')]
      : []),
    measured('orders-per-customer', decimal(orders / customers), span),
    ...(isPriced
      ? [
          measured('spend-per-customer', money(revenue / customers), paid),
          measured('order-value', money(revenue / orders), paid),
        ]
      : []),
    measured('once', share(once, customers), { ...span, once, new: onceNew }),
    measured(isPriced ? 'gini' : 'gini-orders', decimal(concentration.gini), { customers }),
  ]
  const findings: Record<string, Finding> = {
    orders: found('orders', { ...span, once, new: onceNew, share: share(once, customers) }),
    deciles: found('deciles', tenths, { variant: isPriced ? 'title' : 'title-orders' }),
    concentration: found(
      'concentration',
      { ...paid, share: { share: concentration.halfFrom }, gini: decimal(concentration.gini) },
      { variant: isPriced ? 'title' : 'title-orders' },
    ),
  }
  if (isPriced) {
    findings.spend = found(
      'spend',
      { ...paid, median: money(quantileOf(spends, 0.5)), mean: money(revenue / customers) },
      { notes: other >= 0 ? [] : [say('note.returns-only', { amount: money(-other) })] },
    )
    findings['order-value'] = found('order-value', {
      ...paid,
      median: money(quantileOf(orderValues, 0.5)),
      mean: money(revenue / orders),
    })
  }
  return {
    period: periodOf(from, to),
    measures,
    findings,
    ordersPerCustomer: countBins(ranking.orders, mostOrders),
    spendPerCustomer: isPriced ? amountBins(spends) : null,
    orderValue: isPriced ? amountBins(orderValues) : null,
    deciles,
    concentration,
    oneTime: { customers: once, ...share(once, customers), ofWhomNew: onceNew },
    totals: {
      customers,
      orders,
      revenueMinor: isPriced ? revenue : null,
      otherMinor: isPriced ? other : null,
    },
  }
}
