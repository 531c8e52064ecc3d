import { type Act, isHeldOut, requireDiscretionary, saltOf } from '#kernel/control-group.ts'
import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { assert } from '#kernel/refusal.ts'

/** What is offered, and how its effect is to be judged. */
export interface Treatment extends Act {
  /** What people call it, such as the name of a campaign. */
  readonly name?: string
  /** The part of those reached by it who are left out, from 0 to 0.9. */
  readonly heldOutShare: number
  readonly horizonDays: number
  readonly cost?: Cost
}

/** What treating somebody costs: so much each time, or what the ledger issued, or both. */
export interface Cost {
  readonly eachMinor?: number
  /**
   * Points issued after the assignment under sources of this shape (SQL `like`), less what was taken back.
   * Example: `{ sources: '%/double-week#%', minorPer100: 100 }` for a campaign whose hundred points are worth one yuan.
   */
  readonly points?: { readonly sources: string; readonly minorPer100: number }
}

export interface Assignment {
  readonly partyId: string
  readonly isHeldOut: boolean
  /** When it would have reached them; what they do after it counts. */
  readonly at: Date
}

/**
 * Draws the lot for these customers and keeps on which side they are: answers whom to treat and whom to leave out. Somebody who
 * was assigned earlier keeps both side and instant. What is owed is refused (`effect:refusal.owed`).
 *
 * Example: `enrol(house, transaction, { programme: 'warnings', treatment: 'call', discretionary: true, heldOutShare: 0.1,
 * horizonDays: 60 }, { partyIds, at })` -> `{ treated, heldOut }`.
 */
export async function enrol(
  house: House,
  transaction: Transaction,
  treatment: Treatment,
  { partyIds, at }: { readonly partyIds: readonly string[]; readonly at: Date },
): Promise<{ readonly treated: readonly string[]; readonly heldOut: readonly string[] }> {
  const drawn = partyIds.map(partyId => ({
    partyId,
    isHeldOut: isHeldOut(partyId, saltOf(treatment), treatment.heldOutShare),
    at,
  }))
  await recordAssignments(house, transaction, treatment, drawn)
  const { programme, treatment: name } = treatment
  const rows = await transaction.query<{ partyId: string; isHeldOut: boolean }>(
    `select party_id as "partyId", is_held_out as "isHeldOut" from effect.assignment
     where party_id = any ($1) and programme = $2 and treatment = $3`,
    [partyIds, programme, name],
  )
  const heldOut = new Set(rows.filter(row => row.isHeldOut).map(row => row.partyId))
  return {
    treated: partyIds.filter(partyId => !heldOut.has(partyId)),
    heldOut: partyIds.filter(partyId => heldOut.has(partyId)),
  }
}

/**
 * Keeps who was reached and who was left out, where a programme drew the lot itself (by the same stable hash). The first time
 * somebody is assigned counts, whatever is told later. What is owed is refused (`effect:refusal.owed`).
 */
export async function recordAssignments(
  house: House,
  transaction: Transaction,
  treatment: Treatment,
  assignments: readonly Assignment[],
): Promise<void> {
  requireDiscretionary(treatment)
  if (assignments.length === 0) return
  const { programme, treatment: name, heldOutShare, horizonDays, cost = {} } = treatment
  assert(heldOutShare >= 0 && heldOutShare <= 0.9, 'a share held out lies between 0 and 0.9')
  await transaction.query(
    `insert into effect.treatment (programme, treatment, name, held_out_share, horizon_days, cost_each_minor, cost_sources, cost_minor_per_100)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (programme, treatment) do update set name = excluded.name, held_out_share = excluded.held_out_share,
       horizon_days = excluded.horizon_days, cost_each_minor = excluded.cost_each_minor, cost_sources = excluded.cost_sources,
       cost_minor_per_100 = excluded.cost_minor_per_100
     where (effect.treatment.*) is distinct from (excluded.*)`,
    [
      programme,
      name,
      treatment.name ?? null,
      heldOutShare,
      horizonDays,
      cost.eachMinor ?? 0,
      cost.points?.sources ?? null,
      cost.points?.minorPer100 ?? null,
    ],
  )
  const sorted = [...assignments].sort((one, other) => (one.partyId < other.partyId ? -1 : 1))
  await transaction.query(
    `insert into effect.assignment (party_id, programme, treatment, is_held_out, assigned_at)
     select p, $2, $3, h, a from unnest($1::uuid[], $4::boolean[], $5::timestamptz[]) as t (p, h, a)
     on conflict do nothing`,
    [
      sorted.map(each => each.partyId),
      programme,
      name,
      sorted.map(each => each.isHeldOut),
      sorted.map(each => each.at.toISOString()),
    ],
  )
  await house.live.announce(transaction, ['effect'])
}
