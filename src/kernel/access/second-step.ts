import { randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import type { Queryable, Transaction } from '../database/index.ts'
import type { House } from '../house.ts'
import { refuse } from '../refusal.ts'
import { hashOf } from './secret.ts'
import type { StaffRow } from './store.ts'

const period = 30
const recoveryCodes = 10

interface StepRow {
  readonly secret: string
  readonly confirmedAt: Date | null
  readonly lastCounter: number
  readonly recoveryHashes: readonly Buffer[]
}

/**
 * A new secret for an authenticator app (RFC 6238: six digits, thirty seconds, SHA-1, which is what the apps know). It counts once a
 * code of it has been confirmed. The secret has to be readable to be checked; a stolen database gives one of the two steps away.
 */
export async function beginSecondStep(house: House, staff: StaffRow): Promise<{ secret: string; address: string }> {
  if (staff.hasSecondStep) throw refuse('conflict', 'access:refusal.second-step-on')
  const secret = new Secret({ buffer: new Uint8Array(randomBytes(20)).buffer })
  await house.database.query(
    `insert into access.second_step (staff_id, secret, begun_at, last_counter, recovery_hashes) values ($1, $2, $3, 0, '{}')
     on conflict (staff_id) do update set secret = excluded.secret, begun_at = excluded.begun_at`,
    [staff.id, secret.base32, house.clock.now()],
  )
  const { name } = await house.settings.business()
  const address = new TOTP({ secret, issuer: name || 'Guanxi', label: staff.email ?? (staff.name || 'Guanxi') })
  return { secret: secret.base32, address: address.toString() }
}

/** Turns the step on; answers recovery codes, each good once, which are shown now and never again. */
export async function confirmSecondStep(house: House, staff: StaffRow, code: string): Promise<string[]> {
  return house.database.transaction(async transaction => {
    const row = await rowOf(transaction, staff.id)
    const counter = row && counterOf(row, code, house.clock.now())
    if (!row || row.confirmedAt || counter === undefined) throw wrong()
    const codes = Array.from({ length: recoveryCodes }, newRecoveryCode)
    await transaction.query(
      `update access.second_step set confirmed_at = $2, last_counter = $3, recovery_hashes = $4 where staff_id = $1`,
      [staff.id, house.clock.now(), counter, codes.map(each => hashOf(plain(each)))],
    )
    await house.live.announce(transaction, ['settings'])
    return codes
  })
}

/**
 * Refuses who has a second step and does not show it. Each code is good once, also within its half minute; a recovery code is used
 * up. The asked-for code and the wrong one are told apart, since the first factor was right already.
 */
export async function requireSecondStep(
  house: House,
  transaction: Transaction,
  staff: StaffRow,
  code: string | undefined,
): Promise<void> {
  if (!staff.hasSecondStep) return
  if (!code) throw refuse('unauthenticated', 'access:refusal.code-needed')
  if (!(await redeemCode(transaction, staff.id, code, house.clock.now()))) throw wrong()
}

export async function endSecondStep(house: House, staff: StaffRow, code: string): Promise<void> {
  await house.database.transaction(async transaction => {
    if (!(await redeemCode(transaction, staff.id, code, house.clock.now()))) throw wrong()
    await deleteSecondStep(transaction, staff.id)
    await house.live.announce(transaction, ['settings'])
  })
}

export async function deleteSecondStep(on: Queryable, staffId: string): Promise<void> {
  await on.query('delete from access.second_step where staff_id = $1', [staffId])
}

async function redeemCode(transaction: Transaction, staffId: string, given: string, now: Date): Promise<boolean> {
  const row = await rowOf(transaction, staffId)
  if (!row?.confirmedAt) return false
  const counter = counterOf(row, given, now)
  if (counter !== undefined) {
    await transaction.query('update access.second_step set last_counter = $2 where staff_id = $1', [staffId, counter])
    return true
  }
  const used = hashOf(plain(given))
  if (!row.recoveryHashes.some(hash => hash.equals(used))) return false
  await transaction.query(
    'update access.second_step set recovery_hashes = array_remove(recovery_hashes, $2) where staff_id = $1',
    [staffId, used],
  )
  return true
}

/** The half minute of a code, if it is one of now or its neighbours and none as late was used before. */
function counterOf(row: StepRow, given: string, now: Date): number | undefined {
  const token = given.replace(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return undefined
  const timestamp = now.getTime()
  const offset = new TOTP({ secret: Secret.fromBase32(row.secret) }).validate({ token, timestamp, window: 1 })
  if (offset === null) return undefined
  const counter = Math.floor(timestamp / 1000 / period) + offset
  return counter > row.lastCounter ? counter : undefined
}

async function rowOf(transaction: Transaction, staffId: string): Promise<StepRow | undefined> {
  const [row] = await transaction.query<StepRow>(
    `select secret, confirmed_at as "confirmedAt", last_counter as "lastCounter", recovery_hashes as "recoveryHashes"
     from access.second_step where staff_id = $1 for update`,
    [staffId],
  )
  return row
}

/** Eighty bits in groups that can be read from paper: `k7qa-9xwm-…`. */
function newRecoveryCode(): string {
  const text = new Secret({ buffer: new Uint8Array(randomBytes(10)).buffer }).base32.toLowerCase()
  return text.match(/.{4}/g)!.join('-')
}

const plain = (code: string) => code.toLowerCase().replace(/[^a-z0-9]/g, '')

const wrong = () =>
  refuse('unauthenticated', 'access:refusal.code-wrong', {}, [{ path: 'code', code: 'access:refusal.code-wrong' }])
