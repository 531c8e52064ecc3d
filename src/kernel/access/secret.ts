import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits: nobody guesses them, so a plain hash keeps them safe at rest (ASVS 5.0, 6.5.2). */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** What the database keeps of a secret: a stolen copy of it opens nothing. */
export function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

const keyShape = /^gx_[a-z0-9]{8}_[A-Za-z0-9_-]{43}$/

/** The prefix tells keys apart in lists; the secret behind it is what opens. */
export function newApiKey(): { readonly key: string; readonly prefix: string } {
  const prefix = `gx_${randomBytes(5).toString('hex').slice(0, 8)}`
  return { key: `${prefix}_${newSecret()}`, prefix }
}

/** Spares the database a question about what cannot be one of our keys. */
export function looksLikeApiKey(text: string): boolean {
  return keyShape.test(text)
}
