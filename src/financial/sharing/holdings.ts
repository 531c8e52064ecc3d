import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { type Author, type Instruction, ofPerson, post } from '#kernel/ledger/index.ts'
import { refuse } from '#kernel/refusal.ts'

/** What of an asset a party can use now, whether or not the calendar's job came by; `sources` narrows it to some lots. */
export async function usable(
  queryable: Queryable,
  partyId: string,
  asset: string,
  { now, sources }: { readonly now: Date; readonly sources?: readonly string[] },
): Promise<number> {
  const [row] = await queryable.query<{ amount: number; debt: number }>(
    `select coalesce(sum(l.available + case when l.matures_at <= $3 then l.pending else 0 end), 0)::bigint as amount,
       coalesce((select sum(debt)::bigint from ledger.holding where party_id = ${ofPerson('$1')} and asset = $2), 0) as debt
     from ledger.lot l where l.party_id = ${ofPerson('$1')} and l.asset = $2 and l.is_alive and (l.expires_at is null or l.expires_at > $3)
       and ($4::text[] is null or l.source = any ($4))`,
    [partyId, asset, now, sources ?? null],
  )
  return sources ? row!.amount : Math.max(0, row!.amount - row!.debt)
}

/** Posts instructions that belong together, or refuses for the reason that the ledger has. */
export async function postOrRefuse(
  house: House,
  transaction: Transaction,
  author: Author,
  instructions: readonly Instruction[],
): Promise<void> {
  const [outcomes] = await post(house, transaction, [{ instructions, author }])
  for (const outcome of outcomes!) {
    if (outcome.state === 'refused') throw refuse('conflict', outcome.code, outcome.details)
  }
}

/** One transaction at a time for what a customer gives, joins and is limited in. */
export async function lockMember(transaction: Transaction, partyId: string): Promise<void> {
  await transaction.query('insert into sharing.member (party_id) values ($1) on conflict do nothing', [partyId])
  await transaction.query('select from sharing.member where party_id = $1 for update', [partyId])
}
