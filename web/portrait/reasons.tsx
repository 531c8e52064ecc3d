import type { TFunction } from 'i18next'
import type { z } from 'zod'
import type { customerRhythm, likeThis } from '#insight/rhythm/contract.ts'
import type { Format } from '../format.ts'
import type { Reason } from '../kit/index.ts'

export type Rhythm = z.infer<typeof customerRhythm.reply>
type LikeThis = z.infer<typeof likeThis>

/** Why the usual gap is what it is. */
export function usualReason(
  t: TFunction,
  format: Format,
  rhythm: { purchases: number; ownMeanDays?: number | null; usualDays: number | null; asOf?: string | undefined },
): Reason {
  return {
    formula: t('why.usual'),
    inputs: [
      [t('why.purchase-days'), format.number(rhythm.purchases)],
      ...(rhythm.ownMeanDays
        ? ([[t('why.own-mean'), t('days', { count: Math.round(rhythm.ownMeanDays) })]] as const)
        : []),
    ],
    asOf: rhythm.asOf,
  }
}

export function silentReason(
  t: TFunction,
  format: Format,
  facts: { lastOn: string | null; asOfOn: string; lateFromOn?: string | null },
): Reason {
  return {
    formula: t('why.silent'),
    inputs: [
      ...(facts.lastOn ? ([[t('why.last-purchase'), format.day(facts.lastOn)]] as const) : []),
      ...(facts.lateFromOn ? ([[t('why.late-from'), format.day(facts.lateFromOn)]] as const) : []),
    ],
    asOf: format.day(facts.asOfOn),
  }
}

export function noPurchaseReason(
  t: TFunction,
  format: Format,
  facts: {
    horizonDays: number
    raw?: number
    calibrated?: number | null
    likeThis: LikeThis | null
    asOf?: string | undefined
  },
): Reason {
  const { likeThis: like } = facts
  return {
    formula: t('why.no-purchase', { count: facts.horizonDays }),
    inputs: [
      ...(facts.raw === undefined ? [] : ([[t('why.raw'), format.percent(facts.raw, 1)]] as const)),
      ...(facts.calibrated === undefined || facts.calibrated === null
        ? []
        : ([[t('why.calibrated'), format.percent(facts.calibrated, 1)]] as const)),
      ...(like
        ? ([
            [t('why.like-on', { day: format.day(like.cutoffOn) }), format.number(like.customers)],
            [t('why.like-silent'), format.number(like.silent)],
          ] as const)
        : []),
    ],
    asOf: facts.asOf,
  }
}
