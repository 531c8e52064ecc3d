import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { Backup } from './contract.ts'

export interface BackupRow {
  readonly backupId: string
  readonly folder: string
  readonly name: string
  readonly madeBy: Backup['madeBy']
  readonly madeAt: Date
  readonly tookMs: number
  readonly verifiedAt: Date | null
  readonly drilledAt: Date | null
  readonly sizeBytes: number
  readonly tables: number
  readonly rows: number
  readonly isEncrypted: boolean
  readonly stateHash: string | null
  readonly failure: string | null
}

const selectBackups = `
  select backup_id as "backupId", folder, name, made_by as "madeBy", made_at as "madeAt", took_ms as "tookMs",
    verified_at as "verifiedAt", drilled_at as "drilledAt", size_bytes as "sizeBytes", tables, rows,
    is_encrypted as "isEncrypted", state_hash as "stateHash", failure
  from recovery.backup`

export async function readBackups(queryable: Queryable): Promise<BackupRow[]> {
  return await queryable.query<BackupRow>(`${selectBackups} order by made_at desc, backup_id desc limit 500`)
}

export async function readBackup(queryable: Queryable, backupId: string): Promise<BackupRow | undefined> {
  const [row] = await queryable.query<BackupRow>(`${selectBackups} where backup_id = $1`, [backupId])
  return row
}

export async function noteBackup(queryable: Queryable, row: BackupRow): Promise<void> {
  await queryable.query(
    `insert into recovery.backup (backup_id, folder, name, made_by, made_at, took_ms, verified_at, drilled_at, size_bytes,
       tables, rows, is_encrypted, state_hash, failure)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      row.backupId,
      row.folder,
      row.name,
      row.madeBy,
      row.madeAt,
      row.tookMs,
      row.verifiedAt,
      row.drilledAt,
      row.sizeBytes,
      row.tables,
      row.rows,
      row.isEncrypted,
      row.stateHash,
      row.failure,
    ],
  )
}

export async function forgetBackups(transaction: Transaction, backupIds: readonly string[]): Promise<void> {
  await transaction.query('delete from recovery.backup where backup_id = any ($1::uuid[])', [backupIds])
}

export async function houseBeganAt(queryable: Queryable): Promise<Date> {
  const [row] = await queryable.query<{ at: Date }>('select min(applied_at) as at from kernel.migration')
  return row!.at
}

/** Bytes of the whole database: a backup of it is never larger. */
export async function databaseBytes(queryable: Queryable): Promise<number> {
  const [row] = await queryable.query<{ bytes: number }>('select pg_database_size(current_database()) as bytes')
  return row!.bytes
}
