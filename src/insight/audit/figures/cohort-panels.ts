import type { BaseAudit, Cohort, Cohorts, Value } from '../contract.ts'
import { bars, type Ink, lines, stacked } from './charts.ts'
import { type Cell, of, type Panel, type Table, textOf, word } from './panel.ts'
import type { Speech } from './speech.ts'

/** Third lens: customers by when they were won, followed since. */
export function cohortPanels({ cohorts: lens, source }: BaseAudit): Panel[] {
  const { findings } = lens
  const money = (amountMinor: number): Value => ({ amountMinor, currency: source.currency })
  const isCut = lens.periods.length > 1 && !lens.periods.at(-1)!.complete
  const matrix = (cellOf: (cohort: Cohort, age: number) => Cell) => heatTable(lens, isCut, cellOf)
  const activeShare = (cohort: Cohort, age: number) => cohort.active[age]! / cohort.customers
  const warmest = Math.max(
    ...lens.cohorts.flatMap(cohort => cohort.active.slice(1).map((_, at) => activeShare(cohort, at + 1))),
    0.01,
  )
  const richest = Math.max(...lens.cohorts.flatMap(({ revenueMinor }) => revenueMinor ?? []), 1)
  const busiest = Math.max(
    ...lens.cohorts.flatMap(cohort => cohort.orders.map((orders, age) => perActive(cohort, orders, age))),
    1,
  )
  return [
    {
      name: 'retention',
      finding: findings.retention!,
      table: matrix((cohort, age) => ({
        value: { share: activeShare(cohort, age) },
        heat: age === 0 ? 0 : activeShare(cohort, age) / warmest,
      })),
    },
    ...(findings['cohort-revenue']
      ? [
          {
            name: 'cohort-revenue',
            finding: findings['cohort-revenue'],
            table: {
              ...matrix((cohort, age) => ({
                value: money(cohort.revenueMinor![age]!),
                // The first period of a cohort towers over the rest; the root keeps the rest apart.
                heat: Math.sqrt(Math.max(0, cohort.revenueMinor![age]! / richest)),
              })),
              scale: { mostMinor: richest, currency: source.currency },
            },
          },
        ]
      : []),
    {
      name: 'orders-per-active',
      finding: findings['orders-per-active']!,
      table: matrix((cohort, age) => ({
        value:
          cohort.active[age] === 0
            ? null
            : { decimal: Math.round(perActive(cohort, cohort.orders[age]!, age) * 10) / 10 },
        heat: Math.max(0, (perActive(cohort, cohort.orders[age]!, age) - 1) / Math.max(0.1, busiest - 1)),
      })),
    },
    agesPanel(lens, money),
  ]
}

const perActive = (cohort: Cohort, orders: number, age: number) =>
  cohort.active[age] === 0 ? 0 : orders / cohort.active[age]!

function heatTable(lens: Cohorts, isCut: boolean, cellOf: (cohort: Cohort, age: number) => Cell): Table {
  return {
    dense: true,
    heads: [word(`table.won-in-${lens.unit}`), word('table.customers'), ...lens.periods.map((_, age) => of(age))],
    rows: lens.cohorts.map(cohort => ({
      head: of({ period: cohort.fromOn, unit: lens.unit }),
      cells: [
        { value: cohort.customers },
        ...cohort.active.map((_, age) => ({
          ...cellOf(cohort, age),
          ...(isCut && age === cohort.active.length - 1 && { cut: true }),
        })),
      ],
    })),
  }
}

/** New against old cohorts: how many came back in time, with the interval, and what the first day brought. */
function agesPanel(lens: Cohorts, money: (amountMinor: number) => Value): Panel {
  const known = lens.cohorts.filter(({ cameBack }) => cameBack !== null)
  const finding = lens.findings.ages!
  if (known.length < 2) return { name: 'ages', finding }
  const isPriced = known[0]!.firstOrderMinor !== null
  const table: Table = {
    folded: true,
    heads: [
      word(`table.won-in-${lens.unit}`),
      word('table.customers'),
      word('table.came-back', { days: lens.withinDays }),
      ...(isPriced ? [word('table.first-day')] : []),
    ],
    rows: known.map(({ fromOn, customers, cameBack, firstOrderMinor }) => ({
      head: of({ period: fromOn, unit: lens.unit }),
      cells: [
        { value: customers },
        { value: { share: cameBack!.share } },
        ...(isPriced ? [{ value: money(firstOrderMinor!) }] : []),
      ],
    })),
  }
  return {
    name: 'ages',
    finding,
    chart: {
      height: 220,
      draw: (ink, speech) =>
        lines(ink, {
          axis: { labels: known.map(({ fromOn }) => speech.short({ period: fromOn, unit: lens.unit })) },
          of: [
            {
              colour: ink.ink!,
              dots: true,
              values: known.map(({ cameBack }) => cameBack!.share),
              band: {
                colour: ink.line!,
                low: known.map(({ cameBack }) => cameBack!.from),
                high: known.map(({ cameBack }) => cameBack!.to),
              },
            },
          ],
          show: value => speech.short({ share: value }),
        }),
    },
    table,
  }
}

/** Fourth lens: all customers together. */
export function togetherPanels({ together: lens, source }: BaseAudit): Panel[] {
  const { findings } = lens
  const isPriced = source.revenueMinor !== null
  const labels = (speech: Speech) => lens.periods.map(({ fromOn }) => speech.short({ period: fromOn, unit: lens.unit }))
  const shades = ['ink', 'muted', 'line-strong', 'line', 'inferred-ink', 'inferred']
  return [
    {
      name: 'active',
      finding: findings.active!,
      legend: [
        { colour: 'muted', head: word('label.again') },
        { colour: 'line-strong', head: word('label.new') },
      ],
      chart: {
        height: 220,
        draw: (ink, speech) =>
          stacked(ink, {
            axis: { labels: labels(speech) },
            layers: [
              { colour: ink.muted!, values: lens.periods.map(period => period.active - period.new) },
              { colour: ink['line-strong']!, values: lens.periods.map(period => period.new) },
            ],
            show: value => speech.short(value),
          }),
      },
    },
    {
      name: 'layers',
      finding: findings.layers!,
      legend: lens.layers.map(({ fromOn, unit }, layer) => ({
        colour: shades[layer % shades.length]!,
        head: word('label.won-in', { period: { period: fromOn, unit } }),
      })),
      chart: {
        height: 240,
        draw: (ink, speech) =>
          stacked(ink, {
            axis: { labels: labels(speech) },
            layers: lens.layers.map(({ values }, layer) => ({ colour: ink[shades[layer % shades.length]!]!, values })),
            show: value => speech.short(isPriced ? { amountMinor: value, currency: source.currency } : value),
          }),
      },
    },
    histogram('gaps', lens.gaps.bins, findings.gaps!),
    histogram('silence', lens.silence.bins, findings.silence!),
  ]
}

function histogram(name: string, bins: BaseAudit['together']['gaps']['bins'], finding: Panel['finding']): Panel {
  return {
    name,
    finding,
    chart: {
      height: 180,
      draw: (ink: Ink, speech) =>
        bars(ink, {
          axis: {
            labels: bins.map(({ from, to }) => (to === null ? `${from}+` : `${from}–${to - 1}`)),
            name: textOf(word(`axis.${name}`), speech),
          },
          values: bins.map(({ customers }) => customers),
          show: value => speech.short(value),
        }),
    },
  }
}
