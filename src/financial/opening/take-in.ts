import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { dateShapeOf, keepFile, natureOf, openTable } from '#kernel/files/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Opening, OpeningField } from './contract.ts'
import { guessFields } from './rows.ts'
import { fileOf, questionsOf, requireImport, type StoredImport } from './store.ts'

/** Keeps a file with balances and says what its columns seem to mean. */
export async function takeFile(
  house: House,
  { name, stream, by }: { readonly name: string; readonly stream: Readable; readonly by: string },
): Promise<StoredImport> {
  const importId = house.newId()
  const path = fileOf(house, importId)
  try {
    await keepFile(path, stream)
    const nature = await natureOf(path)
    if (nature.format !== 'csv' && nature.format !== 'xlsx') throw refuse('invalid', 'files:refusal.unknown-format')
    const { sample, encoding, delimiter } = await openTable(path, nature)
    const columns = columnsOf(sample)
    await house.database.transaction(async transaction => {
      await transaction.query(
        `insert into opening.import (import_id, name, file_hash, format, gzip, delimiter, encoding, state, columns, asset,
           date_order, created_at, created_by) values ($1, $2, $3, $4, $5, $6, $7, 'mapped', $8, 'points', $9, $10, $11)`,
        [
          importId,
          name.slice(0, 200),
          await hashOf(path),
          nature.format,
          nature.gzip,
          delimiter,
          encoding,
          JSON.stringify(columns),
          dateOrderOf(sample.rows, columns),
          house.clock.now(),
          by,
        ],
      )
      await house.live.announce(transaction, ['imports'])
    })
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
  return requireImport(house.database, importId)
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

interface Sample {
  readonly headers: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

function columnsOf({ headers, rows }: Sample): StoredImport['columns'] {
  const fields = guessFields(headers)
  return headers.map((name, column) => ({
    column,
    name,
    field: fields[column]!,
    sample: (rows.find(row => (row[column] ?? '').trim() !== '')?.[column] ?? '').slice(0, 60),
  }))
}

/** The order of day and month that the values themselves prove; null where a person must say. */
function dateOrderOf(
  rows: readonly (readonly string[])[],
  columns: StoredImport['columns'],
): StoredImport['dateOrder'] {
  const values = columns
    .filter(({ field }) => field === 'earnedOn' || field === 'expiresOn')
    .flatMap(({ column }) => rows.map(row => row[column] ?? ''))
  return values.length === 0 ? null : dateShapeOf(values).order
}

export interface Said {
  readonly columns: readonly { readonly column: number; readonly field: OpeningField | null }[]
  readonly asset: string
  readonly dateOrder: Opening['dateOrder']
  readonly encoding: Opening['encoding']
}

/** Takes what a person says about the columns. What was checked before must be checked again. */
export async function sayMeaning(house: House, importId: string, said: Said): Promise<StoredImport> {
  const fields = said.columns.flatMap(({ field }) => (field === null ? [] : [field]))
  if (new Set(fields).size !== fields.length) throw refuse('invalid', 'opening:refusal.meaning-twice')
  const known = await requireImport(house.database, importId)
  const path = fileOf(house, importId)
  // Read in another encoding, the columns have other names.
  const { sample } = await openTable(path, known, said.encoding ? { encoding: said.encoding } : {})
  const columns = columnsOf(sample).map(each => ({
    ...each,
    field: said.columns.find(({ column }) => column === each.column)?.field ?? null,
  }))
  await house.database.transaction(async transaction => {
    const changed = await transaction.query(
      `update opening.import set columns = $2, asset = $3, date_order = $4, encoding = $5, state = 'mapped', totals = null,
         failure = null where import_id = $1 and state in ('mapped', 'checked', 'failed') returning 1`,
      [
        importId,
        JSON.stringify(columns),
        said.asset,
        said.dateOrder ?? dateOrderOf(sample.rows, columns),
        said.encoding,
      ],
    )
    if (changed.length === 0) throw refuse('conflict', 'opening:refusal.busy')
    await house.live.announce(transaction, ['imports'])
  })
  return requireImport(house.database, importId)
}

const begins = {
  check: { from: ['mapped', 'checked', 'failed'], to: 'checking', refusal: 'opening:refusal.busy' },
  run: { from: ['checked'], to: 'running', refusal: 'opening:refusal.not-checked' },
  undo: { from: ['done'], to: 'undoing', refusal: 'opening:refusal.not-run' },
} as const

/** Begins a step, as a job that the Jobs page shows. */
export async function begin(house: House, importId: string, step: keyof typeof begins): Promise<StoredImport> {
  const { from, to, refusal } = begins[step]
  await house.database.transaction(async transaction => {
    await transaction.query('select from opening.import where import_id = $1 for update', [importId])
    const known = await requireImport(transaction, importId)
    if (step === 'check' && questionsOf(known).length > 0) throw refuse('invalid', 'opening:refusal.open-questions')
    if (!(from as readonly string[]).includes(known.state)) throw refuse('conflict', refusal)
    if (step === 'run') {
      const [same] = await transaction.query<{ name: string }>(
        `select name from opening.import where file_hash = $1 and import_id <> $2 and state in ('running', 'done', 'undoing')`,
        [known.fileHash, importId],
      )
      if (same) throw refuse('conflict', 'opening:refusal.same-file', { name: same.name })
    }
    await transaction.query(`update opening.import set state = $2, done = 0, failure = null where import_id = $1`, [
      importId,
      to,
    ])
    await house.jobs.enqueue(transaction, `opening.${step}`, { importId })
    await house.live.announce(transaction, ['imports'])
  })
  return requireImport(house.database, importId)
}
