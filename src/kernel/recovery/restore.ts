import { basename } from 'node:path'
import type { Clock } from '#kernel/clock/index.ts'
import type { Database, MigrationSource, Queryable } from '#kernel/database/index.ts'
import { verifyLedger } from '#kernel/ledger/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { emptyDatabase, finishRestore, loadCopy, whatStandsIn } from './load.ts'
import { readCopy } from './read.ts'
import { readState, type Told } from './take.ts'

export interface RestoreReport {
  readonly business: string
  readonly product: string
  readonly madeAt: string
  readonly tables: number
  readonly rows: number
  readonly files: number
  /** Work that waited when the copy was made, and waits again. */
  readonly waiting: number
  readonly stateHash: string
  /** Null where this release changed tables, so that no equality can be expected. */
  readonly isSameState: boolean | null
  /** Claims of the ledger that do not hold; empty is good. */
  readonly ledgerFaults: readonly string[]
  readonly steps: readonly { readonly step: 'check' | 'load' | 'ledger' | 'state'; readonly ms: number }[]
}

/**
 * Restores a copy: reads it whole before anything is touched, loads it, asks every claim of the ledger and the state hash, and
 * only then lets the database be opened. Killed on the way it leaves a database that says so and refuses.
 */
export async function restoreInto(
  into: {
    readonly database: Database
    readonly sources: readonly MigrationSource[]
    readonly clock: Clock
    /** Where uploaded files go; without it they stay in the copy. */
    readonly folder?: string
    readonly replace?: boolean
  },
  copy: { readonly path: string; readonly passphrase?: string | undefined },
  tell: Told = () => {},
): Promise<RestoreReport> {
  const { database, sources, clock } = into
  const steps: { step: RestoreReport['steps'][number]['step']; ms: number }[] = []
  const timed = async <T>(step: RestoreReport['steps'][number]['step'], work: () => Promise<T>): Promise<T> => {
    const began = clock.elapsed()
    const result = await work()
    steps.push({ step, ms: Math.round(clock.elapsed() - began) })
    return result
  }
  const manifest = await timed('check', () => readCopy(copy.path, copy.passphrase))
  const standing = await whatStandsIn(database)
  if (standing && !into.replace) throw refuse('conflict', 'recovery:refusal.not-empty', standing)
  await refuseWhileOthersWork(database)
  if (standing) await emptyDatabase(database)
  await timed('load', () =>
    loadCopy({ database, sources, folder: into.folder }, { ...copy, manifest, at: clock.now() }, tell),
  )
  const findings = await timed('ledger', () => verifyLedger(database))
  const state = await timed('state', () => readState(database.connection))
  const { waiting } = await finishRestore(database, {
    name: basename(copy.path),
    madeAt: manifest.madeAt,
    at: clock.now(),
  })
  const [files] = await database.query<{ count: number }>('select count(*) as count from kernel.migration')
  return {
    business: manifest.business,
    product: manifest.product,
    madeAt: manifest.madeAt,
    tables: manifest.tables.length,
    rows: manifest.rows,
    files: manifest.files.length,
    waiting,
    stateHash: state.stateHash,
    isSameState: files!.count === manifest.migrations.length ? state.stateHash === manifest.stateHash : null,
    ledgerFaults: findings.filter(({ faults }) => faults > 0).map(({ id }) => id),
    steps,
  }
}

/** A server that runs on this database would write into what is being replaced. */
async function refuseWhileOthersWork(queryable: Queryable): Promise<void> {
  const [others] = await queryable.query<{ count: number }>(
    `select count(*) as count from pg_stat_activity
     where datname = current_database() and application_name = 'guanxi live'`,
  )
  if (others!.count > 0) throw refuse('conflict', 'recovery:refusal.server-running')
}
