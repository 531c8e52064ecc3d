import { type Day, dayNumber, dayOfNumber, localDay } from '#kernel/clock/index.ts'
import type { Backup, BackupSchedule } from './contract.ts'

/** What the rule needs to know of a backup. */
export interface Kept {
  readonly backupId: string
  readonly madeAt: Date
  readonly madeBy: Backup['madeBy']
  readonly isVerified: boolean
}

export type KeptAs = NonNullable<Backup['keptAs']>

/**
 * Which backups stay, and as what: the last good one of each of the newest days, weeks and months that have one. What somebody
 * made by hand stays until somebody removes it; what failed never counts.
 *
 * Example: 7 daily, 4 weekly, 12 monthly over two years of nightly backups keeps 21 files at most.
 */
export function keptOf(
  backups: readonly Kept[],
  rule: Pick<BackupSchedule, 'keepDaily' | 'keepWeekly' | 'keepMonthly'>,
  zone: string,
): Map<string, KeptAs> {
  const kept = new Map<string, KeptAs>()
  const newestFirst = backups
    .filter(({ isVerified }) => isVerified)
    .sort((one, other) => other.madeAt.getTime() - one.madeAt.getTime())
  for (const { backupId, madeBy } of newestFirst) if (madeBy !== 'schedule') kept.set(backupId, 'by-hand')
  const scheduled = newestFirst.filter(({ madeBy }) => madeBy === 'schedule')
  const spans = [
    ['daily', rule.keepDaily, (day: Day) => day],
    ['weekly', rule.keepWeekly, weekOf],
    ['monthly', rule.keepMonthly, (day: Day) => day.slice(0, 7)],
  ] as const
  for (const [as, most, spanOf] of spans) {
    const seen = new Set<string>()
    for (const { backupId, madeAt } of scheduled) {
      const span = spanOf(localDay(madeAt, zone))
      if (seen.has(span)) continue
      if (seen.size === most) break
      seen.add(span)
      if (!kept.has(backupId)) kept.set(backupId, as)
    }
  }
  return kept
}

/** The Monday of a day's week: 1970-01-01 was a Thursday. */
function weekOf(day: Day): string {
  const number = dayNumber(day)
  return dayOfNumber(number - ((number + 3) % 7))
}

const twoDaysMs = 2 * 24 * 60 * 60 * 1000

/**
 * What an owner must be told: the last try failed, the last good one is older than two days, or there is none though the house
 * is older than that. A house that began today has nothing to be told yet.
 */
export function alarmOf(
  state: {
    readonly newestGoodAt: Date | undefined
    readonly newestFailedAt: Date | undefined
    readonly houseBeganAt: Date
  },
  now: Date,
): 'failed' | 'late' | 'never' | null {
  const { newestGoodAt, newestFailedAt, houseBeganAt } = state
  if (newestFailedAt && (!newestGoodAt || newestFailedAt > newestGoodAt)) return 'failed'
  const since = newestGoodAt ?? houseBeganAt
  if (now.getTime() - since.getTime() <= twoDaysMs) return null
  return newestGoodAt ? 'late' : 'never'
}
