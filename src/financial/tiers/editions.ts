import { type Day, localDay } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import { type TierRules, tierRules } from './rules.ts'

/** A published ladder; without rules there are no tiers from its first day on. */
export interface TierEdition {
  readonly editionId: string
  readonly number: number
  readonly rules: TierRules | null
  readonly startsOn: Day
}

const columns = `edition_id as "editionId", number, rules, starts_on as "startsOn"`

/** The ladder in force on a day: of those that have begun the one that began last. */
export async function editionOn(queryable: Queryable, on: Day): Promise<TierEdition | undefined> {
  const [edition] = await queryable.query<TierEdition>(
    `select ${columns} from tiers.edition where starts_on <= $1 order by starts_on desc, number desc limit 1`,
    [on],
  )
  return edition
}

/** Ladders that have not begun, the next first. */
export async function editionsAfter(queryable: Queryable, on: Day): Promise<TierEdition[]> {
  return await queryable.query<TierEdition>(
    `select ${columns} from tiers.edition where starts_on > $1 order by starts_on, number`,
    [on],
  )
}

export async function readRules(house: House, queryable?: Queryable): Promise<TierRules | null> {
  const { zone } = await house.settings.business(queryable)
  const edition = await editionOn(queryable ?? house.database, localDay(house.clock.now(), zone))
  return edition?.rules ?? null
}

/**
 * Puts a ladder in force from a day on, for good; nothing that was published is ever changed. Everybody is placed anew when it
 * begins, and nobody is told: it was not their doing.
 */
export async function publishTiers(
  house: House,
  given: { readonly rules: TierRules | null; readonly startsOn?: Day | undefined; readonly by: string },
): Promise<TierEdition> {
  return await house.database.transaction(async transaction => {
    await transaction.query('lock table tiers.edition in share row exclusive mode')
    const { zone } = await house.settings.business(transaction)
    const now = house.clock.now()
    const today = localDay(now, zone)
    const { startsOn = today, by } = given
    if (startsOn < today) throw refuse('invalid', 'tiers:refusal.starts-in-the-past', { today })
    const rules = given.rules && tierRules.parse(given.rules)
    const editionId = house.newId()
    const [edition] = await transaction.query<TierEdition>(
      `insert into tiers.edition (edition_id, number, rules, starts_on, published_at, published_by)
       select $1, coalesce(max(number), 0) + 1, $2::jsonb, $3, $4, $5 from tiers.edition returning ${columns}`,
      [editionId, rules === null ? null : JSON.stringify(rules), startsOn, now, by],
    )
    if (startsOn === today) await house.jobs.enqueue(transaction, 'tiers.rebuild', {}, { key: 'tiers.rebuild' })
    await house.live.announce(transaction, ['points', 'jobs'])
    return edition!
  })
}
