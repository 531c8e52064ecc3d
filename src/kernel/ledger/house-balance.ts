import type { Queryable, Transaction } from '#kernel/database/index.ts'

const own = `('pending', 'available', 'held', 'debt')`
const sides = (where: string) => `
  select account, asset, sum(amount) as amount, count(*) as postings from (
    select from_account as account, asset, -amount as amount from ledger.posting where ${where}
    union all
    select to_account, asset, amount from ledger.posting where ${where}) as side
  where account not in ${own} group by account, asset`

/**
 * Adds the postings of the house's accounts to their balances, up to the oldest transaction that is still open. Going by
 * the transaction's own number and not by the posting's: numbers are given before the commit, and adding up "all above the
 * last one" would lose whatever commits late.
 */
export async function addUpHouse(transaction: Transaction): Promise<void> {
  const [mark] = await transaction.query<{ upto: string; next: string; isElsewhere: boolean }>(
    `select upto::text, pg_snapshot_xmin(pg_current_snapshot())::text as next,
       upto > pg_snapshot_xmax(pg_current_snapshot()) or coalesce((select xid from ledger.posting order by xid desc limit 1)
         >= pg_snapshot_xmax(pg_current_snapshot()), false) as "isElsewhere"
     from ledger.house_mark for update`,
  )
  if (mark!.isElsewhere) return await addUpAnew(transaction, mark!.next)
  if (mark!.upto === mark!.next) return
  await transaction.query(
    `insert into ledger.house_balance (account, asset, amount, postings)
     ${sides('xid >= $1::xid8 and xid < $2::xid8')} order by account, asset
     on conflict (account, asset) do update set amount = ledger.house_balance.amount + excluded.amount,
       postings = ledger.house_balance.postings + excluded.postings`,
    [mark!.upto, mark!.next],
  )
  await transaction.query(`update ledger.house_mark set upto = $1::xid8`, [mark!.next])
}

/**
 * The rows come from another server, such as out of a backup: its numbers of transactions are beyond those of this one and mean
 * nothing here. They become a number below all of them, everything is added up once, and the next verification looks at everybody.
 */
async function addUpAnew(transaction: Transaction, next: string): Promise<void> {
  await transaction.query(`update ledger.posting set xid = '3' where xid >= pg_snapshot_xmax(pg_current_snapshot())`)
  await transaction.query('delete from ledger.house_balance')
  await transaction.query(
    `insert into ledger.house_balance (account, asset, amount, postings) ${sides('xid < $1::xid8')} order by account, asset`,
    [next],
  )
  await transaction.query('update ledger.house_mark set upto = $1::xid8', [next])
  await transaction.query(`update ledger.verification set upto = '0'`)
}

export interface HouseBalance {
  readonly account: string
  readonly asset: string
  readonly amount: number
}

/** Balances of the house's accounts now: what was added up, and the few postings since, in one statement. */
export async function readHouseBalances(database: Queryable): Promise<HouseBalance[]> {
  return await database.query<HouseBalance>(
    `select account, asset, sum(amount)::bigint as amount from (
       select account, asset, amount from ledger.house_balance
       union all
       select account, asset, amount from (${sides('xid >= (select upto from ledger.house_mark)')}) as since) as side
     group by account, asset order by asset, account`,
  )
}
