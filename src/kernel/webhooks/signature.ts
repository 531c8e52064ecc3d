import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'

/** A secret as Standard Webhooks writes it: 32 bytes of chance behind a prefix that scanners of leaked secrets know. */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`

/**
 * The headers of one attempt: the id is the message's for ever, the time is this attempt's, and each secret that still counts
 * signs, the newest first, so that a receiver may change over in its own time.
 *
 * Example: with two secrets `webhook-signature` is `v1,… v1,…`.
 */
export function signedHeaders(
  message: { readonly messageId: string; readonly body: string },
  secrets: readonly string[],
  at: Date,
): Readonly<Record<string, string>> {
  return {
    'content-type': 'application/json',
    'user-agent': 'Guanxi-Webhooks',
    'webhook-id': message.messageId,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map(secret => new Webhook(secret).sign(message.messageId, at, message.body)).join(' '),
  }
}
