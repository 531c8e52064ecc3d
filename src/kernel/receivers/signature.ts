import { createHmac, timingSafeEqual } from 'node:crypto'
import type { System } from './contract.ts'

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** How old a message of Stripe may be, so that one that was overheard cannot be sent again later. Theirs is five minutes too. */
const toleranceSeconds = 300

/**
 * Whether a body was signed with one of these secrets. Every secret is tried to the end and compared in constant time, so that
 * neither the answer's time nor its kind tells which of them nearly fits.
 *
 * Shopify and WooCommerce sign the raw body: base64 of HMAC-SHA256 in `X-Shopify-Hmac-SHA256`, `X-WC-Webhook-Signature`. Stripe
 * signs `<seconds>.<body>` and says both in `Stripe-Signature: t=1772355600,v1=5257a8…`.
 */
export function isSigned(
  system: System,
  message: { readonly headers: Headers; readonly body: Buffer; readonly now: Date },
  secrets: readonly string[],
): boolean {
  const { headers, body, now } = message
  if (system === 'stripe') {
    const { seconds, signatures } = stripeHeader(headers)
    if (seconds === undefined || Math.abs(now.getTime() / 1000 - Number(seconds)) > toleranceSeconds) return false
    const signed = Buffer.concat([Buffer.from(`${seconds}.`), body])
    return matches(secrets, secret => hmac(secret, signed).toString('hex'), signatures)
  }
  const given = headers[system === 'shopify' ? 'x-shopify-hmac-sha256' : 'x-wc-webhook-signature']
  return matches(secrets, secret => hmac(secret, body).toString('base64'), typeof given === 'string' ? [given] : [])
}

/** The header that a system would send with this body: for trying an address out. */
export function signed(system: System, body: Buffer, secret: string, now: Date): Headers {
  if (system === 'stripe') {
    const seconds = Math.floor(now.getTime() / 1000)
    const signature = hmac(secret, Buffer.concat([Buffer.from(`${seconds}.`), body])).toString('hex')
    return { 'stripe-signature': `t=${seconds},v1=${signature}` }
  }
  const name = system === 'shopify' ? 'x-shopify-hmac-sha256' : 'x-wc-webhook-signature'
  return { [name]: hmac(secret, body).toString('base64') }
}

const hmac = (secret: string, body: Buffer) => createHmac('sha256', secret).update(body).digest()

/** Text against text: base64 has several spellings of the same bytes, and only one of them is what the system sends. */
function matches(
  secrets: readonly string[],
  expectedWith: (secret: string) => string,
  given: readonly string[],
): boolean {
  let found = false
  for (const secret of secrets) {
    const expected = Buffer.from(expectedWith(secret))
    for (const signature of given) {
      const candidate = Buffer.from(signature)
      if (candidate.length === expected.length && timingSafeEqual(candidate, expected)) found = true
    }
  }
  return found
}

function stripeHeader(headers: Headers): {
  readonly seconds: string | undefined
  readonly signatures: readonly string[]
} {
  const header = headers['stripe-signature']
  const parts = typeof header === 'string' ? header.split(',', 20).map(part => part.split('=', 2)) : []
  const seconds = parts.find(([name]) => name?.trim() === 't')?.[1]
  return {
    seconds: seconds !== undefined && /^\d{1,12}$/.test(seconds) ? seconds : undefined,
    signatures: parts.filter(([name]) => name?.trim() === 'v1').map(([, value]) => value ?? ''),
  }
}
