import type { Transaction } from '#kernel/database/index.ts'
import { rowsOf } from '#kernel/files/index.ts'
import type { House } from '#kernel/house.ts'
import type { Progress } from '#kernel/jobs/index.ts'
import { declareAsset, type Instruction, post } from '#kernel/ledger/index.ts'
import { minorDigits } from '#kernel/locale/index.ts'
import { recogniseParties } from '#kernel/parties/index.ts'
import type { OpeningTotals } from './contract.ts'
import { type Meaning, type ReadRow, type RowProblem, readRow } from './rows.ts'
import { fileOf, requireImport, type StoredImport } from './store.ts'

const atOnce = 1000
const author = { actor: 'financial/opening' }

/** The dry run: reads the whole file, finds the customers, keeps what would be taken over and why the rest would not. */
export async function check(house: House, importId: string, progress: Progress): Promise<void> {
  const known = await requireImport(house.database, importId)
  const meaning = await meaningOf(house, known)
  await clear(house, importId)
  const totals = emptyTotals()
  const members = new Set<string>()
  const { format, gzip, encoding, delimiter } = known
  const reading = { nature: { format, gzip }, encoding: encoding!, delimiter }
  for await (const { row, records } of rowsOf(fileOf(house, importId), reading)) {
    for (let start = 0; start < records.length; start += atOnce) {
      const cells = records.slice(start, start + atOnce)
      await checkPiece(house, { importId, meaning, totals, members }, cells, row + start)
      await progress.report({ done: totals.rows, unit: 'rows' })
    }
    if (progress.signal.aborted) throw new Error('stopped before the whole file was read; the job runs again')
  }
  const summed = { ...totals, members: members.size, assets: [...totals.assets.values()] } satisfies OpeningTotals
  await finish(house, importId, 'checked', `totals = $3, done = $4`, [JSON.stringify(summed), totals.rows])
}

interface Totals extends Omit<OpeningTotals, 'assets' | 'members'> {
  readonly assets: Map<string, OpeningTotals['assets'][number]>
}
type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

function emptyTotals(): Mutable<Totals> {
  return { rows: 0, unknownRows: 0, problems: 0, expired: 0, assets: new Map() }
}

async function meaningOf(house: House, { columns, asset, dateOrder }: StoredImport): Promise<Meaning> {
  const { zone } = await house.settings.business()
  await house.database.transaction(transaction => declareAsset(house, transaction, 'points', 'points'))
  const assets = await house.database.query<{ asset: string; kind: string }>('select asset, kind from ledger.asset')
  const places = new Map(
    assets
      .filter(({ kind }) => kind !== 'qualifying' && kind !== 'ticket')
      .map(each => [each.asset, each.kind === 'money' ? minorDigits(each.asset.replace('money:', '')) : 0]),
  )
  const fields: Meaning['fields'] = columns.map(({ field }) => field)
  return { fields, asset, dateOrder, zone, now: house.clock.now(), places }
}

async function clear(house: House, importId: string): Promise<void> {
  await house.database.query(`delete from opening.line where import_id = $1 and state = 'ready'`, [importId])
  await house.database.query('delete from opening.problem where import_id = $1', [importId])
}

interface Checking {
  readonly importId: string
  readonly meaning: Meaning
  readonly totals: Mutable<Totals>
  readonly members: Set<string>
}

async function checkPiece(
  house: House,
  { importId, meaning, totals, members }: Checking,
  records: readonly (readonly string[])[],
  firstRow: number,
): Promise<void> {
  const filled = records
    .map((cells, index) => ({ cells, row: firstRow + index }))
    .filter(({ cells }) => cells.some(cell => cell.trim() !== ''))
    .map(each => ({ ...each, read: readRow(each.cells, meaning) }))
  const good = filled.flatMap(({ read, row, cells }) =>
    read !== null && typeof read === 'object' ? [{ read, row, cells }] : [],
  )
  const parties = await recogniseParties(
    house,
    house.database,
    good.map(({ read }) => read),
  )
  const problems: { row: number; code: RowProblem; cells: readonly string[] }[] = filled.flatMap(
    ({ read, row, cells }) => (typeof read === 'string' ? [{ row, code: read, cells }] : []),
  )
  const lines: { partyId: string; row: number; read: ReadRow }[] = []
  for (const [index, { read, row, cells }] of good.entries()) {
    const partyId = parties[index]
    if (!partyId) {
      totals.unknownRows += 1
      problems.push({ row, code: 'unknown-member', cells })
      continue
    }
    members.add(partyId)
    const sum = totals.assets.get(read.asset) ?? { asset: read.asset, lots: 0, amount: 0, expiredAmount: 0 }
    totals.assets.set(
      read.asset,
      read.isExpired
        ? { ...sum, expiredAmount: sum.expiredAmount + read.amount }
        : { ...sum, lots: sum.lots + 1, amount: sum.amount + read.amount },
    )
    if (read.isExpired) totals.expired += 1
    else lines.push({ partyId, row, read })
  }
  totals.rows += filled.length
  totals.problems += problems.length
  await house.database.transaction(async transaction => {
    await insertLines(transaction, importId, lines)
    await keepProblems(transaction, importId, problems)
  })
}

async function insertLines(
  transaction: Transaction,
  importId: string,
  lines: readonly { partyId: string; row: number; read: ReadRow }[],
): Promise<void> {
  await transaction.query(
    `insert into opening.line (party_id, import_id, row, asset, amount, earned_at, expires_at, reference, state)
     select p, $1, r, a, n, e, x, f, 'ready' from unnest($2::uuid[], $3::int4[], $4::text[], $5::int8[], $6::timestamptz[],
       $7::timestamptz[], $8::text[]) as t (p, r, a, n, e, x, f) on conflict do nothing`,
    [
      importId,
      lines.map(line => line.partyId),
      lines.map(line => line.row),
      lines.map(({ read }) => read.asset),
      lines.map(({ read }) => read.amount),
      lines.map(({ read }) => read.earnedAt.toISOString()),
      lines.map(({ read }) => read.expiresAt?.toISOString() ?? null),
      lines.map(({ read }) => read.reference),
    ],
  )
}

async function keepProblems(
  transaction: Transaction,
  importId: string,
  problems: readonly { row: number; code: RowProblem; cells: readonly string[] }[],
): Promise<void> {
  await transaction.query(
    `insert into opening.problem (import_id, row, code, cells)
     select $1, r, c, j::jsonb from unnest($2::int4[], $3::text[], $4::text[]) as t (r, c, j) on conflict do nothing`,
    [
      importId,
      problems.map(problem => problem.row),
      problems.map(problem => problem.code),
      problems.map(problem => JSON.stringify(problem.cells.map(cell => cell.replaceAll('\0', '').slice(0, 200)))),
    ],
  )
}

interface Line {
  readonly partyId: string
  readonly row: number
  readonly asset: string
  readonly amount: number
  readonly earnedAt: Date
  readonly expiresAt: Date | null
}

/** The cause of a lot, for ever: the row of the import. */
const sourceOf = (importId: string, row: number) => `opening ${importId} row ${row}`

/** `Old till 2024.csv` is taken over from `opening:old-till-2024`. */
function accountOf(name: string): `opening:${string}` {
  const bare = name
    .replace(/\.(csv|xlsx|gz|txt)+$/i, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
  return `opening:${bare.slice(0, 60) || 'file'}`
}

/** The lines of an import in one state, a piece at a time, locked against another run of the same job. */
async function nextLines(transaction: Transaction, importId: string, state: 'ready' | 'posted'): Promise<Line[]> {
  await transaction.query('select from opening.import where import_id = $1 for update', [importId])
  return transaction.query<Line>(
    `select party_id as "partyId", row, asset, amount, earned_at as "earnedAt", expires_at as "expiresAt" from opening.line
     where import_id = $1 and state = $2 order by party_id, row limit $3`,
    [importId, state, atOnce],
  )
}

async function moveLines(
  transaction: Transaction,
  importId: string,
  lines: readonly Line[],
  state: 'posted' | 'refused' | 'taken-back' | 'kept',
): Promise<void> {
  await transaction.query(
    `update opening.line l set state = $2 from unnest($3::uuid[], $4::int4[]) as t (party_id, row)
     where l.party_id = t.party_id and l.import_id = $1 and l.row = t.row`,
    [importId, state, lines.map(line => line.partyId), lines.map(line => line.row)],
  )
}

/** Takes the balances over, a piece in each transaction: stopped at any moment, it goes on where it was. */
export async function run(house: House, importId: string, progress: Progress): Promise<void> {
  const { name, totals } = await requireImport(house.database, importId)
  const from = accountOf(name)
  const all = totals?.assets.reduce((sum, each) => sum + each.lots, 0)
  for (let posted = 0; ; ) {
    const taken = await house.database.transaction(async transaction => {
      const lines = await nextLines(transaction, importId, 'ready')
      const requests = lines.map(line => ({ author, instructions: [opened(line, importId, from)] }))
      const outcomes = await post(house, transaction, requests)
      const isRefused = (_: Line, index: number) => outcomes[index]![0]!.state === 'refused'
      const refused = lines.filter(isRefused)
      const good = lines.filter((line, index) => !isRefused(line, index))
      await moveLines(transaction, importId, good, 'posted')
      await moveLines(transaction, importId, refused, 'refused')
      await keepProblems(
        transaction,
        importId,
        refused.map(line => ({ row: line.row, code: 'refused', cells: [String(line.amount), line.asset] })),
      )
      await transaction.query('update opening.import set posted = posted + $2, done = done + $3 where import_id = $1', [
        importId,
        good.length,
        lines.length,
      ])
      if (lines.length > 0) await house.live.announce(transaction, ['imports', 'points', 'ledger'])
      return lines.length
    })
    posted += taken
    await progress.report({ done: posted, ...(all !== undefined && { total: all }), unit: 'rows' })
    if (taken === 0) break
    if (progress.signal.aborted) throw new Error('stopped before all balances were taken over; the job runs again')
  }
  await finish(house, importId, 'done')
}

function opened(line: Line, importId: string, from: `opening:${string}`): Instruction {
  const { partyId, row, asset, amount, earnedAt, expiresAt } = line
  const source = sourceOf(importId, row)
  return {
    act: 'issue',
    key: source,
    partyId,
    asset,
    amount,
    from,
    issuer: asset === 'points' ? 'points' : 'house',
    source,
    occurredAt: earnedAt.getTime(),
    ...(expiresAt !== null && { expiresAt: expiresAt.getTime() }),
  }
}

/** Takes back every lot of which nothing was used; the others are counted and stay, because somebody relied on them. */
export async function undo(house: House, importId: string, progress: Progress): Promise<void> {
  const { posted } = await requireImport(house.database, importId)
  for (let done = 0; ; ) {
    const looked = await house.database.transaction(async transaction => {
      const lines = await nextLines(transaction, importId, 'posted')
      const untouched = await untouchedOf(transaction, importId, lines)
      const back = lines.filter(line => untouched.has(sourceOf(importId, line.row)))
      const kept = lines.filter(line => !untouched.has(sourceOf(importId, line.row)))
      const requests = back.map(({ partyId, asset, row }) => ({
        author,
        instructions: [
          {
            act: 'revoke' as const,
            key: `${sourceOf(importId, row)} undo`,
            partyId,
            asset,
            source: sourceOf(importId, row),
            numerator: 1,
            denominator: 1,
            occurredAt: house.clock.now().getTime(),
          },
        ],
      }))
      await post(house, transaction, requests)
      await moveLines(transaction, importId, back, 'taken-back')
      await moveLines(transaction, importId, kept, 'kept')
      await transaction.query(
        'update opening.import set taken_back = taken_back + $2, kept = kept + $3, done = done + $4 where import_id = $1',
        [importId, back.length, kept.length, lines.length],
      )
      if (lines.length > 0) await house.live.announce(transaction, ['imports', 'points', 'ledger'])
      return lines.length
    })
    done += looked
    await progress.report({ done, total: posted, unit: 'rows' })
    if (looked === 0) break
    if (progress.signal.aborted) throw new Error('stopped before all was taken back; the job runs again')
  }
  await finish(house, importId, 'undone')
}

/** Locks whose lots these are, as the ledger does, and says of which nothing was used, held, given or taken. */
async function untouchedOf(transaction: Transaction, importId: string, lines: readonly Line[]): Promise<Set<string>> {
  const parties = lines.map(line => line.partyId)
  const assets = lines.map(line => line.asset)
  await transaction.query(
    `select from ledger.holding h
     where (party_id, asset) in (select * from unnest($1::uuid[], $2::text[])) order by party_id, asset for no key update`,
    [parties, assets],
  )
  const rows = await transaction.query<{ source: string }>(
    `select l.source from unnest($1::uuid[], $2::text[], $3::text[]) as t (party_id, asset, source)
     join ledger.lot l on l.party_id = t.party_id and l.source = t.source and l.asset = t.asset
     where l.pending + l.available + l.expired = l.issued`,
    [parties, assets, lines.map(line => sourceOf(importId, line.row))],
  )
  return new Set(rows.map(row => row.source))
}

async function finish(
  house: House,
  importId: string,
  state: StoredImport['state'],
  more?: string,
  values: readonly unknown[] = [],
): Promise<void> {
  await house.database.transaction(async transaction => {
    await transaction.query(`update opening.import set state = $2${more ? `, ${more}` : ''} where import_id = $1`, [
      importId,
      state,
      ...values,
    ])
    await house.live.announce(transaction, ['imports'])
  })
}
