import type { Queryable, Transaction } from '../database/index.ts'
import type { CodeState } from './member-rules.ts'

export interface DeviceRow {
  readonly partyId: string
  readonly begunBy: 'link' | 'code'
  readonly beganAt: Date
  readonly seenAt: Date
}

/** A session of somebody who is still on file; of two profiles that became one, the one that stayed. */
export async function deviceByHash(on: Queryable, tokenHash: Buffer): Promise<DeviceRow | undefined> {
  const [row] = await on.query<DeviceRow>(
    `select coalesce(p.canonical_party_id, p.party_id) as "partyId", s.begun_by as "begunBy", s.began_at as "beganAt",
       s.seen_at as "seenAt"
     from access.member_session s join parties.party p using (party_id) where s.token_hash = $1`,
    [tokenHash],
  )
  return row
}

export async function devicesOf(on: Queryable, partyId: string): Promise<DeviceRow[]> {
  return on.query<DeviceRow>(
    `select party_id as "partyId", begun_by as "begunBy", began_at as "beganAt", seen_at as "seenAt"
     from access.member_session where party_id = $1 order by seen_at desc`,
    [partyId],
  )
}

export async function insertDevice(
  on: Queryable,
  device: { tokenHash: Buffer; partyId: string; begunBy: 'link' | 'code'; at: Date },
): Promise<void> {
  await on.query(
    'insert into access.member_session (token_hash, party_id, begun_by, began_at, seen_at) values ($1, $2, $3, $4, $4)',
    [device.tokenHash, device.partyId, device.begunBy, device.at],
  )
}

export async function touchDevice(on: Queryable, tokenHash: Buffer, at: Date): Promise<void> {
  await on.query('update access.member_session set seen_at = $2 where token_hash = $1', [tokenHash, at])
}

export async function deleteDevice(on: Queryable, tokenHash: Buffer): Promise<void> {
  await on.query('delete from access.member_session where token_hash = $1', [tokenHash])
}

export async function deleteDevicesBefore(on: Queryable, seenAt: Date, beganAt: Date): Promise<void> {
  await on.query('delete from access.member_session where seen_at < $1 or began_at < $2', [seenAt, beganAt])
}

/** Every way in of one customer. */
export async function deleteAccessOf(on: Transaction, partyId: string): Promise<void> {
  for (const table of ['member_session', 'member_link', 'member_code', 'code_to_deliver']) {
    await on.query(`delete from access.${table} where party_id = $1`, [partyId])
  }
}

/** The party of a person on file; of two profiles that became one, the one that stayed. */
export async function knownParty(on: Queryable, partyId: string): Promise<string | undefined> {
  const [row] = await on.query<{ partyId: string }>(
    'select coalesce(canonical_party_id, party_id) as "partyId" from parties.party where party_id = $1',
    [partyId],
  )
  return row?.partyId
}

/** Who has the first of these identifiers that anybody has. */
export async function partyWith(
  on: Queryable,
  wanted: readonly { readonly kind: string; readonly key: string }[],
): Promise<string | undefined> {
  const [row] = await on.query<{ partyId: string }>(
    `select coalesce(p.canonical_party_id, p.party_id) as "partyId"
     from unnest($1::text[], $2::text[]) with ordinality as w (kind, value_key, place)
     join parties.identifier i using (kind, value_key) join parties.party p using (party_id)
     order by w.place limit 1`,
    [wanted.map(each => each.kind), wanted.map(each => each.key)],
  )
  return row?.partyId
}

export interface LinkRow {
  readonly partyId: string
  readonly createdAt: Date
  readonly usedAt: Date | null
}

const linkColumns = 'party_id as "partyId", created_at as "createdAt", used_at as "usedAt"'

export async function replaceLink(
  on: Transaction,
  link: { tokenHash: Buffer; partyId: string; createdBy: string; at: Date },
): Promise<void> {
  // Used ones stay, so that whoever tries one again can be told what happened.
  await on.query('delete from access.member_link where party_id = $1 and used_at is null', [link.partyId])
  await on.query(
    'insert into access.member_link (token_hash, party_id, created_by, created_at) values ($1, $2, $3, $4)',
    [link.tokenHash, link.partyId, link.createdBy, link.at],
  )
}

/** Locked, so that of two who follow the same link at the same moment one comes second. */
export async function lockLink(on: Transaction, tokenHash: Buffer): Promise<LinkRow | undefined> {
  const [row] = await on.query<LinkRow>(
    `select ${linkColumns} from access.member_link where token_hash = $1 for update`,
    [tokenHash],
  )
  return row
}

export async function openLinkOf(on: Queryable, partyId: string): Promise<LinkRow | undefined> {
  const [row] = await on.query<LinkRow>(
    `select ${linkColumns} from access.member_link where party_id = $1 and used_at is null`,
    [partyId],
  )
  return row
}

export async function useLink(on: Transaction, tokenHash: Buffer, at: Date): Promise<void> {
  await on.query('update access.member_link set used_at = $2 where token_hash = $1', [tokenHash, at])
}

/** The row of whoever was asked for, made where there is none, and locked. */
export async function lockCode(
  on: Transaction,
  whom: { subject: Buffer; partyId: string | null; at: Date },
): Promise<CodeState> {
  // One statement: between two, whoever forgets somebody or clears away old codes could take the row.
  const [row] = await on.query<CodeState>(
    `insert into access.member_code as c (subject, party_id, code_hash, expires_at, tries_left, hour_began_at, made_this_hour)
     values ($1, $2, '', $3, 0, $3, 0) on conflict (subject) do update set subject = c.subject
     returning c.expires_at as "expiresAt", c.tries_left as "triesLeft", c.hour_began_at as "hourBeganAt",
       c.made_this_hour as "madeThisHour"`,
    [whom.subject, whom.partyId, whom.at],
  )
  return row!
}

export async function writeCode(
  on: Transaction,
  code: { subject: Buffer; codeHash: Buffer; state: CodeState },
): Promise<void> {
  const { expiresAt, triesLeft, hourBeganAt, madeThisHour } = code.state
  await on.query(
    `update access.member_code set code_hash = $2, expires_at = $3, tries_left = $4, hour_began_at = $5, made_this_hour = $6
     where subject = $1`,
    [code.subject, code.codeHash, expiresAt, triesLeft, hourBeganAt, madeThisHour],
  )
}

/** Into the outbox, where there is somebody to tell; for nobody the same statement writes nothing. */
export async function putOut(
  on: Transaction,
  out: { subject: Buffer; partyId: string | null; code: string; at: Date; expiresAt: Date },
): Promise<void> {
  await on.query(
    `insert into access.code_to_deliver (subject, party_id, code, created_at, expires_at)
     select $1, $2::uuid, $3, $4, $5 where $2::uuid is not null
     on conflict (subject) do update set code = excluded.code, created_at = excluded.created_at, expires_at = excluded.expires_at`,
    [out.subject, out.partyId, out.code, out.at, out.expiresAt],
  )
}

export async function waitingCodeOf(
  on: Queryable,
  partyId: string,
  now: Date,
): Promise<{ code: string; expiresAt: Date } | undefined> {
  const [row] = await on.query<{ code: string; expiresAt: Date }>(
    `select code, expires_at as "expiresAt" from access.code_to_deliver where party_id = $1 and expires_at > $2`,
    [partyId, now],
  )
  return row
}

/** Takes one try, whether or not it turns out to be right: a hundred at the same moment are still five. */
export async function takeTry(
  on: Transaction,
  subject: Buffer,
  now: Date,
): Promise<{ partyId: string | null; codeHash: Buffer } | undefined> {
  const [row] = await on.query<{ partyId: string | null; codeHash: Buffer }>(
    `update access.member_code set tries_left = tries_left - 1
     where subject = $1 and tries_left > 0 and expires_at > $2 returning party_id as "partyId", code_hash as "codeHash"`,
    [subject, now],
  )
  return row
}

/** The code is over; what is left of the hour still counts. */
export async function endCode(on: Transaction, subject: Buffer): Promise<void> {
  await on.query('update access.member_code set tries_left = 0 where subject = $1', [subject])
  await on.query('delete from access.code_to_deliver where subject = $1', [subject])
}

/** What no longer counts: codes in clear once they are too old, and everything about codes after an hour. */
export async function forgetOldCodes(on: Transaction, now: Date, anHourAgo: Date): Promise<void> {
  await on.query('delete from access.code_to_deliver where expires_at <= $1', [now])
  await on.query('delete from access.member_code where hour_began_at <= $1 and expires_at <= $2', [anHourAgo, now])
}
