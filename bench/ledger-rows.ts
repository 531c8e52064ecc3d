import type { Queryable } from '#kernel/database/index.ts'

/**
 * Writes a sound ledger of about so many postings straight into the tables: parties that earn 25 times and five times use three
 * lots at once, 40 postings each. Only for measuring how long it takes to verify; nothing is posted.
 */
export async function generateLedger(database: Queryable, postings: number): Promise<void> {
  const parties = Math.round(postings / 40)
  const id = (text: string) => `md5(${text})::uuid`
  const party = id(`'party' || p`)
  const earned = id(`'earned' || p || ' ' || n`)
  const lot = id(`'lot' || p || ' ' || n`)
  const used = id(`'used' || p || ' ' || n`)
  const all = (most: number) => `generate_series(1, ${parties}) as p, generate_series(1, ${most}) as n`
  const at = `timestamptz '2026-01-01' + n * interval '1 day'`
  const usedAt = `timestamptz '2026-01-01' + (n + 2) / 3 * interval '1 day'`
  const expiresAt = `timestamptz '2028-01-01'`
  const statements = [
    `insert into ledger.asset (asset, kind, created_at) values ('points', 'points', now())`,
    `insert into ledger.holding (party_id, asset, pending, available, held, debt, due_at)
     select ${party}, 'points', 0, 100, 0, 0, ${expiresAt} from generate_series(1, ${parties}) as p`,
    `insert into ledger.transaction
     select ${party}, ${earned}, 'points', 'earned ' || p || ' ' || n, 'issue', 'bench', null, null, ${at}, ${at}, 1, true from ${all(25)}
     union all
     select ${party}, ${used}, 'points', 'used ' || p || ' ' || n, 'spend', 'bench', null, null, ${at}, ${at}, 3, true from ${all(5)}`,
    `insert into ledger.key select key_id, party_id, transaction_id, md5(key)::uuid from ledger.transaction`,
    `insert into ledger.lot (party_id, lot_id, asset, issuer, source, expires_at, issued, pending, available, held, captured, expired, revoked, moved)
     select ${party}, ${lot}, 'points', 'shop', 'order ' || p || ' ' || n, ${expiresAt}, 10, 0, case when n > 15 then 10 else 0 end, 0,
       case when n > 15 then 0 else 10 end, 0, 0, 0 from ${all(25)}`,
    `insert into ledger.posting
     select ${party}, ${earned}, 0, 'points', 'issue', 'issuance:shop', 'available', 10, ${lot}, ${at}, ${at}, pg_current_xact_id() from ${all(25)}
     union all
     select ${party}, ${id(`'used' || p || ' ' || (n + 2) / 3`)}, n % 3, 'points', 'spend', 'available', 'redeemed:shop', 10, ${lot},
       ${usedAt}, ${usedAt}, pg_current_xact_id() from ${all(15)}`,
    `insert into ledger.hold
     select party_id, transaction_id, 'points', 30, 30, 0, occurred_at, 'captured', 'redeemed:shop', (
       select jsonb_agg(jsonb_build_object('lotId', x.lot_id, 'amount', 10, 'captured', 10, 'returned', 0))
       from ledger.posting x where x.party_id = t.party_id and x.transaction_id = t.transaction_id)
     from ledger.transaction t where act = 'spend'`,
  ]
  for (const statement of statements) await database.query(statement)
}
