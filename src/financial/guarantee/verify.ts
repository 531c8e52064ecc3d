import type { RoomClaim } from '#kernel/room.ts'

/** What must hold between the cases, the claims, what was given, and the ledger (I33). */
export const promiseClaims: readonly RoomClaim[] = [
  {
    id: 'guarantee.broken-is-paid-once',
    claim: 'every broken case has exactly one granted claim and one compensation',
    sql: `
      select c.case_id from guarantee.promise_case c
      left join guarantee.claim k on k.party_id = c.party_id and k.case_id = c.case_id and k.state = 'granted'
      left join guarantee.compensation m on m.party_id = c.party_id and m.case_id = c.case_id
      where (c.state = 'broken') <> (k.case_id is not null) or (c.state = 'broken') <> (m.case_id is not null)`,
  },
  {
    id: 'guarantee.given-is-posted',
    claim: 'what was given or is owed stands in the ledger, once',
    sql: `
      with posted as (
        select p.party_id, substring(t.key from 9 for 36)::uuid as case_id,
          coalesce(sum(p.amount) filter (where p.from_account = 'expense:guarantee'), 0) as owed,
          coalesce(sum(p.amount) filter (where p.from_account = 'payable:guarantee'), 0) as closed
        from ledger.posting p join ledger.transaction t on t.party_id = p.party_id and t.transaction_id = p.transaction_id
        where t.actor = 'financial/guarantee' or p.from_account = 'payable:guarantee' group by 1, 2)
      select m.case_id from guarantee.compensation m left join posted p on p.party_id = m.party_id and p.case_id = m.case_id
      where m.asset is not null and (coalesce(p.owed, 0) <> m.amount
        or coalesce(p.closed, 0) <> case when m.state = 'owed' then 0 else m.amount end)`,
  },
  {
    id: 'guarantee.owed-has-a-day',
    claim: 'what is owed has a day',
    sql: `
      select case_id from guarantee.compensation where state = 'owed' and due_on is null`,
  },
  {
    id: 'guarantee.due-is-judged',
    claim: 'nothing that is due was left unjudged for long',
    sql: `
      select c.case_id from guarantee.promise_case c where c.state = 'open' and c.judge_at is null and c.due_at is not null`,
  },
]
