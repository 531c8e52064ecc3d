import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { newSecret } from './secret.ts'

/** What stands in the QR code of a member card, `gxc1.<party>.<expiry>.<signature>`; in either case, because scanners differ. */
const version = 'gxc1'
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'
const signatureBytes = 16

export type ReadCard =
  | { readonly state: 'valid'; readonly partyId: string }
  | { readonly state: 'expired' }
  | { readonly state: 'unknown' }

/**
 * The text behind which a customer stands at a till for a short while. It names the party and when it ends, and is signed, so
 * that no list of tokens is kept and a photograph of it is soon worth nothing.
 *
 * Example: `cardToken(secret, { partyId, expiresAt })` -> 'gxc1.agiea…q.tmbeq0.o4x…a', good until `expiresAt`.
 */
export function cardToken(secret: string, given: { readonly partyId: string; readonly expiresAt: Date }): string {
  const party = base32(Buffer.from(given.partyId.replaceAll('-', ''), 'hex'))
  const ends = Math.floor(given.expiresAt.getTime() / 1000).toString(36)
  const said = `${version}.${party}.${ends}`
  return `${said}.${signatureOf(secret, said)}`
}

/**
 * Whose card a text is: only what was signed with the secret counts, compared in the same time whether or not it matches.
 *
 * Example: `readCardToken(secret, token, now)` -> `{ state: 'valid', partyId }`; a minute after its end `{ state: 'expired' }`.
 */
export function readCardToken(secret: string, text: string, now: Date): ReadCard {
  const parts = text.trim().toLowerCase().split('.')
  const [first, party = '', ends = '', signature = ''] = parts
  if (parts.length !== 4 || first !== version || !/^[0-9a-z]{1,9}$/.test(ends)) return { state: 'unknown' }
  const expected = Buffer.from(signatureOf(secret, `${version}.${party}.${ends}`))
  const given = Buffer.from(signature)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { state: 'unknown' }
  const bytes = fromBase32(party)
  if (bytes?.length !== 16) return { state: 'unknown' }
  if (Number.parseInt(ends, 36) * 1000 <= now.getTime()) return { state: 'expired' }
  const hex = bytes.toString('hex')
  const partyId = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  return { state: 'valid', partyId }
}

const settingName = 'card-token'

/** The secret of this house, made when it is first asked for; never shown anywhere. */
export async function cardSecret(house: House, queryable: Queryable = house.database): Promise<string> {
  const read = `select value->>'secret' as secret from settings.setting where name = $1`
  const [known] = await queryable.query<{ secret: string }>(read, [settingName])
  if (known) return known.secret
  await queryable.query(
    'insert into settings.setting (name, value, changed_at) values ($1, $2, $3) on conflict (name) do nothing',
    [settingName, JSON.stringify({ secret: newSecret() }), house.clock.now()],
  )
  const [made] = await queryable.query<{ secret: string }>(read, [settingName])
  return made!.secret
}

function signatureOf(secret: string, said: string): string {
  return base32(createHmac('sha256', secret).update(said).digest().subarray(0, signatureBytes))
}

/** RFC 4648, small letters, without padding. */
function base32(bytes: Buffer): string {
  let text = ''
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(held >> bits) & 31]
    }
    held &= (1 << bits) - 1
  }
  return bits > 0 ? text + alphabet[(held << (5 - bits)) & 31] : text
}

function fromBase32(text: string): Buffer | undefined {
  const bytes: number[] = []
  let held = 0
  let bits = 0
  for (const letter of text) {
    const value = alphabet.indexOf(letter)
    if (value < 0) return undefined
    held = (held << 5) | value
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes.push((held >> bits) & 255)
    }
    held &= (1 << bits) - 1
  }
  return Buffer.from(bytes)
}
