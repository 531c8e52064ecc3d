import type { TFunction } from 'i18next'
import type { z } from 'zod'
import type { Format } from '../../../web/format.ts'
import type { Reason } from '../../../web/kit/index.ts'
import type { readValue } from './contract.ts'

export type Value = z.infer<typeof readValue.reply>
export type Told = NonNullable<Value['base']>
type Stamp = Told['stamp']

/** Lines that every prediction carries: which model, learned when, and how it fared when last tested. */
export function stampInputs(
  t: TFunction,
  format: Format,
  { stamp, currency, tested = stamp.holdout }: { stamp: Stamp; currency: string; tested?: Stamp['holdout'] },
): NonNullable<Reason['inputs']> {
  return [
    [t('value:why.model'), t(`value:model.${stamp.model}`)],
    [t('value:why.learned'), format.day(format.dayOf(stamp.fittedAt))],
    ...(tested
      ? ([
          [
            t('value:why.tested'),
            t('value:why.tested-is', { horizon: tested.horizonDays, day: format.day(tested.cutoffOn) }),
          ],
          [t('value:why.said'), format.money(tested.predictedMinor, currency)],
          [t('value:why.came'), format.money(tested.actualMinor, currency)],
        ] as const)
      : ([[t('value:why.tested'), t('value:why.untested')]] as const)),
  ]
}

/** Why the base's amount is what it is. */
export function rangeReason(
  t: TFunction,
  format: Format,
  { base, currency, what }: { base: Told; currency: string; what: 'equity' | 'year' },
): Reason {
  const { lowMinor, highMinor } = base[what]
  return {
    formula: `${t(`value:why.${what}`)} ${t('value:why.range')}`,
    inputs: [
      [t('value:why.range-label'), `${format.money(lowMinor, currency)} – ${format.money(highMinor, currency)}`],
      [t('value:why.customers'), format.number(base.customers)],
      [
        t('value:why.margin'),
        base.isMarginAssumed
          ? t('value:why.margin-assumed', { share: format.percent(base.marginShare, 1) })
          : format.percent(base.marginShare, 1),
      ],
      [t('value:why.discount'), format.percent(base.annualDiscountShare, 1)],
      ...(base.correction === 1
        ? []
        : ([[t('value:why.correction'), `× ${format.number(base.correction, 2)}`]] as const)),
      ...stampInputs(t, format, { stamp: base.stamp, currency }),
    ],
    asOf: format.day(base.asOfOn),
  }
}

/** Which of three sentences says how spending compares with what was said: `over`, `under` or `even`, and by how much. */
export function verdictOf(tested: { predictedMinor: number; actualMinor: number }): { word: string; share: number } {
  const share = tested.predictedMinor > 0 ? tested.actualMinor / tested.predictedMinor - 1 : 0
  const word = Math.abs(share) < 0.005 ? 'even' : share < 0 ? 'over' : 'under'
  return { word, share: Math.abs(share) }
}
