import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { makeBackup, makeExport, readState } from '#kernel/recovery/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { migrationSources } from '#product/house.ts'
import { logTo } from '#product/logging.ts'
import { type ProductRestored, restoreProduct } from '#product/restore.ts'
import { version } from '#product/version.ts'
import { type CommonOptions, configurationFor, withProduct } from './product.ts'
import type { Terminal } from './terminal.ts'

interface Passphrase {
  readonly passphraseFile?: string
}

/** From a file, so that it stands in no list of commands and no history; else from GUANXI_BACKUP_PASSPHRASE. */
async function passphraseOf({ passphraseFile }: Passphrase, options: CommonOptions): Promise<string | undefined> {
  if (passphraseFile === undefined) return configurationFor(options, process.env).backupPassphrase
  const text = await readFile(passphraseFile, 'utf8').catch(() => undefined)
  if (text === undefined) throw refuse('not-found', 'cli:refusal.no-file', { file: passphraseFile })
  const passphrase = text.replace(/\r?\n$/, '')
  if (passphrase.length < 12) throw refuse('invalid', 'cli:refusal.short-passphrase')
  return passphrase
}

/** `guanxi backup`: everything in one file, read back before it gets its name. With a server running or not. */
export async function backup(
  options: CommonOptions & Passphrase & { readonly to?: string; readonly verify?: string },
  terminal: Terminal,
): Promise<void> {
  const passphrase = await passphraseOf(options, options)
  await withProduct(options, async product => {
    const { row, made } = await makeBackup(
      product.business,
      { version, sources: () => migrationSources(product.rooms), passphrase: () => passphrase },
      { madeBy: 'command', drill: options.verify === 'full', ...(options.to && { to: resolve(options.to) }) },
      { report: async ({ done, total }) => progress(terminal, 'backup', done, total ?? done) },
    )
    const answer = {
      file: join(row.folder, row.name),
      bytes: row.sizeBytes,
      tables: row.tables,
      rows: row.rows,
      files: made.manifest.files.length,
      isEncrypted: row.isEncrypted,
      stateHash: row.stateHash,
      tookMs: row.tookMs,
      verifyMs: made.verifyMs,
      isDrilled: row.drilledAt !== null,
    }
    terminal.answer(answer, () =>
      [
        terminal.t('cli:backup.done', {
          file: answer.file,
          size: megabytes(answer.bytes),
          rows: new Intl.NumberFormat(terminal.language).format(answer.rows),
          seconds: (answer.tookMs / 1000).toFixed(1),
        }),
        terminal.t(answer.isDrilled ? 'cli:backup.drilled' : 'cli:backup.verified'),
        terminal.t(answer.isEncrypted ? 'cli:backup.encrypted' : 'cli:backup.plain'),
        terminal.t('cli:backup.restore', { file: answer.file }),
      ].join('\n'),
    )
  })
}

/** `guanxi export`: the same, laid open in a folder. */
export async function exportAll(folder: string, options: CommonOptions, terminal: Terminal): Promise<void> {
  await withProduct(options, async product => {
    const { business } = product
    const made = await makeExport(
      {
        connection: business.database.connection,
        folder: business.folder,
        product: version,
        clock: business.clock,
        tell: (done, total) => progress(terminal, 'export', done, total),
      },
      resolve(folder),
    )
    const { manifest, sizeBytes, tookMs } = made
    const answer = {
      folder: made.path,
      bytes: sizeBytes,
      tables: manifest.tables.length,
      rows: manifest.rows,
      files: manifest.files.length,
      stateHash: manifest.stateHash,
      tookMs,
    }
    terminal.answer(answer, () =>
      terminal.t('cli:export.done', {
        folder: answer.folder,
        size: megabytes(sizeBytes),
        tables: answer.tables,
        rows: new Intl.NumberFormat(terminal.language).format(answer.rows),
      }),
    )
  })
}

/** `guanxi restore`: a backup or an export into a fresh data folder or database. False where something does not hold. */
export async function restore(
  path: string,
  options: CommonOptions & Passphrase & { readonly into?: string; readonly replace?: boolean },
  terminal: Terminal,
): Promise<boolean> {
  const { into } = options
  const isUrl = into !== undefined && /^postgres(ql)?:\/\//.test(into)
  const environment = isUrl ? { ...process.env, DATABASE_URL: into } : process.env
  const configuration = configurationFor({ ...options, ...(into && !isUrl && { data: into }) }, environment)
  const passphrase = await passphraseOf(options, options)
  const report = await restoreProduct(
    {
      // A data folder that is named is meant, whatever database stands in the environment.
      configuration: into && !isUrl ? { ...configuration, databaseUrl: undefined } : configuration,
      log: logTo(configuration.log),
      path: resolve(path),
      passphrase,
      replace: options.replace ?? false,
    },
    (done, total) => progress(terminal, 'restore', done, total),
  )
  terminal.answer(report, () => told(report, terminal))
  return report.ledgerFaults.length === 0 && report.isSameState !== false
}

function told(report: ProductRestored, { t, language, style }: Terminal): string {
  const number = new Intl.NumberFormat(language)
  return [
    t('cli:restore.done', {
      rows: number.format(report.rows),
      tables: report.tables,
      files: report.files,
      madeAt: report.madeAt,
    }),
    ...report.steps.map(({ step, ms }) => style.dim(`  ${t(`cli:restore.step.${step}`)} ${(ms / 1000).toFixed(1)} s`)),
    report.ledgerFaults.length === 0
      ? style.good(t('cli:restore.ledger-good'))
      : style.bad(t('cli:restore.ledger-bad', { claims: report.ledgerFaults.join(', ') })),
    report.isSameState === null
      ? t('cli:restore.state-newer')
      : report.isSameState
        ? style.good(t('cli:restore.state-same', { hash: report.stateHash.slice(0, 16) }))
        : style.bad(t('cli:restore.state-other')),
    ...(report.forgottenAgain > 0 ? [t('cli:restore.forgotten', { count: report.forgottenAgain })] : []),
    ...(report.leftToForget > 0 ? [style.bad(t('cli:restore.to-forget', { count: report.leftToForget }))] : []),
    t('cli:restore.next', { count: report.waiting }),
  ].join('\n')
}

/** `guanxi state-hash`: equal on two databases exactly when they hold the same rows. */
export async function stateHash(options: CommonOptions, terminal: Terminal): Promise<void> {
  await withProduct(options, async ({ business }) => {
    const state = await readState(business.database.connection)
    terminal.answer(state, () => state.stateHash)
  })
}

function progress(terminal: Terminal, what: 'backup' | 'restore' | 'export', done: number, total: number): void {
  const format = new Intl.NumberFormat(terminal.language)
  terminal.progress(
    terminal.t('cli:progress', {
      label: terminal.t(`cli:${what}.label`),
      amount: `${format.format(done)} / ${format.format(Math.round(total))}`,
      unit: terminal.t('cli:unit.rows'),
    }),
  )
}

const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1)
