import { open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import {
  auditOf,
  type BaseAudit,
  gatherOrders,
  leadingFindings,
  reportMark,
  reportOf,
  speechOf,
} from '#insight/audit/index.ts'
import { dayNumber, isDay } from '#kernel/clock/index.ts'
import { type OrderFile, type OrderFileChoices, openOrders, readOrders } from '#kernel/files/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { version } from '#product/version.ts'
import { meaningOf } from './import-file.ts'
import { clock } from './product.ts'
import type { Terminal } from './terminal.ts'

export interface AuditOptions {
  readonly out?: string
  /** A file, or true for the terminal. */
  readonly json?: string | true
  readonly customer?: string
  readonly date?: string
  readonly amount?: string
  readonly order?: string
  readonly quantity?: string
  readonly price?: string
  readonly dateFormat?: string
  readonly header?: 'yes' | 'no'
  readonly delimiter?: string
  readonly encoding?: 'utf-8' | 'gb18030' | 'utf-16le'
  readonly decimalMark?: '.' | ','
  readonly currency?: string
  readonly from?: string
  readonly to?: string
  readonly split?: string
  readonly cohorts?: 'month' | 'quarter' | 'year'
  readonly force?: boolean
}

const jsonMark = '"kind": "base-audit"'

/** `guanxi audit`: a file of orders becomes one page about its customers. Without a server, without a database. */
export async function audit(path: string, options: AuditOptions, terminal: Terminal): Promise<void> {
  const begun = clock.elapsed()
  const size = await stat(path).catch(() => undefined)
  if (!size?.isFile()) throw refuse('not-found', 'cli:refusal.no-file', { path })
  const choices = choicesOf(options)
  const days = { from: dayOf(options.from), to: dayOf(options.to), split: dayOf(options.split) }
  if (options.out) await assertMayWrite(options.out, reportMark, options.force)
  if (typeof options.json === 'string') await assertMayWrite(options.json, jsonMark, options.force)

  const file = await openOrders(path, choices)
  if (file.questions.length > 0) throw openQuestions(file, terminal)
  terminal.note(meaningOf({ columns: [...file.columns] }, terminal))
  const gathered = await read(file, size.size, terminal)
  const found = auditOf(gathered.transactions, {
    name: basename(path),
    currency: file.isPriced ? file.currency : null,
    lines: gathered.lines,
    setAside: gathered.setAside,
    notes: notesOn(file, gathered),
    ...(days.from !== undefined && { from: days.from }),
    ...(days.to !== undefined && { to: days.to }),
    ...(days.split !== undefined && { split: days.split }),
    ...(options.cohorts && { unit: options.cohorts }),
  })
  terminal.note(readSentence(found, terminal))

  if (options.out) {
    terminal.progress(terminal.t('cli:audit.drawing'))
    await writeWhole(options.out, reportOf(found, { language: terminal.language, version, t: terminal.t }))
  }
  if (typeof options.json === 'string') await writeWhole(options.json, `${JSON.stringify(found, null, 2)}\n`)
  if (options.json === true) terminal.answer(found, () => '')
  else finish(found, options, terminal)
  const seconds = ((clock.elapsed() - begun) / 1000).toFixed(1)
  terminal.note(terminal.style.dim(terminal.t('cli:audit.took', { seconds })))
}

/** Reads and puts together, telling now and then how far it is. */
async function read(file: OrderFile, bytes: number, terminal: Terminal) {
  const gather = gatherOrders({ ...file, zone: file.mapping.options.zone })
  const format = new Intl.NumberFormat(terminal.language)
  const percent = new Intl.NumberFormat(terminal.language, { style: 'percent', maximumFractionDigits: 0 })
  let done = 0
  let lines = 0
  for await (const rows of readOrders(file, clock.now(), read => {
    done = read
  })) {
    gather.add(rows)
    lines += rows.length
    const amount = terminal.t('cli:audit.percent', {
      percent: percent.format(done / bytes),
      lines: format.format(lines),
    })
    terminal.progress(
      terminal.t('cli:progress', { label: terminal.t('cli:audit.reading'), amount, unit: '' }).trimEnd(),
    )
  }
  terminal.progress(terminal.t('cli:audit.calculating'))
  return gather.finish()
}

function choicesOf(options: AuditOptions): OrderFileChoices {
  const { customer, date, amount, order, quantity, price } = options
  const columns = {
    ...(customer && { customerId: customer }),
    ...(date && { occurredAt: date }),
    ...(amount && { amount }),
    ...(order && { orderRef: order }),
    ...(quantity && { quantity }),
    ...(price && { unitPrice: price }),
  }
  return {
    columns,
    ...(options.dateFormat && dateFormat(options.dateFormat)),
    ...(options.delimiter && { delimiter: delimiterOf(options.delimiter) }),
    ...(options.header && { header: options.header === 'yes' }),
    ...(options.encoding && { encoding: options.encoding }),
    ...(options.decimalMark && { decimalMark: options.decimalMark }),
    ...(options.currency && { currency: currencyOf(options.currency) }),
  }
}

/** `yyyymmdd` is the order year, month, day; `dd/mm/yy` is day, month, year with years of this century. */
function dateFormat(text: string): Pick<OrderFileChoices, 'dateOrder' | 'twoDigitYearsFrom'> {
  const letters = text.toLowerCase().replace(/[^ymd]/g, '')
  const order = [...new Set(letters)].join('')
  if (order !== 'ymd' && order !== 'dmy' && order !== 'mdy') {
    throw refuse('invalid', 'cli:refusal.not-a-date-format', { text })
  }
  const years = letters.replace(/[^y]/g, '').length
  return { dateOrder: order, ...(years === 2 && { twoDigitYearsFrom: 2000 }) }
}

const delimiters: Readonly<Record<string, string>> = {
  comma: ',',
  semicolon: ';',
  tab: '\t',
  '\\t': '\t',
  pipe: '|',
  whitespace: ' ',
}

function delimiterOf(text: string): string {
  const found = delimiters[text.toLowerCase()] ?? text
  if (found.length !== 1) throw refuse('invalid', 'cli:refusal.not-a-delimiter', { text })
  return found
}

function currencyOf(text: string): string {
  const code = text.toUpperCase()
  if (!/^[A-Z]{3}$/.test(code)) throw refuse('invalid', 'cli:refusal.not-a-currency', { text })
  return code
}

function dayOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!isDay(text)) throw refuse('invalid', 'cli:refusal.not-a-day', { text })
  return dayNumber(text)
}

function openQuestions({ questions, columns }: OrderFile, { t }: Terminal) {
  return refuse('invalid', 'cli:refusal.audit-questions', {
    questions: questions.map(question => t(`cli:audit.question.${question}`)),
    columns: columns.map(({ name, target }) => `${name} → ${target ? t(`files:target.${target}`) : '?'}`),
  })
}

function notesOn(file: OrderFile, { lines, transactions }: { lines: number; transactions: { orders: Int32Array } }) {
  const orders = transactions.orders.reduce((all, each) => all + each, 0)
  const hasNumbers = file.columns.some(({ target }) => target === 'orderRef')
  const note = (name: string, values: Record<string, number> = {}) => ({ key: `audit:note.${name}`, values })
  return [
    ...(file.isPriced ? [] : [note('no-amounts')]),
    ...(hasNumbers || orders === lines ? [] : [note('no-order-numbers', { lines, orders })]),
    ...(file.isPriced && file.currency === null ? [note('no-currency')] : []),
  ]
}

function readSentence({ source }: BaseAudit, { t, language }: Terminal): string {
  const format = new Intl.NumberFormat(language)
  const { lines, orders, customers, setAside } = source
  return [
    t('cli:audit.read', {
      lines: format.format(lines ?? 0),
      orders: format.format(orders),
      customers: format.format(customers),
    }),
    ...setAside.map(({ reason, lines }) =>
      t('cli:audit.set-aside', { what: t(`audit:set-aside.${reason}`, { lines: format.format(lines) }) }),
    ),
  ].join('\n')
}

/** What a person at a terminal wants to know: the finding of each lens, and where the rest is. */
function finish(found: BaseAudit, { out, json }: AuditOptions, terminal: Terminal): void {
  const { t, style } = terminal
  const written = [
    ...(out ? [t('cli:audit.written', { path: out })] : []),
    ...(typeof json === 'string' ? [t('cli:audit.numbers-written', { path: json })] : []),
  ]
  const findings = leadingFindings(found, speechOf(terminal.language, terminal.t)).map(
    ({ number, title }) => `  ${number}  ${style.bold(title)}`,
  )
  const text = [...findings, ...(written.length > 0 ? written : [t('cli:audit.offer-report')])].join('\n')
  if (typeof json === 'string') terminal.note(text)
  else terminal.answer(found, () => text)
}

/** What a command made before, it may write over; a file of somebody else only when told so. */
async function assertMayWrite(path: string, mark: string, isForced = false): Promise<void> {
  const folder = await stat(dirname(path)).catch(() => undefined)
  if (!folder?.isDirectory()) throw refuse('not-found', 'cli:refusal.no-folder', { path })
  const known = await stat(path).catch(() => undefined)
  if (!known || isForced) return
  if (known.isFile()) {
    const file = await open(path, 'r')
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(1024), 0, 1024, 0)
      if (bytesRead === 0 || buffer.subarray(0, bytesRead).includes(mark)) return
    } finally {
      await file.close()
    }
  }
  throw refuse('conflict', 'cli:refusal.not-a-report', { path })
}

/** Under another name first, so that nobody finds half a report. */
async function writeWhole(path: string, text: string): Promise<void> {
  const part = `${path}.part`
  try {
    await writeFile(part, text)
    await rename(part, path)
  } finally {
    await rm(part, { force: true })
  }
}
