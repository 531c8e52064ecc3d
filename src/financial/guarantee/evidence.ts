import type { House } from '#kernel/house.ts'
import { evidenceKinds } from './terms.ts'

const year = 365 * 86_400_000
const looked = 20_000

/** What the log has spoken of lately, so that a promise can be built from what is there: kinds, names, and their fields. */
export async function readEvidence(house: House) {
  const since = new Date(house.clock.now().getTime() - year)
  const rows = await house.database.query<{
    kind: (typeof evidenceKinds)[number]
    name: string | null
    events: number
    fields: string[] | null
  }>(
    `with lately as (
       select e.party_id, e.event_id, e.kind, e.payload from events.event e
       where e.kind = any ($1) and e.occurred_at > $2 order by e.occurred_at desc limit $3)
     select l.kind, case when l.kind = 'client.tracked' then l.payload ->> 'name' end as name, count(distinct l.event_id) as events,
       array_agg(distinct f.field) filter (where f.field is not null) as fields
     from lately l left join events.property p on p.party_id = l.party_id and p.event_id = l.event_id
     left join lateral (
       select jsonb_object_keys(case when jsonb_typeof(coalesce(p.properties, l.payload)) = 'object'
         then coalesce(p.properties, l.payload) else '{}'::jsonb end) as field) f
       on f.field not in ('lines', 'name', 'products')
     group by 1, 2 order by 3 desc limit 100`,
    [[...evidenceKinds], since, looked],
  )
  return { items: rows.map(row => ({ ...row, fields: row.fields ?? [] })) }
}
