import type { Queryable } from '#kernel/database/index.ts'
import { readHouseBalances } from './house-balance.ts'
import { ownAccounts } from './kinds.ts'

/**
 * As of an instant, `posted` says what the ledger said then and never changes again; `occurred` says what was so, as far as is
 * known today: what arrives late changes it.
 */
export type View = 'posted' | 'occurred'
export interface AsOf {
  readonly at: Date
  readonly view: View
}

export interface Balance {
  readonly asset: string
  readonly account: string
  readonly balance: number
  /** Of the parties together; otherwise of the house. */
  readonly isOwn: boolean
}

const isOwn = (account: string) => (ownAccounts as readonly string[]).includes(account)
const instantOf = (view: View) => (view === 'posted' ? 'posted_at' : 'occurred_at')

/** Every account with its balance, now or as of an instant; those of the parties added up. Each asset sums to zero. */
export async function trialBalance(database: Queryable, asOf?: AsOf): Promise<Balance[]> {
  const balances = asOf ? await replayed(database, asOf) : await current(database)
  const rank = (account: string) => (isOwn(account) ? ownAccounts.indexOf(account as never) : ownAccounts.length)
  return balances
    .map(each => ({ ...each, isOwn: isOwn(each.account) }))
    .sort((a, b) => compare(a.asset, b.asset) || rank(a.account) - rank(b.account) || compare(a.account, b.account))
}

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

type Plain = Omit<Balance, 'isOwn'>

async function replayed(database: Queryable, { at, view }: AsOf): Promise<Plain[]> {
  return await database.query<Plain>(
    `select asset, account, sum(amount)::bigint as balance from (
       select asset, to_account as account, amount from ledger.posting where ${instantOf(view)} <= $1
       union all
       select asset, from_account, -amount from ledger.posting where ${instantOf(view)} <= $1) as side
     group by asset, account`,
    [at],
  )
}

/** From what is kept: quick, however many postings there are. */
async function current(database: Queryable): Promise<Plain[]> {
  const own = await database.query<Record<(typeof ownAccounts)[number], number> & { asset: string }>(
    `select asset, sum(pending)::bigint as pending, sum(available)::bigint as available, sum(held)::bigint as held,
       -sum(debt)::bigint as debt from ledger.holding group by asset`,
  )
  const house = await readHouseBalances(database)
  return [
    ...own.flatMap(({ asset, ...row }) => ownAccounts.map(account => ({ asset, account, balance: row[account] }))),
    ...house.map(({ asset, account, amount }) => ({ asset, account, balance: amount })),
  ]
}

/** What a party had in one asset as of an instant. Example: 10 issued on 1 May, 4 used on 3 May; on 2 May -> available 10. */
export async function balanceOf(
  database: Queryable,
  partyId: string,
  asset: string,
  { at, view }: AsOf,
): Promise<Readonly<Record<(typeof ownAccounts)[number], number>>> {
  const [row] = await database.query<Record<(typeof ownAccounts)[number], number>>(
    `select ${ownAccounts
      .map(
        account =>
          `(coalesce(sum(amount) filter (where to_account = '${account}'), 0)
            - coalesce(sum(amount) filter (where from_account = '${account}'), 0))::bigint as ${account}`,
      )
      .join(', ')}
     from ledger.posting where party_id = $1 and asset = $2 and ${instantOf(view)} <= $3`,
    [partyId, asset, at],
  )
  return row!
}
