import type { Queryable } from '#kernel/database/index.ts'
import type { CreditMove } from './contract.ts'

/** What only moves between a customer's own accounts is no movement for them. */
const shownCodes = `('deposit', 'grant', 'compensate', 'open', 'issue', 'adjust', 'spend', 'capture', 'overdraw', 'return', 'withdraw',
  'expire', 'revoke', 'transfer')`

/** Every way in which value comes and goes, as a customer would name it. */
const kindOf = `case
  when code = 'deposit' then 'top-up'
  when code = 'issue' then 'card'
  when code = 'grant' then 'bonus'
  when code = 'compensate' then 'promise'
  when code in ('spend', 'capture', 'overdraw') then 'paid'
  when code = 'return' then 'refund'
  when code = 'withdraw' then 'paid-back'
  when code = 'expire' then 'expired'
  when code = 'adjust' and to_account in ('adjustment:bonus', 'adjustment:visits') then 'bonus-back'
  else 'other' end`

const own = `('pending', 'available', 'held', 'debt')`
const isOut = `from_account in ${own}`
/** What is owed to a customer for a broken promise is booked before it is given: only the giving reaches them. */
const reachesThem = `(from_account in ${own} or to_account in ${own})`

interface Row extends Omit<CreditMove, 'occurredAt'> {
  readonly occurredAt: Date
}

const selectMoves = (where: string) => `
  select p.transaction_id || '_' || p.position as "moveId", p.party_id as "partyId", coalesce(n.name, '') as "partyName", p.asset,
    ${kindOf} as kind, case when ${isOut} then -p.amount else p.amount end as amount,
    case when ${isOut} then to_account else from_account end as account, p.occurred_at as "occurredAt"
  from ledger.posting p left join parties.party n on n.party_id = p.party_id
  where (p.asset like 'money:%' or p.asset like 'visits:%') and p.code in ${shownCodes} and ${reachesThem}
    ${where}`

const shown = ({ occurredAt, ...row }: Row): CreditMove => ({ ...row, occurredAt: occurredAt.toISOString() })

/** The movements of all customers that were booked last, by the day that stands beside them. */
export async function latestMoves(queryable: Queryable, limit: number): Promise<CreditMove[]> {
  const rows = await queryable.query<Row>(`${selectMoves('')} order by p.xid desc, p.transaction_id desc limit $1`, [
    limit,
  ])
  return rows.toSorted((one, other) => other.occurredAt.getTime() - one.occurredAt.getTime()).map(shown)
}

/** The latest movements of one customer, by the day that stands beside them: what a till told late stands where it belongs. */
export async function movesOf(queryable: Queryable, partyId: string, limit: number): Promise<CreditMove[]> {
  const rows = await queryable.query<Row>(
    `${selectMoves('and p.party_id = $1')} order by p.occurred_at desc, p.posted_at desc, p.transaction_id desc, p.position desc limit $2`,
    [partyId, limit],
  )
  return rows.map(shown)
}

/** A statement as CSV, oldest first, with the balance of each kind of value after every movement. */
export async function* statement(queryable: Queryable, partyId: string): AsyncGenerator<string> {
  yield '\uFEFFoccurredAt,asset,kind,amount,balance,account,moveId\r\n'
  const rows = await queryable.query<Row>(
    `${selectMoves('and p.party_id = $1')} order by p.posted_at, p.transaction_id, p.position`,
    [partyId],
  )
  const balances = new Map<string, number>()
  for (const row of rows) {
    const balance = (balances.get(row.asset) ?? 0) + row.amount
    balances.set(row.asset, balance)
    const { occurredAt, asset, kind, amount, account, moveId } = shown(row)
    yield `${[occurredAt, asset, kind, amount, balance, account, moveId].join(',')}\r\n`
  }
}
