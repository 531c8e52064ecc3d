import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { refuse } from '../refusal.ts'

const cost = 15
const memory = { maxmem: 64 * 1024 * 1024 }
/** Each takes 32 MB and about 70 ms of a core: more at once would starve the ones who work. */
const atOnce = 2
const waitingAtMost = 40

let running = 0
const waiting: (() => void)[] = []

/** `scrypt$15$8$1$salt$hash`: carries its own parameters, so that they can be raised later. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(password, salt, cost, 8, 1)
  return `scrypt$${cost}$8$1$${salt.toString('base64url')}$${hash.toString('base64url')}`
}

/**
 * Whether the password is the one that was hashed. Where there is none (`null`: no such person, or no password set) it
 * takes just as long and answers no, so that timing does not tell who works here.
 */
export async function passwordMatches(password: string, stored: string | null): Promise<boolean> {
  const [, n, r, p, salt, hash] = (stored ?? nobody).split('$')
  const expected = Buffer.from(hash ?? '', 'base64url')
  const given = await derive(password, Buffer.from(salt ?? '', 'base64url'), Number(n), Number(r), Number(p))
  return timingSafeEqual(given, expected) && stored !== null
}

const nobody = `scrypt$${cost}$8$1$AAAAAAAAAAAAAAAAAAAAAA$${Buffer.alloc(32).toString('base64url')}`

async function derive(password: string, salt: Buffer, n: number, r: number, p: number): Promise<Buffer> {
  await turn()
  try {
    return await new Promise((resolve, reject) => {
      // The same word typed on two keyboards must be the same bytes: é may be one code point or two.
      scrypt(password.normalize('NFC'), salt, 32, { N: 2 ** n, r, p, ...memory }, (error, key) =>
        error ? reject(error) : resolve(key),
      )
    })
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}

function turn(): Promise<void> | undefined {
  if (running < atOnce) {
    running++
    return undefined
  }
  if (waiting.length >= waitingAtMost) throw refuse('too-many', 'access:refusal.too-many-attempts', { seconds: 10 })
  return new Promise(resolve => waiting.push(resolve))
}
