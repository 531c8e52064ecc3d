import type { RoomClaim } from '#kernel/room.ts'

const kept = `('taken', 'used', 'expired')`

/** What rewards say of themselves, held against what the ledger says of them. */
export const rewardClaims: readonly RoomClaim[] = [
  {
    id: 'rewards.stock-is-counted',
    claim:
      'what is gone of a reward is what was paid with points and kept, and what is reserved; never more than its stock',
    sql: `
      select r.reward_id, r.gone, r.stock, k.kept, v.reserved from rewards.reward r
      cross join lateral (select count(*) as kept from rewards.taken t
        where t.reward_id = r.reward_id and t.card_id is null and t.state in ${kept}) k
      cross join lateral (select count(*) as reserved from rewards.reserved v where v.reward_id = r.reward_id) v
      where r.gone <> k.kept + v.reserved or r.gone > r.stock`,
  },
  {
    id: 'rewards.places-are-reserved',
    claim: 'whoever has a place reserved is waiting for it, or let its time pass',
    sql: `
      select v.reward_id, v.taken_id from rewards.reserved v
      left join rewards.taken t on t.reward_id = v.reward_id and t.taken_id = v.taken_id
      where t.state is distinct from 'reserved' or t.reserved_until <> v.until`,
  },
  {
    id: 'rewards.rights-are-what-was-taken',
    claim:
      'one right was issued for everything that was taken, and it is spent where that was used and gone where it was given back',
    sql: `
      select coalesce(t.party_id, l.party_id) as party_id, coalesce(t.taken_id::text, l.source) as taken_id, t.state
      from (select * from rewards.taken where state in ${kept} or state = 'returned') t
      full join (select * from ledger.lot where asset like 'reward:%' and parent_id is null) l
        on l.party_id = t.party_id and l.source = t.taken_id::text and l.asset = 'reward:' || t.reward_id
      where t.taken_id is null or l.lot_id is null or l.issued <> 1
        or (t.state = 'used') <> (l.captured = 1) or t.state = 'returned' and l.revoked <> 1 or t.state = 'taken' and l.revoked = 1`,
  },
  {
    id: 'rewards.points-are-paid',
    claim:
      'what was taken is paid with exactly its price, what was given back is paid back, and what lapsed cost nothing',
    sql: `
      select t.party_id, t.taken_id, t.state, t.price, h.captured, h.returned from rewards.taken t
      left join ledger.hold h on h.party_id = t.party_id and h.hold_id = t.taken_id and h.asset = 'points'
      where t.price > 0 and (h.hold_id is null or h.amount <> t.price
          or h.captured <> case when t.state in ${kept} or t.state = 'returned' then t.price else 0 end
          or h.returned <> case when t.state = 'returned' then t.price else 0 end
          or h.state = 'open' and t.state <> 'reserved')
        or t.price = 0 and h.hold_id is not null`,
  },
  {
    id: 'rewards.stamps-are-due',
    claim: 'the stamps that the ledger gave and did not take back are those that purchases are due',
    sql: `
      select coalesce(s.party_id, p.party_id) as party_id, coalesce(s.asset, p.asset) as asset, s.kept, p.given
      from (select party_id, 'stamps:' || card_id as asset, sum(kept) as kept from rewards.stamp group by 1, 2) s
      full join (select party_id, asset, coalesce(sum(amount) filter (where code = 'issue'), 0)
          - coalesce(sum(amount) filter (where code = 'revoke'), 0) as given
        from ledger.posting where asset like 'stamps:%' group by 1, 2) p on p.party_id = s.party_id and p.asset = s.asset
      where coalesce(s.kept, 0) <> coalesce(p.given, 0)`,
  },
  {
    id: 'rewards.full-cards-are-rewards',
    claim: 'the stamps that were spent are those of the cards that became a reward, each as many as its card asks for',
    sql: `
      select coalesce(t.party_id, p.party_id) as party_id, coalesce(t.asset, p.asset) as asset, t.stamps, p.spent
      from (select t.party_id, 'stamps:' || t.card_id as asset, sum((c.terms ->> 'stamps')::int) as stamps
        from rewards.taken t join rewards.card c on c.card_id = t.card_id group by 1, 2) t
      full join (select party_id, asset, sum(amount) as spent from ledger.posting
        where asset like 'stamps:%' and code = 'spend' group by 1, 2) p on p.party_id = t.party_id and p.asset = t.asset
      where coalesce(t.stamps, 0) <> coalesce(p.spent, 0)`,
  },
  {
    id: 'rewards.codes-are-of-what-was-taken',
    claim: 'everything that was taken has exactly one code, and every code stands for something taken',
    sql: `
      select coalesce(t.party_id, c.party_id) as party_id, coalesce(t.taken_id, c.taken_id) as taken_id
      from (select * from rewards.taken where state in ${kept} or state = 'returned') t
      full join (select party_id, taken_id, count(*) as codes from rewards.code group by 1, 2) c
        on c.party_id = t.party_id and c.taken_id = t.taken_id
      where t.taken_id is null or c.codes is distinct from 1`,
  },
]
