import { join } from 'node:path'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Opening, OpeningField, OpeningTotals } from './contract.ts'

export interface StoredImport {
  readonly importId: string
  readonly name: string
  readonly fileHash: string
  readonly format: 'csv' | 'xlsx'
  readonly gzip: boolean
  readonly delimiter: string
  readonly encoding: 'utf-8' | 'utf-16le' | 'gb18030' | null
  readonly state: Opening['state']
  readonly columns: readonly {
    readonly column: number
    readonly name: string
    readonly field: OpeningField | null
    readonly sample: string
  }[]
  readonly asset: string
  readonly dateOrder: 'ymd' | 'dmy' | 'mdy' | null
  readonly totals: OpeningTotals | null
  readonly posted: number
  readonly takenBack: number
  readonly kept: number
  readonly done: number
  readonly failure: string | null
  readonly createdAt: Date
}

const columns = `import_id as "importId", name, file_hash as "fileHash", format, gzip, delimiter, encoding, state, columns, asset,
  date_order as "dateOrder", totals, posted, taken_back as "takenBack", kept, done, failure, created_at as "createdAt"`

export async function listImports(queryable: Queryable): Promise<StoredImport[]> {
  return queryable.query<StoredImport>(`select ${columns} from opening.import order by created_at desc limit 100`)
}

export async function requireImport(queryable: Queryable, importId: string): Promise<StoredImport> {
  const [found] = await queryable.query<StoredImport>(`select ${columns} from opening.import where import_id = $1`, [
    importId,
  ])
  if (!found) throw refuse('not-found', 'opening:refusal.unknown')
  return found
}

/** The file as it was sent, beside the database. */
export function fileOf(house: House, importId: string): string {
  return join(house.folder, 'opening', importId)
}

/** What only a person can say. Dates are asked only where there are any. */
export function questionsOf({ columns, dateOrder, encoding }: StoredImport): Opening['questions'] {
  const has = (...fields: OpeningField[]) => columns.some(({ field }) => field !== null && fields.includes(field))
  return [
    ...(has('customer_id', 'phone', 'card', 'email') ? [] : (['identifier'] as const)),
    ...(has('amount') ? [] : (['amount'] as const)),
    ...(has('earnedOn', 'expiresOn') && dateOrder === null ? (['date-order'] as const) : []),
    ...(encoding === null ? (['encoding'] as const) : []),
  ]
}

export function shown(stored: StoredImport): Opening {
  const { fileHash: _, format: __, gzip: ___, delimiter: ____, createdAt, columns, ...rest } = stored
  return { ...rest, columns: [...columns], questions: questionsOf(stored), createdAt: createdAt.toISOString() }
}
