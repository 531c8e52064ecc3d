import { allowSecond } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import { limits } from './limits.ts'
import { mendedRows } from './rejected.ts'
import type { OrderLine, Profile, RowProblem } from './rows.ts'
import { apart, rowRule } from './rows.ts'
import { openStaged } from './staged.ts'
import { fileOf, type ImportRow, mappingOf } from './store.ts'
import { rowsOf, shapeOf } from './table.ts'

/** How far the reading is; `bytes` counts the file itself, packed as it is. */
export type OnRows = (read: { readonly rows: number; readonly bytes: number }) => Promise<void>

export interface StagingCount {
  readonly rows: number
  readonly rejected: Readonly<Record<string, number>>
}

const pieceCharacters = 128 * 1024
const apartRows = 5000
const remembered = 200_000

/**
 * Reads the whole file once, checks every row and copies what is good into the import's partitions while reading goes
 * on. Nothing about customers is written; running it again starts anew.
 */
export async function stageRows(
  house: House,
  row: ImportRow,
  onRows: OnRows,
  signal: AbortSignal,
): Promise<StagingCount> {
  const { options } = row
  if (options.encoding === null) throw refuse('conflict', 'files:refusal.open-questions')
  const staged = await openStaged(house.database, row.number)
  const problems = problemSink(house, row.import_id)
  await problems.clear()
  const customers = apartSink(house, `${staged.customer} (${customerColumns})`)
  const products = apartSink(house, `${staged.product} (row, sku, name, category)`)
  const rule = rowRule(
    mappingOf(row),
    row.columns.map(column => column.name),
    house.clock.now(),
  )
  const mended = await mendedRows(house, row.import_id)
  const seenProfiles = new Map<string, string>()
  const seenProducts = new Map<string, string>()
  let bytes = 0
  let rows = 0

  async function* lines(): AsyncGenerator<string> {
    const reading = {
      nature: { format: row.format, gzip: row.gzip },
      encoding: options.encoding!,
      delimiter: options.delimiter,
      shape: shapeOf(row.columns),
    }
    let text = ''
    for await (const piece of rowsOf(fileOf(house, row.import_id), reading, read => {
      bytes = read
    })) {
      signal.throwIfAborted()
      let number = piece.row
      for (const found of piece.records) {
        const rowNumber = number++
        const cells = mended.get(rowNumber) ?? found
        if (cells.length === 0) {
          const broken = piece.broken?.get(rowNumber - piece.row)
          if (broken) {
            rows++
            problems.add({ row: rowNumber, column: null, details: {}, ...broken })
          }
          continue
        }
        rows++
        const { problem, line, profile } = rule(cells, rowNumber)
        if (problem) {
          problems.add(problem)
          continue
        }
        if (profile) {
          const words = customerLine(profile)
          if (seenProfiles.get(profile.key) !== words) {
            if (seenProfiles.size >= remembered) seenProfiles.clear()
            seenProfiles.set(apart(profile.key), apart(words))
            customers.add(`${rowNumber}\t${words}`)
          }
        }
        if (!line) continue
        if (line.part === 0 && line.productName !== '' && line.sku !== '') {
          const words = `${copyText(line.productName)}\t${orNull(line.category)}`
          if (seenProducts.get(line.sku) !== words) {
            if (seenProducts.size >= remembered) seenProducts.clear()
            seenProducts.set(apart(line.sku), apart(words))
            products.add(`${rowNumber}\t${copyText(line.sku)}\t${words}`)
          }
        }
        text += copyLine(rowNumber, line, profile)
        if (text.length >= pieceCharacters) {
          yield text
          text = ''
        }
      }
      await Promise.all([customers.flush(apartRows), products.flush(apartRows), problems.flush(apartRows)])
      await onRows({ rows, bytes })
    }
    if (text !== '') yield text
  }

  // What is apart from the lines is written while they stream: two files at most are read at once, and nobody waits for them.
  await house.database.transaction(transaction =>
    allowSecond('two files at most are read at once', () =>
      transaction.copy(`${staged.line} (${lineColumns})`, lines()),
    ),
  )
  await Promise.all([customers.flush(0), products.flush(0), problems.flush(0)])
  await onRows({ rows, bytes: row.bytes })
  return { rows, rejected: Object.fromEntries(problems.counts) }
}

const lineColumns = 'row, part, order_ref, customer_key, occurred_at, sku, quantity, unit_price, amount_minor'
const customerColumns =
  'row, customer_key, customer_id, email, phone, name, family_name, given_name, birthday, city, country, said_at'

function copyLine(row: number, line: OrderLine, profile: Profile | undefined): string {
  const key = profile ? copyText(profile.key) : '\\N'
  return `${row}\t${line.part}\t${copyText(line.orderRef)}\t${key}\t${line.occurredAt}\t${copyText(line.sku)}\t${line.quantity}\t${line.unitPrice}\t${line.amountMinor}\n`
}

function customerLine(profile: Profile): string {
  const { key, customerId, email, phone, name, familyName, givenName, birthday, city, country, saidAt } = profile
  const rest = [customerId, email, phone, name, familyName, givenName, birthday, city, country, saidAt]
  return `${copyText(key)}\t${rest.map(orNull).join('\t')}`
}

const orNull = (text: string) => (text === '' ? '\\N' : copyText(text))
const special = /[\\\t\n\r]/
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
// Half of a surrogate pair is no character: the database would refuse the whole file for it.
const copyText = (text: string) =>
  (special.test(text) ? text.replace(/[\\\t\n\r]/g, letter => escapes[letter]!) : text).toWellFormed()

/** Rows of the smaller tables, gathered and copied on a connection of their own while the lines stream. */
function apartSink(house: House, target: string) {
  let waiting: string[] = []
  return {
    add(line: string) {
      waiting.push(`${line}\n`)
    },
    async flush(atLeast: number) {
      if (waiting.length === 0 || waiting.length < atLeast) return
      const lines = waiting
      waiting = []
      await house.database.transaction(transaction => transaction.copy(target, [lines.join('')]))
    },
  }
}

function problemSink(house: House, importId: string) {
  const sink = apartSink(house, 'files.rejected_row (import_id, row, "column", code, details, value)')
  const counts = new Map<string, number>()
  let stored = 0
  return {
    counts,
    flush: sink.flush,
    async clear() {
      await house.database.query('delete from files.rejected_row where import_id = $1', [importId])
    },
    add(problem: RowProblem) {
      counts.set(problem.code, (counts.get(problem.code) ?? 0) + 1)
      if (stored++ >= limits.storedProblems) return
      const { row, column, code, details, value } = problem
      sink.add(
        `${importId}\t${row}\t${column ?? '\\N'}\t${code}\t${copyText(JSON.stringify(details))}\t${value === null ? '\\N' : copyText(value)}`,
      )
    },
  }
}
