import type { House } from '#kernel/house.ts'
import type { Statement } from './contract.ts'
import type { Month } from './period.ts'
import { cardOf, readStatement, traceLine } from './statement.ts'

const columns = [
  'row',
  'line',
  'kind',
  'terms',
  'points',
  'ratePer100',
  'percent',
  'amount',
  'currency',
  'on',
  'postedAt',
  'card',
  'transactionId',
  'position',
] as const
type Cells = Partial<Record<(typeof columns)[number], string | number | null>>

const atOnce = 500

/**
 * A statement as CSV: first its lines and their sum, then every posting that they are made of, page by page. Amounts are in minor
 * units. Cards and pseudonyms, no names.
 */
export async function* statementCsv(house: House, month: Month, statement: Statement): AsyncGenerator<string> {
  const { currency, merchantId } = statement
  yield `\uFEFF${columns.join(',')}\r\n`
  for (const line of statement.lines) {
    yield row({
      row: 'line',
      line: line.lineId,
      kind: line.kind,
      terms: line.termsNumber,
      points: line.points,
      ratePer100: line.rateMinorPer100,
      percent: line.percent,
      amount: line.amountMinor,
      currency,
      transactionId: line.transactionId,
    })
  }
  yield row({ row: 'net', amount: statement.netMinor, currency })
  for (const { lineId, kind } of statement.lines) {
    let after: { transactionId: string; position: number } | undefined
    do {
      const postings = await traceLine(house, { month, merchantId, lineId }, { after, limit: atOnce })
      for (const posting of postings) {
        yield row({
          row: 'posting',
          line: lineId,
          kind,
          points: posting.points,
          on: posting.on,
          postedAt: posting.postedAt.toISOString(),
          card: cardOf(merchantId, posting),
          transactionId: posting.transactionId,
          position: posting.position,
        })
      }
      after = postings.length === atOnce ? postings.at(-1) : undefined
    } while (after)
  }
}

/** The statement is read before the first piece leaves, so that a refusal is still an answer. */
export async function exportStatement(house: House, month: Month, merchantId: string) {
  return statementCsv(house, month, await readStatement(house, month, merchantId))
}

function row(cells: Cells): string {
  return `${columns.map(column => cell(cells[column] ?? '')).join(',')}\r\n`
}

/** What a spreadsheet would read as a formula gets an apostrophe. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const safe = /^[\s]*[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
