import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Queryable, Transaction } from '#kernel/database/index.ts'

/** Crockford's: no I, L, O or U, so that nothing is read as something else. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** 115 bits that nobody can guess. */
const bodyLength = 23
/** Ten bits that only we can make: of a thousand wrong codes one reaches the database. */
const checkLength = 2

/**
 * The code of what was taken: made of the house's secret and the taking's id, so that it can be shown again although only its hash
 * is kept. Five groups of five; the last two letters are a keyed check of the rest.
 *
 * Example: `codeOf(secret, takenId)` -> 'A4KQ9-7WZ2M-XH0TC-51RBE-9GVPD'.
 */
export function codeOf(secret: Buffer, takenId: string): string {
  const body = letters(keyed(secret, `code ${takenId}`), bodyLength)
  return (body + checkOf(secret, body)).match(/.{5}/g)!.join('-')
}

/**
 * A code as somebody typed or scanned it, in our letters without the dashes; null where it cannot be one of ours: a slip of the
 * finger and a guess are told without asking the database.
 *
 * Example: 'a4kq9 7wz2m xhotc 51rbe 9gvpd' -> 'A4KQ97WZ2MXH0TC51RBE9GVPD'.
 */
export function readCode(secret: Buffer, typed: string): string | null {
  const read = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\-–—_.]/g, '')
    .replace(/[IL]/g, '1')
    .replace(/O/g, '0')
  if (read.length !== bodyLength + checkLength || [...read].some(letter => !alphabet.includes(letter))) return null
  const [body, check] = [read.slice(0, bodyLength), read.slice(bodyLength)]
  return timingSafeEqual(Buffer.from(check), Buffer.from(checkOf(secret, body))) ? read : null
}

export function hashOf(code: string): Buffer {
  return createHash('sha256').update(code.replaceAll('-', '')).digest()
}

/** The house's own secret, made when it is first needed. All servers of a house share it, and a restored backup keeps it. */
export async function readSecret(queryable: Queryable): Promise<Buffer> {
  const [known] = await queryable.query<{ secret: Buffer }>('select secret from rewards.secret')
  if (known) return known.secret
  await queryable.query('insert into rewards.secret (secret) values ($1) on conflict do nothing', [randomBytes(32)])
  const [made] = await queryable.query<{ secret: Buffer }>('select secret from rewards.secret')
  return made!.secret
}

/** Keeps the hashes of new codes. */
export async function keepCodes(
  transaction: Transaction,
  taken: readonly { readonly partyId: string; readonly takenId: string }[],
): Promise<void> {
  if (taken.length === 0) return
  const secret = await readSecret(transaction)
  await transaction.query(
    `insert into rewards.code (code_hash, party_id, taken_id) select * from unnest($1::bytea[], $2::uuid[], $3::uuid[])`,
    [
      taken.map(each => hashOf(codeOf(secret, each.takenId))),
      taken.map(each => each.partyId),
      taken.map(each => each.takenId),
    ],
  )
}

function keyed(secret: Buffer, text: string): Buffer {
  return createHmac('sha256', secret).update(text).digest()
}

function checkOf(secret: Buffer, body: string): string {
  return letters(keyed(secret, `check ${body}`), checkLength)
}

/** The first bits of some bytes, five to a letter. */
function letters(bytes: Buffer, length: number): string {
  let bits = BigInt(`0x${bytes.toString('hex')}`) >> BigInt(bytes.length * 8 - length * 5)
  let text = ''
  for (let place = 0; place < length; place++) {
    text = alphabet[Number(bits & 31n)]! + text
    bits >>= 5n
  }
  return text
}
