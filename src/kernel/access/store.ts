import type { Queryable, Transaction } from '../database/index.ts'
import type { Language } from '../locale/languages.ts'
import type { ApiKey, Staff } from './contract.ts'
import type { Permission, Role } from './permissions.ts'

export interface StaffRow {
  readonly id: string
  readonly name: string
  readonly email: string | null
  readonly role: Role
  readonly language: Language | null
  readonly passwordHash: string | null
  readonly createdAt: Date
  readonly lastSeenAt: Date | null
  readonly removedAt: Date | null
}

const staffColumns = `staff_id as id, name, email, role, language, password_hash as "passwordHash",
  created_at as "createdAt", last_seen_at as "lastSeenAt", removed_at as "removedAt"`

export async function allStaff(on: Queryable): Promise<StaffRow[]> {
  return on.query<StaffRow>(`select ${staffColumns} from access.staff order by removed_at nulls first, created_at`)
}

export async function staffById(on: Queryable, staffId: string): Promise<StaffRow | undefined> {
  const [row] = await on.query<StaffRow>(`select ${staffColumns} from access.staff where staff_id = $1`, [staffId])
  return row
}

export async function staffByEmail(on: Queryable, email: string): Promise<StaffRow | undefined> {
  const [row] = await on.query<StaffRow>(
    `select ${staffColumns} from access.staff where email = $1 and removed_at is null`,
    [email],
  )
  return row
}

/** Ids of those who can hand out access, eldest first. */
export async function activeOwners(on: Queryable): Promise<string[]> {
  const rows = await on.query<{ id: string }>(
    `select staff_id as id from access.staff where role = 'owner' and removed_at is null order by created_at, staff_id`,
  )
  return rows.map(row => row.id)
}

/** The number only has to be ours. */
const staffLock = 727_251

/**
 * One at a time changes who works here, until the transaction ends: else two could take the same address, or two owners
 * remove each other. Taken before any row, so that nobody waits in a circle.
 */
export async function lockStaff(transaction: Transaction): Promise<void> {
  await transaction.query('select pg_advisory_xact_lock($1)', [staffLock])
}

export async function insertStaff(on: Queryable, staff: StaffRow): Promise<void> {
  await on.query(
    `insert into access.staff (staff_id, name, email, role, language, password_hash, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [staff.id, staff.name, staff.email, staff.role, staff.language, staff.passwordHash, staff.createdAt],
  )
}

export async function updateStaff(on: Queryable, staff: StaffRow): Promise<void> {
  await on.query(
    `update access.staff set name = $2, email = $3, role = $4, language = $5, password_hash = $6, removed_at = $7
     where staff_id = $1`,
    [staff.id, staff.name, staff.email, staff.role, staff.language, staff.passwordHash, staff.removedAt],
  )
}

export interface SessionRow {
  readonly staff: StaffRow
  readonly begunBy: 'link' | 'password'
  readonly beganAt: Date
  readonly seenAt: Date
}

export async function sessionByHash(on: Queryable, tokenHash: Buffer): Promise<SessionRow | undefined> {
  const [row] = await on.query<StaffRow & Omit<SessionRow, 'staff'>>(
    `select ${staffColumns}, begun_by as "begunBy", began_at as "beganAt", seen_at as "seenAt"
     from access.session join access.staff using (staff_id) where token_hash = $1 and removed_at is null`,
    [tokenHash],
  )
  if (!row) return undefined
  const { begunBy, beganAt, seenAt, ...staff } = row
  return { staff, begunBy, beganAt, seenAt }
}

export async function insertSession(
  on: Queryable,
  session: { tokenHash: Buffer; staffId: string; begunBy: 'link' | 'password'; at: Date },
): Promise<void> {
  await on.query(
    'insert into access.session (token_hash, staff_id, begun_by, began_at, seen_at) values ($1, $2, $3, $4, $4)',
    [session.tokenHash, session.staffId, session.begunBy, session.at],
  )
}

export async function touchSession(on: Queryable, tokenHash: Buffer, staffId: string, at: Date): Promise<void> {
  await on.query('update access.session set seen_at = $2 where token_hash = $1', [tokenHash, at])
  await on.query('update access.staff set last_seen_at = $2 where staff_id = $1', [staffId, at])
}

export async function deleteSession(on: Queryable, tokenHash: Buffer): Promise<void> {
  await on.query('delete from access.session where token_hash = $1', [tokenHash])
}

export async function deleteSessionsOf(on: Queryable, staffId: string): Promise<void> {
  await on.query('delete from access.session where staff_id = $1', [staffId])
}

export async function deleteSessionsBefore(on: Queryable, seenAt: Date, beganAt: Date): Promise<void> {
  await on.query('delete from access.session where seen_at < $1 or began_at < $2', [seenAt, beganAt])
}

export interface KeyRow {
  readonly keyId: string
  readonly name: string
  readonly prefix: string
  readonly permissions: readonly Permission[]
  readonly merchantId: string | null
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
  readonly revokedAt: Date | null
}

const keyColumns = `key_id as "keyId", name, prefix, permissions, merchant_id as "merchantId", created_at as "createdAt",
  last_used_at as "lastUsedAt", revoked_at as "revokedAt"`

export async function allKeys(on: Queryable): Promise<KeyRow[]> {
  return on.query<KeyRow>(`select ${keyColumns} from access.api_key order by revoked_at nulls first, created_at desc`)
}

export async function keyByHash(on: Queryable, secretHash: Buffer): Promise<KeyRow | undefined> {
  const [row] = await on.query<KeyRow>(
    `select ${keyColumns} from access.api_key where secret_hash = $1 and revoked_at is null`,
    [secretHash],
  )
  return row
}

export async function insertKey(
  on: Queryable,
  key: KeyRow & { readonly secretHash: Buffer; readonly createdBy: string | null },
): Promise<void> {
  await on.query(
    `insert into access.api_key (key_id, name, prefix, secret_hash, permissions, merchant_id, created_by, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [key.keyId, key.name, key.prefix, key.secretHash, key.permissions, key.merchantId, key.createdBy, key.createdAt],
  )
}

export async function touchKey(on: Queryable, keyId: string, at: Date): Promise<void> {
  await on.query('update access.api_key set last_used_at = $2 where key_id = $1', [keyId, at])
}

export async function revokeKeyRow(on: Queryable, keyId: string, at: Date): Promise<boolean> {
  const rows = await on.query(
    'update access.api_key set revoked_at = coalesce(revoked_at, $2) where key_id = $1 returning key_id',
    [keyId, at],
  )
  return rows.length > 0
}

export function staffShown(row: StaffRow): Staff {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    language: row.language,
    hasPassword: row.passwordHash !== null,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
    removedAt: row.removedAt?.toISOString() ?? null,
  }
}

export function keyShown(row: KeyRow): ApiKey {
  return {
    keyId: row.keyId,
    name: row.name,
    prefix: row.prefix,
    permissions: [...row.permissions],
    merchantId: row.merchantId,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  }
}
