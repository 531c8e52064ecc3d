import type { Transaction } from '#kernel/database/index.ts'
import { arrayOf, type ColumnType } from './arrays.ts'
import { type Hold, type Holding, type Instant, type Lot, nextDueAt, type Source } from './holding.ts'
import type { Posting } from './instruction.ts'
import type { Holdings } from './store.ts'

/** One instruction that was done: what the ledger keeps of it for ever. */
export interface Done {
  readonly transactionId: string
  readonly key: string
  readonly keyId: string
  readonly fingerprint: string
  readonly partyId: string
  readonly asset: string
  readonly act: string
  readonly actor: string
  readonly approvedBy: string | null
  readonly reason: string | null
  readonly occurredAt: Instant
  readonly postings: readonly Posting[]
  readonly extended: readonly string[]
}

/** What holds and sources looked like when they were read, to see which of them changed. */
export function whatIsLoaded(holdings: Holdings): ReadonlyMap<string, string> {
  const loaded = new Map<string, string>()
  for (const holding of holdings.values()) {
    for (const each of changeable(holding)) loaded.set(nameOf(holding, each), JSON.stringify(each))
  }
  return loaded
}

function changeable(holding: Holding): readonly (Hold | Source)[] {
  return holding.holds.size + holding.sources.size === 0 ? [] : [...holding.holds.values(), ...holding.sources.values()]
}

function nameOf(holding: Holding, each: Hold | Source): string {
  return `${holding.partyId} ${holding.asset} ${'holdId' in each ? each.holdId : each.source}`
}

/** Writes a whole batch in one statement: causes, movements, lots, holds, sources and balances stand together or not at all. */
export async function writeBatch(
  transaction: Transaction,
  batch: {
    readonly holdings: Holdings
    readonly loaded: ReadonlyMap<string, string>
    readonly done: readonly Done[]
    readonly postedAt: Date
  },
): Promise<void> {
  const { holdings, loaded, done, postedAt } = batch
  const postings = done.flatMap(each => each.postings)
  const touched = new Set([...postings.map(posting => posting.lotId), ...done.flatMap(each => each.extended)])
  const lots: Lot[] = []
  const holds: Row[] = []
  const sources: Row[] = []
  for (const holding of holdings.values()) {
    const { partyId, asset } = holding
    for (const lot of holding.lots.values()) if (touched.has(lot.lotId)) lots.push(lot)
    for (const each of changeable(holding)) {
      if (loaded.get(nameOf(holding, each)) === JSON.stringify(each)) continue
      if ('holdId' in each) holds.push({ ...each, ...totalsOf(each), partyId, asset })
      else sources.push({ ...each, partyId, asset })
    }
  }
  const balances = [...holdings.values()].map(holding => ({ ...holding, dueAt: nextDueAt(holding) }))
  await transaction.prepared('ledger write', writeEverything, [
    postedAt,
    ...columnsOf('transaction', done.flatMap(sidesOf)),
    ...columnsOf('lot', lots),
    ...columnsOf('posting', postings),
    ...columnsOf('hold', holds),
    ...columnsOf('source', sources),
    ...columnsOf('holding', balances),
  ])
}

/** A transfer is one transaction of two parties, and stands with each of them. */
function sidesOf(done: Done): readonly Row[] {
  const parties = new Set([done.partyId, ...done.postings.map(posting => posting.partyId)])
  return [...parties].map(partyId => ({
    ...done,
    partyId,
    postings: done.postings.filter(posting => posting.partyId === partyId).length,
    isCause: partyId === done.partyId,
  }))
}

function totalsOf({ parts }: Hold) {
  const total = (of: 'captured' | 'returned') => parts.reduce((sum, part) => sum + part[of], 0)
  return { captured: total('captured'), returned: total('returned'), parts: JSON.stringify(parts) }
}

type Row = Readonly<Record<string, unknown>>

/** Columns of each table in their order, with the types in which they travel; rows carry them in camel case. */
const rowsOf = {
  transaction: {
    party_id: 'uuid',
    transaction_id: 'uuid',
    asset: 'text',
    key: 'text',
    act: 'text',
    actor: 'text',
    approved_by: 'text',
    reason: 'text',
    occurred_at: 'instant',
    postings: 'integer',
    is_cause: 'boolean',
    key_id: 'uuid',
    fingerprint: 'uuid',
  },
  lot: {
    party_id: 'uuid',
    lot_id: 'uuid',
    asset: 'text',
    issuer: 'text',
    source: 'text',
    parent_id: 'uuid',
    matures_at: 'instant',
    expires_at: 'instant',
    issued: 'bigint',
    pending: 'bigint',
    available: 'bigint',
    held: 'bigint',
    captured: 'bigint',
    expired: 'bigint',
    revoked: 'bigint',
    moved: 'bigint',
  },
  posting: {
    party_id: 'uuid',
    transaction_id: 'uuid',
    position: 'integer',
    asset: 'text',
    code: 'text',
    from: 'text',
    to: 'text',
    amount: 'bigint',
    lot_id: 'uuid',
    occurred_at: 'instant',
  },
  hold: {
    party_id: 'uuid',
    hold_id: 'uuid',
    asset: 'text',
    amount: 'bigint',
    captured: 'bigint',
    returned: 'bigint',
    until: 'instant',
    state: 'text',
    captured_by: 'text',
    parts: 'text',
  },
  source: {
    party_id: 'uuid',
    asset: 'text',
    source: 'text',
    numerator: 'bigint',
    denominator: 'bigint',
    revoked: 'bigint',
  },
  holding: {
    party_id: 'uuid',
    asset: 'text',
    pending: 'bigint',
    available: 'bigint',
    held: 'bigint',
    debt: 'bigint',
    due_at: 'instant',
  },
} as const satisfies Record<string, Readonly<Record<string, ColumnType>>>
type Table = keyof typeof rowsOf

/** The fields of a table's rows in the order of its columns: worked out once, since a batch asks sixty times. */
const fieldsOf: ReadonlyMap<string, readonly { readonly field: string; readonly type: ColumnType }[]> = new Map(
  Object.entries(rowsOf).map(([table, columns]) => [table, Object.entries<ColumnType>(columns).map(fieldOf)]),
)

function fieldOf([column, type]: [string, ColumnType]) {
  return { field: column.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()), type }
}

function columnsOf(table: Table, rows: readonly object[]): (Buffer | string)[] {
  return fieldsOf.get(table)!.map(({ field, type }) => arrayOf(type, rows, field))
}

/** The arrays of a table, side by side as rows; `$1` is the instant of posting. */
function given(table: Table): string {
  let first = 2
  for (const each of Object.keys(rowsOf) as Table[]) {
    if (each === table) break
    first += Object.keys(rowsOf[each]).length
  }
  const columns = Object.entries(rowsOf[table])
  const arrays = columns.map(([, type], index) => `$${first + index}::${type === 'instant' ? 'float8' : type}[]`)
  const names = columns.map(([column]) => `"${column}"`)
  // Instants travel as milliseconds: text of a date costs both sides more than anything else in a row.
  const read = columns.map(([column, type]) => {
    if (type === 'instant') return `to_timestamp("${column}" / 1000)`
    return type === 'bigint' ? `coalesce("${column}", 0)` : `"${column}"`
  })
  return `(select ${read.join(', ')} from unnest(${arrays.join(', ')}) as t (${names.join(', ')})) as given (${names.join(', ')})`
}

const columnList = (table: Table) => Object.keys(rowsOf[table]).join(', ')
/** Without what becomes the key. */
const transactionColumns = columnList('transaction').replace(', key_id, fingerprint', '')
const lotChanges = ['expires_at', 'pending', 'available', 'held', 'captured', 'expired', 'revoked', 'moved']
const excluded = (columns: readonly string[]) => columns.map(column => `${column} = excluded.${column}`).join(', ')

const writeEverything = `
  with given_transaction as materialized (select * from ${given('transaction')}),
  transactions as (
    insert into ledger.transaction (${transactionColumns}, posted_at) select ${transactionColumns}, $1 from given_transaction),
  keys as (
    insert into ledger.key (key, party_id, transaction_id, fingerprint)
    select key_id, party_id, transaction_id, fingerprint from given_transaction where is_cause),
  lots as (
    insert into ledger.lot (${columnList('lot')}) select * from ${given('lot')}
    on conflict (party_id, lot_id) do update set ${excluded(lotChanges)}),
  postings as (
    insert into ledger.posting (party_id, transaction_id, position, asset, code, from_account, to_account, amount, lot_id, occurred_at, posted_at, xid)
    select given.*, $1, pg_current_xact_id() from ${given('posting')}),
  holds as (
    insert into ledger.hold (${columnList('hold')})
    select party_id, hold_id, asset, amount, captured, returned, until, state, captured_by, parts::jsonb from ${given('hold')}
    on conflict (party_id, asset, hold_id) do update set ${excluded(['captured', 'returned', 'state', 'captured_by', 'parts'])}),
  sources as (
    insert into ledger.source (${columnList('source')}) select * from ${given('source')}
    on conflict (party_id, asset, source) do update set ${excluded(['numerator', 'denominator', 'revoked'])})
  insert into ledger.holding (${columnList('holding')}, posted_at) select given.*, $1 from ${given('holding')}
  on conflict (party_id, asset) do update set ${excluded(['pending', 'available', 'held', 'debt', 'due_at', 'posted_at'])}`
