import type { Queryable } from '#kernel/database/index.ts'

export interface StoredTreatment {
  readonly programme: string
  readonly treatment: string
  readonly name: string | null
  readonly heldOutShare: number
  readonly horizonDays: number
  readonly costEachMinor: number
  readonly costSources: string | null
  readonly costMinorPer100: number | null
}

export function readTreatments(queryable: Queryable): Promise<StoredTreatment[]> {
  return queryable.query<StoredTreatment>(
    `select t.programme, t.treatment, t.name, t.held_out_share as "heldOutShare", t.horizon_days as "horizonDays",
       t.cost_each_minor as "costEachMinor", t.cost_sources as "costSources", t.cost_minor_per_100 as "costMinorPer100"
     from effect.treatment t
     order by (select min(a.assigned_at) from effect.assignment a
       where a.programme = t.programme and a.treatment = t.treatment), t.programme, t.treatment`,
  )
}

/** One assigned customer and what they did: within the horizon after the assignment, and in as many days before it. */
export interface Observed {
  readonly partyId: string
  readonly isHeldOut: boolean
  readonly assignedAt: Date
  readonly spentMinor: number
  readonly spentBeforeMinor: number
  readonly purchases: number
  readonly costMinor: number
}

/**
 * Everybody ever assigned, with what was spent less what was given back, as the log now stands. What happened at the very
 * instant of the assignment was before it: a purchase that made somebody part of a campaign is not its effect.
 */
export async function observe(queryable: Queryable, treatment: StoredTreatment, currency: string): Promise<Observed[]> {
  const { programme, treatment: name, horizonDays, costEachMinor, costSources, costMinorPer100 } = treatment
  return await queryable.query<Observed>(
    `with assigned as (
       select party_id, is_held_out, assigned_at, assigned_at - $3 * interval '1 day' as from_at,
         assigned_at + $3 * interval '1 day' as until_at
       from effect.assignment where programme = $1 and treatment = $2),
     money as (
       select a.party_id, e.occurred_at > a.assigned_at as is_after, e.kind = 'purchase.recorded' as is_purchase,
         (e.payload ->> 'amountMinor')::int8 * case e.kind when 'purchase.recorded' then 1 else -1 end as amount
       from assigned a join events.event e on e.party_id = a.party_id
         and e.occurred_at > a.from_at and e.occurred_at <= a.until_at
       where e.kind in ('purchase.recorded', 'refund.recorded') and e.payload ->> 'currency' = $4
         and e.occurred_at > (select min(from_at) from assigned) and not exists (
           select 1 from events.event c where c.party_id = e.party_id and c.kind in ('purchase.recorded', 'refund.recorded')
             and c.payload ->> 'replaces' = e.event_id::text)),
     spent as (
       select party_id, coalesce(sum(amount) filter (where is_after), 0)::int8 as after,
         coalesce(sum(amount) filter (where not is_after), 0)::int8 as before,
         count(*) filter (where is_after and is_purchase) as purchases
       from money group by party_id),
     cost as (
       select a.party_id, sum(case when p.code = 'revoke' then -p.amount when p.to_account in ('pending', 'available')
           and p.from_account not in ('pending', 'held') then p.amount else 0 end)::int8 as points
       from assigned a join ledger.lot l on l.party_id = a.party_id and l.source like $5
         join ledger.posting p on p.party_id = l.party_id and p.lot_id = l.lot_id
           and p.code in ('issue', 'grant', 'adjust', 'revoke')
       where $5::text is not null and p.occurred_at >= a.assigned_at group by a.party_id)
     select a.party_id as "partyId", a.is_held_out as "isHeldOut", a.assigned_at as "assignedAt",
       coalesce(s.after, 0) as "spentMinor", coalesce(s.before, 0) as "spentBeforeMinor",
       coalesce(s.purchases, 0) as purchases,
       case when a.is_held_out then 0 else $6 end + coalesce(c.points, 0) * $7::float8 / 100 as "costMinor"
     from assigned a left join spent s on s.party_id = a.party_id left join cost c on c.party_id = a.party_id
     order by a.party_id`,
    [programme, name, horizonDays, currency, costSources, costEachMinor, costMinorPer100 ?? 0],
  )
}
