import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import {
  checkImport,
  type ImportDetail,
  type ImportSummary,
  type ImportTotals,
  mapImport,
  readImport,
  runImport,
  uploadImport,
} from '#kernel/files/contract.ts'
import { formatMoney } from '#kernel/locale/index.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Product } from '#product/start.ts'
import { ask, type CommonOptions, houseFor, withProduct } from './product.ts'
import type { Terminal } from './terminal.ts'

export interface ImportOptions extends CommonOptions {
  readonly dryRun?: boolean
  readonly currency?: string
  readonly dateOrder?: 'ymd' | 'dmy' | 'mdy'
  readonly encoding?: 'utf-8' | 'gb18030' | 'utf-16le'
  readonly decimalMark?: '.' | ','
  readonly twoDigitYearsFrom?: string
  readonly source?: string
}

/** `guanxi import`: the five steps of the Data page in one go. What only a person can say is asked for by its option. */
export async function importFile(path: string, options: ImportOptions, terminal: Terminal): Promise<void> {
  const size = await stat(path).catch(() => undefined)
  if (!size?.isFile()) throw refuse('not-found', 'cli:refusal.no-file', { path })
  await withProduct(
    options,
    async product => {
      const file = { name: basename(path), stream: createReadStream(path) }
      const uploaded = await ask(product, houseFor(product, options), terminal, uploadImport, { file })
      const mapped = await withAnswers(product, uploaded, options, terminal)
      if (mapped.questions.length > 0) throw openQuestions(mapped)
      if (!terminal.isJson) terminal.note(meaningOf(mapped, terminal))
      const checked = await follow(product, options, terminal, checkImport, uploaded.importId)
      if (options.dryRun || checked.state !== 'checked') return finish(checked, terminal)
      const done = await follow(product, options, terminal, runImport, uploaded.importId)
      if (done.state === 'done') await untilUnderstood(product, options, terminal)
      finish(done, terminal)
    },
    { works: true },
  )
}

/** Sets the options that were given on the command line, and leaves the guess of the columns as it is. */
async function withAnswers(
  product: Product,
  { importId, kind, columns, options: found }: ImportDetail,
  options: ImportOptions,
  terminal: Terminal,
): Promise<ImportDetail> {
  const { currency, dateOrder, encoding, decimalMark, twoDigitYearsFrom, source } = options
  return ask(product, houseFor(product, options), terminal, mapImport, {
    params: { importId },
    body: {
      kind,
      columns: columns.map(({ column, target }) => ({ column, target })),
      options: {
        ...found,
        ...(currency && { currency }),
        ...(dateOrder && { dateOrder }),
        ...(encoding && { encoding }),
        ...(decimalMark && { decimalMark }),
        ...(twoDigitYearsFrom && { twoDigitYearsFrom: Number(twoDigitYearsFrom) }),
        ...(source && { sourceLabel: source }),
      },
    },
  })
}

function openQuestions({ questions, columns }: ImportDetail) {
  return refuse('invalid', 'cli:refusal.open-questions', {
    questions,
    columns: columns.map(({ name, target }) => `${name} → ${target ?? '?'}`),
  })
}

/** The columns of a file with what each was taken to mean. */
export function meaningOf({ columns }: Pick<ImportDetail, 'columns'>, { t, style }: Terminal): string {
  const width = Math.max(...columns.map(({ name }) => name.length))
  return columns
    .map(({ name, target }) =>
      target ? `  ${name.padEnd(width)}  ${t(`files:target.${target}`)}` : style.dim(`  ${name.padEnd(width)}  –`),
    )
    .join('\n')
}

/** Asks for a step and watches it until it is over. */
async function follow(
  product: Product,
  options: ImportOptions,
  terminal: Terminal,
  operation: typeof checkImport | typeof runImport,
  importId: string,
): Promise<ImportSummary> {
  const house = houseFor(product, options)
  const format = new Intl.NumberFormat(terminal.language)
  let state: ImportSummary = await ask(product, house, terminal, operation, { params: { importId } })
  while (state.state === 'checking' || state.state === 'running') {
    await pause(200)
    state = await ask(product, house, terminal, readImport, { params: { importId } })
    if (!state.progress) continue
    const { step, done, total, unit } = state.progress
    const amount = total === null ? format.format(done) : `${format.format(done)} / ${format.format(total)}`
    terminal.progress(
      terminal.t('cli:progress', {
        label: terminal.t(`files:step.${step}`),
        amount,
        unit: terminal.t(`cli:unit.${unit}`),
      }),
    )
  }
  return state
}

/** What follows an import is waited for too (rhythms learned, the late found, the week planned), so that Today is filled. */
async function untilUnderstood(product: Product, options: ImportOptions, terminal: Terminal): Promise<void> {
  const house = houseFor(product, options)
  for (;;) {
    const runs = await house.jobs.list(20)
    const next = runs.findLast(run => run.state === 'running') ?? runs.find(run => run.state === 'waiting')
    if (!next) return
    const [room, title] = next.name.split('.')
    terminal.progress(terminal.t('cli:progress-step', { label: terminal.t(`${room}:job.${title}`) }))
    await pause(100)
  }
}

function finish(state: ImportSummary, terminal: Terminal): void {
  if (state.failure) {
    throw refuse('invalid', state.failure.code, state.failure.details as Record<string, string | number>)
  }
  terminal.answer(state, () => (state.totals ? summaryOf(state, state.totals, terminal) : state.state))
}

function summaryOf({ state, number }: ImportSummary, totals: ImportTotals, { t, language, style }: Terminal): string {
  const { currency } = totals
  return [
    style.good(t(`cli:import.${state === 'done' ? 'done' : 'checked'}`, { number })),
    `  ${t('cli:import.orders', { new: totals.newOrders, changed: totals.changedOrders, known: totals.unchangedOrders })}`,
    `  ${t('cli:import.refunds', { new: totals.newRefunds, changed: totals.changedRefunds, known: totals.unchangedRefunds })}`,
    `  ${t('cli:import.customers', { new: totals.newCustomers, known: totals.knownCustomers })}`,
    `  ${t('cli:import.money', { bought: formatMoney(totals.purchaseMinor, currency, language), returned: formatMoney(totals.refundMinor, currency, language) })}`,
    `  ${t('cli:import.rows', { count: totals.rows, rejected: totals.rejectedRows, unattributed: totals.unattributedLines })}`,
  ].join('\n')
}
