import type { RoomClaim } from '#kernel/room.ts'

/** What must hold between the lines of points and the ledger. */
export const pointsClaims: readonly RoomClaim[] = [
  {
    id: 'points.lines-are-lots',
    claim:
      'every line of points was issued once, as many as it says, and nothing was issued for a purchase without a line',
    sql: `
      select coalesce(l.party_id, o.party_id) as party_id, coalesce(l.source, o.source) as source
      from (select party_id, line_key || '#' || generation as source, issued from points.line) l
      full join (
        select party_id, lot.source, sum(issued) as issued from ledger.lot
        join ledger.transaction t using (party_id)
        where lot.asset = 'points' and lot.parent_id is null and t.actor = 'financial/points' and t.act = 'issue'
          and t.key = 'points ' || party_id || ' ' || lot.source
        group by 1, 2) o on o.party_id = l.party_id and o.source = l.source
      where l.issued is distinct from o.issued`,
  },
  {
    id: 'points.kept-is-not-revoked',
    claim: 'what a line no longer keeps was taken back, neither more nor less',
    sql: `
      select l.party_id, l.line_key || '#' || l.generation as source, l.issued, l.kept, s.revoked from points.line l
      left join ledger.source s on s.party_id = l.party_id and s.asset = 'points' and s.source = l.line_key || '#' || l.generation
      where l.issued - l.kept <> coalesce(s.revoked, 0)`,
  },
]
