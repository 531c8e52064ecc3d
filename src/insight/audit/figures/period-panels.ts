import type { BaseAudit, Bin, OnePeriod, TwoPeriods, Value } from '../contract.ts'
import { bars, shareCurve, waterfall } from './charts.ts'
import { type Panel, type Table, textOf, word } from './panel.ts'
import type { Speech } from './speech.ts'

type Money = (amountMinor: number) => Value

const moneyIn =
  (currency: string | null): Money =>
  amountMinor => ({ amountMinor, currency })

/** `1`, `2`, ... and `10+`. */
function countLabel({ from, to }: Bin, speech: Speech): string {
  return to === null ? `${speech.short(from)}+` : speech.short(from)
}

function amountLabel({ from, to }: Bin, speech: Speech, money: Money): string {
  return `${speech.short(money(from))}${to === null ? '+' : ''}`
}

/** First lens: who bought how much in one period. */
export function onePeriodPanels({ onePeriod: lens, source }: BaseAudit): Panel[] {
  if (lens === null) return []
  const { findings } = lens
  const money = moneyIn(source.currency)
  const spread = (name: string, bins: OnePeriod['spendPerCustomer']): Panel[] =>
    bins === null || !findings[name]
      ? []
      : [
          {
            name,
            finding: findings[name],
            chart: {
              height: 180,
              draw: (ink, speech) =>
                bars(ink, {
                  axis: {
                    labels: bins.map(bin => amountLabel(bin, speech, money)),
                    name: textOf(word(`axis.${name}`), speech),
                  },
                  values: bins.map(({ customers }) => customers),
                  show: value => speech.short(value),
                }),
            },
          },
        ]
  return [
    {
      name: 'concentration',
      finding: findings.concentration!,
      chart: {
        height: 280,
        draw: (ink, speech) =>
          shareCurve(ink, {
            points: lens.concentration.curve.map(({ customers, value }) => [customers, value] as const),
            mark: [lens.concentration.halfFrom, 0.5],
            names: [
              textOf(word('axis.customers-best-first'), speech),
              textOf(word(`axis.share-of-${lens.concentration.of}`), speech),
            ],
            show: value => speech.short({ share: value }),
            said: textOf(word('label.half', { share: { share: lens.concentration.halfFrom } }), speech),
          }),
      },
    },
    { name: 'deciles', finding: findings.deciles!, table: decileTable(lens, money) },
    {
      name: 'orders',
      finding: findings.orders!,
      chart: {
        height: 180,
        draw: (ink, speech) =>
          bars(ink, {
            axis: {
              labels: lens.ordersPerCustomer.map(bin => countLabel(bin, speech)),
              name: textOf(word('axis.orders'), speech),
            },
            values: lens.ordersPerCustomer.map(({ customers }) => customers),
            show: value => speech.short(value),
            strong: index => index === 0,
          }),
      },
    },
    ...spread('spend', lens.spendPerCustomer),
    ...spread('order-value', lens.orderValue),
  ]
}

function decileTable({ deciles }: OnePeriod, money: Money): Table {
  const isPriced = deciles[0]?.revenueMinor != null
  const most = Math.max(...deciles.map(row => row.revenueShare ?? row.orderShare), 0.01)
  return {
    heads: [
      word('table.tenth'),
      word('table.customers'),
      ...(isPriced ? [word('table.revenue'), word('table.revenue-share')] : []),
      word('table.orders'),
      ...(isPriced ? [] : [word('table.order-share')]),
      word('table.orders-each'),
      ...(isPriced ? [word('table.per-order')] : []),
    ],
    rows: deciles.map(row => {
      const part = row.revenueShare ?? row.orderShare
      const shareCell = { value: { share: part }, bar: Math.max(0, part / most) }
      return {
        head: word(row.decile === 1 ? 'label.best' : row.decile === 10 ? 'label.last' : 'label.tenth', {
          number: row.decile,
        }),
        cells: [
          { value: row.customers },
          ...(isPriced ? [{ value: money(row.revenueMinor!) }, shareCell] : []),
          { value: row.orders },
          ...(isPriced ? [] : [shareCell]),
          { value: { decimal: row.orders / row.customers } },
          ...(isPriced ? [{ value: money(row.perOrderMinor!) }] : []),
        ],
      }
    }),
  }
}

/** Second lens: who came, stayed, grew, left, and what that did to revenue. */
export function twoPeriodPanels({ twoPeriods: lens, source }: BaseAudit): Panel[] {
  if (lens === null) return []
  const { findings } = lens
  const money = moneyIn(source.currency)
  return [
    { name: 'fates', finding: findings.fates!, table: fateTable(lens, money) },
    ...(findings.bridge ? [bridgePanel(lens, money)] : []),
    { name: 'factors', finding: findings.factors!, table: factorTable(lens, money) },
    { name: 'movement', finding: findings.movement!, table: movementTable(lens) },
  ]
}

function fateTable({ fates }: TwoPeriods, money: Money): Table {
  const rows = fates.filter(({ customers }) => customers > 0)
  const most = Math.max(...rows.map(({ customers }) => customers), 1)
  const isPriced = rows.some(({ currentMinor }) => currentMinor !== null)
  return {
    heads: [
      word('table.fate'),
      word('table.customers'),
      word('table.orders-before'),
      word('table.orders-now'),
      ...(isPriced ? [word('table.revenue-before'), word('table.revenue-now'), word('table.difference')] : []),
    ],
    rows: rows.map(row => ({
      head: word(`fate.${row.fate}`),
      cells: [
        { value: row.customers, bar: row.customers / most },
        { value: row.previousOrders },
        { value: row.currentOrders },
        ...(isPriced
          ? [
              { value: money(row.previousMinor!) },
              { value: money(row.currentMinor!) },
              { value: money(row.currentMinor! - row.previousMinor!) },
            ]
          : []),
      ],
    })),
  }
}

const bridgeSteps = ['left', 'shrank', 'grew', 'returned', 'new'] as const

function bridgePanel(lens: TwoPeriods, money: Money): Panel {
  const delta = (fate: (typeof lens.fates)[number]) => fate.currentMinor! - fate.previousMinor!
  const steps = bridgeSteps
    .map(name => lens.fates.find(({ fate }) => fate === name)!)
    .filter(fate => fate.customers > 0)
  const rest = lens.fates
    .filter(({ fate }) => fate === 'other' || fate === 'same')
    .reduce((all, fate) => all + delta(fate), 0)
  const before = lens.fates.reduce((all, { previousMinor }) => all + previousMinor!, 0)
  const now = lens.fates.reduce((all, { currentMinor }) => all + currentMinor!, 0)
  return {
    name: 'bridge',
    finding: lens.findings.bridge!,
    chart: {
      height: 250,
      draw: (ink, speech) =>
        waterfall(ink, {
          axis: {
            labels: [
              textOf(word('label.before'), speech),
              ...steps.map(({ fate }) => textOf(word(`fate.${fate}`), speech)),
              ...(rest === 0 ? [] : [textOf(word('fate.other'), speech)]),
              textOf(word('label.now'), speech),
            ],
          },
          steps: [
            { value: before, whole: true },
            ...steps.map(fate => ({ value: delta(fate) })),
            ...(rest === 0 ? [] : [{ value: rest }]),
            { value: now, whole: true },
          ],
          show: value => speech.short(money(value)),
        }),
    },
  }
}

function factorTable({ factors }: TwoPeriods, money: Money): Table {
  const shown = (factor: string, value: number): Value =>
    factor === 'order-value' ? money(Math.round(value)) : factor === 'customers' ? value : { decimal: value }
  const changes = factors.map(({ change }) => change)
  const product = changes.includes(null) ? null : changes.reduce((all: number, change) => all * (1 + change!), 1) - 1
  return {
    heads: [word('table.factor'), word('table.before'), word('table.now'), word('table.change')],
    rows: [
      ...factors.map(({ factor, previous, current, change }) => ({
        head: word(`factor.${factor}`),
        cells: [
          { value: shown(factor, previous) },
          { value: shown(factor, current) },
          { value: change === null ? null : { change } },
        ],
      })),
      {
        head: word(factors.length === 3 ? 'factor.revenue' : 'factor.orders'),
        strong: true,
        cells: [
          ...(['previous', 'current'] as const).map(side => ({
            value: ((product: number) => (factors.length === 3 ? money(Math.round(product)) : Math.round(product)))(
              factors.reduce((all, factor) => all * factor[side], 1),
            ),
          })),
          { value: product === null ? null : { change: product } },
        ],
      },
    ],
  }
}

function movementTable({ movement }: TwoPeriods): Table {
  const bands = movement.previous.length - 1
  const name = (band: number) =>
    band === bands
      ? word('label.not-bought')
      : word(band === 0 ? 'label.best-fifth' : 'label.fifth', { number: band + 1 })
  return {
    heads: [word('table.from-to'), ...movement.current.map((_, band) => name(band)), word('table.all')],
    rows: movement.customers.flatMap((row, from) => {
      const all = movement.previous[from]!
      if (all === 0) return []
      return {
        head: from === bands ? word('label.not-bought-before') : name(from),
        cells: [
          ...row.map((customers, to) =>
            from === bands && to === bands ? { value: null } : { value: customers, heat: customers / all },
          ),
          { value: all },
        ],
      }
    }),
  }
}
