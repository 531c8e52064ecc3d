import type { Queryable, Transaction } from '../database/index.ts'
import type { Language } from '../locale/languages.ts'
import type { ApiKey, KeyKind, Staff } from './contract.ts'
import type { Permission, Role } from './permissions.ts'

export interface StaffRow {
  readonly id: string
  readonly name: string
  readonly email: string | null
  readonly role: Role
  readonly language: Language | null
  readonly passwordHash: string | null
  /** The one merchant they work for. */
  readonly merchantId: string | null
  readonly hasSecondStep: boolean
  readonly createdAt: Date
  readonly lastSeenAt: Date | null
  readonly removedAt: Date | null
}

export const staffColumns = `staff_id as id, name, email, role, language, password_hash as "passwordHash",
  merchant_id as "merchantId", exists (select 1 from access.second_step where second_step.staff_id = staff.staff_id
    and confirmed_at is not null) as "hasSecondStep",
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
    `insert into access.staff (staff_id, name, email, role, language, password_hash, created_at, merchant_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      staff.id,
      staff.name,
      staff.email,
      staff.role,
      staff.language,
      staff.passwordHash,
      staff.createdAt,
      staff.merchantId,
    ],
  )
}

export async function updateStaff(on: Queryable, staff: StaffRow): Promise<void> {
  await on.query(
    `update access.staff set name = $2, email = $3, role = $4, language = $5, password_hash = $6, removed_at = $7,
       merchant_id = $8 where staff_id = $1`,
    [
      staff.id,
      staff.name,
      staff.email,
      staff.role,
      staff.language,
      staff.passwordHash,
      staff.removedAt,
      staff.merchantId,
    ],
  )
}

export interface KeyRow {
  readonly keyId: string
  readonly name: string
  readonly kind: KeyKind
  readonly prefix: string
  readonly permissions: readonly Permission[]
  readonly merchantId: string | null
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
}

const keyColumns = `key_id as "keyId", name, kind, prefix, permissions, merchant_id as "merchantId", created_at as "createdAt",
  last_used_at as "lastUsedAt", expires_at as "expiresAt", revoked_at as "revokedAt"`

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
  key: KeyRow & { readonly secretHash: Buffer; readonly createdBy: string | null; readonly replaces?: string },
): Promise<void> {
  await on.query(
    `insert into access.api_key (key_id, name, prefix, secret_hash, permissions, merchant_id, created_by, created_at,
       expires_at, replaces, kind)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      key.keyId,
      key.name,
      key.prefix,
      key.secretHash,
      key.permissions,
      key.merchantId,
      key.createdBy,
      key.createdAt,
      key.expiresAt,
      key.replaces ?? null,
      key.kind,
    ],
  )
}

export async function touchKey(on: Queryable, keyId: string, at: Date): Promise<void> {
  await on.query('update access.api_key set last_used_at = $2 where key_id = $1', [keyId, at])
}

export async function keyById(on: Queryable, keyId: string): Promise<KeyRow | undefined> {
  const [row] = await on.query<KeyRow>(`select ${keyColumns} from access.api_key where key_id = $1 for update`, [keyId])
  return row
}

/** Never later than it would have ended anyway. */
export async function endKeyAt(on: Queryable, keyId: string, at: Date): Promise<void> {
  await on.query('update access.api_key set expires_at = least(coalesce(expires_at, $2), $2) where key_id = $1', [
    keyId,
    at,
  ])
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
    merchantId: row.merchantId,
    hasPassword: row.passwordHash !== null,
    hasSecondStep: row.hasSecondStep,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
    removedAt: row.removedAt?.toISOString() ?? null,
  }
}

export function keyShown(row: KeyRow): ApiKey {
  return {
    keyId: row.keyId,
    name: row.name,
    kind: row.kind,
    prefix: row.prefix,
    permissions: [...row.permissions],
    merchantId: row.merchantId,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  }
}
