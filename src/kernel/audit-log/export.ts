import type { House } from '#kernel/house.ts'
import type { Act, ActFilter } from './contract.ts'
import { pageOf } from './store.ts'

const columns = ['at', 'who', 'kind', 'operation', 'what', 'subject', 'customer', 'outcome', 'code', 'changes'] as const

const atOnce = 200

/** The log as a file, newest first and page by page, so that memory stays flat; one act in a line. */
export async function* exportActs(house: House, filter: ActFilter): AsyncGenerator<string> {
  yield `\uFEFF${columns.join(',')}\r\n`
  let before: string | undefined
  for (;;) {
    const { items, next } = await pageOf(house, filter, { before, limit: atOnce })
    if (items.length > 0) yield `${items.map(line).join('\r\n')}\r\n`
    if (next === null) return
    before = next
  }
}

function line(act: Act): string {
  const changes = (act.changes ?? []).map(
    ({ path, before, after }) => `${path}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`,
  )
  const cells = [
    act.at,
    act.actor.name,
    act.actor.kind,
    act.operation,
    act.summary,
    [act.asked?.named, ...Object.values(act.subject)].filter(Boolean).join(' '),
    [act.party, ...act.others].map(each => each?.name ?? '').join(', '),
    act.outcome,
    act.code ?? '',
    changes.join('; '),
  ]
  return cells.map(cell).join(',')
}

/** What a spreadsheet would read as a formula gets an apostrophe. */
function cell(text: string): string {
  const safe = /^\s*[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
