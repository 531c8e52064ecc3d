import type { BaseAudit, Value } from '../contract.ts'
import { lines, pairedBars } from './charts.ts'
import { of, type Panel, textOf, word } from './panel.ts'

/** Fifth lens: what a model foresaw, and what came. Whatever a model says is drawn in the colour of the inferred. */
export function holdoutPanels({ holdout: lens, source }: BaseAudit): Panel[] {
  if (lens === null) return []
  const { findings, next } = lens
  const legend = [
    { colour: 'ink', head: word('label.came') },
    { colour: 'inferred-ink', head: word('label.foreseen') },
  ]
  const shares: Panel[] =
    lens.chosen === null
      ? []
      : [
          {
            name: 'tracking',
            finding: findings.tracking!,
            legend,
            chart: {
              height: 240,
              draw: (ink, speech) =>
                lines(ink, {
                  axis: {
                    labels: lens.tracking.map(({ on }) => speech.short({ period: on, unit: 'month' })),
                    name: textOf(word('axis.tracking'), speech),
                  },
                  split: lens.tracking.findIndex(({ on }) => on >= lens.splitOn),
                  splitSaid: textOf(word('label.held-out'), speech),
                  of: [
                    { colour: ink.ink!, values: lens.tracking.map(({ actual }) => actual) },
                    {
                      colour: ink['inferred-ink']!,
                      dashed: true,
                      values: lens.tracking.map(({ expected }) => expected),
                    },
                  ],
                  show: value => speech.short(value),
                }),
            },
          },
          {
            name: 'by-frequency',
            finding: findings['by-frequency']!,
            legend,
            chart: {
              height: 210,
              draw: (ink, speech) =>
                pairedBars(ink, {
                  axis: {
                    labels: lens.byFrequency.map(({ repeats, orMore }) => `${repeats}${orMore ? '+' : ''}`),
                    name: textOf(word('axis.by-frequency'), speech),
                  },
                  of: [
                    { colour: ink.ink!, values: lens.byFrequency.map(({ actual }) => actual) },
                    { colour: ink['inferred-ink']!, values: lens.byFrequency.map(({ predicted }) => predicted) },
                  ],
                  show: value => speech.short({ decimal: value }),
                }),
            },
          },
        ]
  const outlook: Panel[] = next
    ? [
        {
          name: 'next',
          finding: findings.next!,
          table: {
            heads: [word('table.next'), word('table.expected'), word('table.low'), word('table.high')],
            rows: [
              {
                head: word('label.purchases'),
                inferred: true,
                cells: [next.purchases.estimate, next.purchases.low, next.purchases.high].map(each => ({
                  value: Math.round(each),
                })),
              },
              ...(next.revenueMinor
                ? [
                    {
                      head: word('table.revenue'),
                      inferred: true,
                      cells: [next.revenueMinor.estimate, next.revenueMinor.low, next.revenueMinor.high].map(each => ({
                        value: { amountMinor: Math.round(each), currency: source.currency } satisfies Value,
                      })),
                    },
                  ]
                : []),
            ],
          },
        },
      ]
    : []
  return [
    ...shares,
    {
      name: 'models',
      finding: findings.models!,
      table: {
        heads: [
          word('table.model'),
          word('table.foreseen'),
          word('table.of-actual'),
          word('table.mae'),
          word('table.auc'),
          word('table.warnings'),
        ],
        rows: lens.models.map(({ model, predicted, meanAbsoluteError, auc, warnings }) => ({
          head: model === 'past-rate' ? word('label.past-rate') : of(modelTitle(model)),
          strong: model === lens.chosen,
          cells: [
            { value: Math.round(predicted) },
            { value: lens.actual === 0 ? null : { change: predicted / lens.actual - 1 } },
            { value: { decimal: meanAbsoluteError } },
            { value: auc === null ? null : { decimal: auc } },
            { value: null, ...(warnings[0] && { said: { key: `audit:warning.${warnings[0]}`, values: {} } }) },
          ],
        })),
      },
    },
    ...outlook,
  ]
}

/** Names of the literature, alike in every language. */
export function modelTitle(model: string): string {
  return { 'pareto-nbd': 'Pareto/NBD', 'mbg-nbd': 'MBG/NBD', 'mbg-cnbd-k': 'MBG/CNBD-k' }[model] ?? model
}
