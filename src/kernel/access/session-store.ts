import type { Queryable } from '../database/index.ts'
import { type StaffRow, staffColumns } from './store.ts'

export type BegunBy = 'link' | 'password' | 'provider'

export interface SessionRow {
  readonly staff: StaffRow
  readonly sessionId: string
  readonly begunBy: BegunBy
  readonly beganAt: Date
  readonly seenAt: Date
  readonly rotatedAt: Date
  readonly formerUntil: Date | null
  readonly isFormer: boolean
}

/** By its token, or by the one before it. */
export async function sessionByHash(on: Queryable, tokenHash: Buffer): Promise<SessionRow | undefined> {
  const [row] = await on.query<StaffRow & Omit<SessionRow, 'staff'>>(
    `select ${staffColumns}, session_id as "sessionId", begun_by as "begunBy", began_at as "beganAt", seen_at as "seenAt",
       rotated_at as "rotatedAt", former_until as "formerUntil", token_hash <> $1 as "isFormer"
     from access.session join access.staff using (staff_id)
     where (token_hash = $1 or former_hash = $1) and removed_at is null`,
    [tokenHash],
  )
  if (!row) return undefined
  const { sessionId, begunBy, beganAt, seenAt, rotatedAt, formerUntil, isFormer, ...staff } = row
  return { staff, sessionId, begunBy, beganAt, seenAt, rotatedAt, formerUntil, isFormer }
}

export async function insertSession(
  on: Queryable,
  session: {
    readonly sessionId: string
    readonly tokenHash: Buffer
    readonly staffId: string
    readonly begunBy: BegunBy
    readonly device: string | null
    readonly at: Date
  },
): Promise<void> {
  await on.query(
    `insert into access.session (session_id, token_hash, staff_id, begun_by, device, began_at, seen_at, rotated_at)
     values ($1, $2, $3, $4, $5, $6, $6, $6)`,
    [session.sessionId, session.tokenHash, session.staffId, session.begunBy, session.device, session.at],
  )
}

/** One of several requests at the same moment wins: the others go on with the token they have. */
export async function rotateToken(
  on: Queryable,
  change: { readonly sessionId: string; readonly rotatedAt: Date; readonly tokenHash: Buffer; readonly at: Date },
): Promise<boolean> {
  const rows = await on.query(
    `update access.session set former_hash = case when former_until is null and former_hash is not null
         then former_hash else token_hash end,
       former_until = null, token_hash = $3, rotated_at = $4
     where session_id = $1 and rotated_at = $2 returning 1`,
    [change.sessionId, change.rotatedAt, change.tokenHash, change.at],
  )
  return rows.length > 0
}

/** The new token has arrived: from now on the former one has a minute left. */
export async function endFormerToken(on: Queryable, sessionId: string, until: Date): Promise<void> {
  await on.query(
    'update access.session set former_until = $2 where session_id = $1 and former_hash is not null and former_until is null',
    [sessionId, until],
  )
}

/** At their next request every device of theirs gets a new token. */
export async function rotateSessionsOf(on: Queryable, staffId: string): Promise<void> {
  await on.query(`update access.session set rotated_at = 'epoch' where staff_id = $1`, [staffId])
}

export async function touchSession(on: Queryable, sessionId: string, staffId: string, at: Date): Promise<void> {
  await on.query('update access.session set seen_at = $2 where session_id = $1', [sessionId, at])
  await on.query('update access.staff set last_seen_at = $2 where staff_id = $1', [staffId, at])
}

export async function deleteSession(on: Queryable, tokenHash: Buffer): Promise<void> {
  await on.query('delete from access.session where token_hash = $1 or former_hash = $1', [tokenHash])
}

export async function deleteSessionsOf(on: Queryable, staffId: string, but?: string): Promise<number> {
  const rows = await on.query(
    'delete from access.session where staff_id = $1 and ($2::uuid is null or session_id <> $2) returning 1',
    [staffId, but ?? null],
  )
  return rows.length
}

export async function deleteSessionsBefore(on: Queryable, seenAt: Date, beganAt: Date): Promise<void> {
  await on.query('delete from access.session where seen_at < $1 or began_at < $2', [seenAt, beganAt])
}

export interface DeviceRow {
  readonly deviceId: string
  readonly name: string | null
  readonly begunBy: BegunBy
  readonly beganAt: Date
  readonly seenAt: Date
}

export async function sessionsOf(on: Queryable, staffId: string): Promise<DeviceRow[]> {
  return on.query<DeviceRow>(
    `select session_id as "deviceId", device as name, begun_by as "begunBy", began_at as "beganAt", seen_at as "seenAt"
     from access.session where staff_id = $1 order by seen_at desc`,
    [staffId],
  )
}

export async function deleteOwnSession(on: Queryable, staffId: string, sessionId: string): Promise<boolean> {
  const rows = await on.query('delete from access.session where staff_id = $1 and session_id = $2 returning 1', [
    staffId,
    sessionId,
  ])
  return rows.length > 0
}
