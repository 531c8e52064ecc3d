import type { Queryable } from '../database/index.ts'
import type { House } from '../house.ts'
import { hashOf, newSecret } from './secret.ts'

const day = 86_400_000
/** As long as browsers keep cookies. */
export const knownDeviceLife = 400 * day
const mostDevices = 20

/**
 * Remembers a browser in which somebody has come in. It opens nothing; it only keeps its own count of attempts, so that a stranger
 * who guesses elsewhere cannot use up the attempts of the person.
 */
export async function rememberDevice(house: House, staffId: string): Promise<string> {
  const token = newSecret()
  const now = house.clock.now()
  await house.database.query(
    `with gone as (
       delete from access.known_device where known_since < $4 or token_hash in (
         select token_hash from access.known_device where staff_id = $2 order by known_since desc offset $5))
     insert into access.known_device (token_hash, staff_id, known_since) values ($1, $2, $3)`,
    [hashOf(token), staffId, now, new Date(now.getTime() - knownDeviceLife), mostDevices - 1],
  )
  return token
}

/** Whether this browser has shown before that it belongs to who has this e-mail address. */
export async function isKnownDevice(house: House, token: string, email: string): Promise<boolean> {
  return (await staffOfDevice(house.database, token))?.email === email.trim().toLowerCase()
}

export async function staffOfDevice(on: Queryable, token: string) {
  const [row] = await on.query<{ staffId: string; email: string | null }>(
    `select staff_id as "staffId", email from access.known_device join access.staff using (staff_id)
     where token_hash = $1 and removed_at is null`,
    [hashOf(token)],
  )
  return row
}
