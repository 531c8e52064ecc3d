import { createHash } from 'node:crypto'
import { ingestEach } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import type { DeliveryOutcome, System } from './contract.ts'
import { type Delivery, type Fields, fields, type Reading, text } from './reading.ts'
import { readShopify } from './shopify.ts'
import { type Headers, isSigned } from './signature.ts'
import * as store from './store.ts'
import { readStripe } from './stripe.ts'
import { readWooCommerce } from './woocommerce.ts'

const readers: Readonly<Record<System, (delivery: Delivery) => Reading>> = {
  shopify: readShopify,
  woocommerce: readWooCommerce,
  stripe: readStripe,
}

export interface Received {
  readonly outcome: DeliveryOutcome
  readonly reason: string | null
}

/**
 * Takes one signed message of a shop or payment system. Whoever did not sign with a secret of this receiver is refused and only
 * counted. What was said is recorded, or kept with the reason, before the sender hears that it arrived; said again, it changes nothing.
 */
export async function receive(
  house: House,
  receiverId: string,
  sent: { readonly headers: Headers; readonly body: Buffer; readonly isTrial?: boolean },
): Promise<Received> {
  const receiver = await store.openReceiver(house.database, receiverId)
  if (!receiver) throw refuse('not-found', 'receivers:refusal.unknown')
  const now = house.clock.now()
  const { system } = receiver
  // WooCommerce knocks without a signature when somebody saves the webhook, and gives up where nobody answers.
  if (system === 'woocommerce' && /^webhook_id=\d{1,20}$/.test(sent.body.toString('latin1', 0, 40))) {
    return { outcome: 'test', reason: null }
  }
  const secrets = await store.secretsAt(house.database, receiverId, now)
  if (!isSigned(system, { ...sent, now }, secrets)) {
    await store.countRefused(house.database, receiverId, now)
    throw refuse('unauthenticated', 'receivers:refusal.signature')
  }
  if (receiver.isPaused && !sent.isTrial) throw refuse('unavailable', 'receivers:refusal.paused')

  const payload = parsed(sent.body)
  const topic = topicOf(system, sent.headers, payload).slice(0, 100)
  const key = keyOf(system, sent, payload)
  if (await store.wasDelivered(house.database, receiverId, key)) {
    await store.noteAgain(house, receiverId, key)
    return { outcome: 'duplicate', reason: null }
  }
  const shop = `woo-${receiverId.slice(-4)}`
  const reading = payload ? readers[system]({ topic, headers: sent.headers, payload, shop }) : undefined
  const orderRef = !sent.isTrial && reading && 'orderRef' in reading ? (reading.orderRef ?? null) : null
  const became = sent.isTrial
    ? ({ outcome: 'test', reason: null } as const)
    : await take(house, receiver, { reading, topic, body: sent.body })
  await store.noteDelivery(house, receiverId, { key, topic, orderRef, receivedAt: now, ...became })
  return became
}

async function take(
  house: House,
  receiver: store.OpenReceiver,
  { reading, topic, body }: { readonly reading: Reading | undefined; readonly topic: string; readonly body: Buffer },
): Promise<Received> {
  const source = { sourceId: receiver.receiverId, kind: 'receiver' } as const
  const keep = (message: object) => ingestEach(house, source, [message], { merchant: receiver.merchantId })
  if (!reading || 'unknown' in reading) {
    const said = body.toString('utf8')
    await keep({ type: 'webhook', system: receiver.system, topic, payload: parsed(body) ?? said })
    return { outcome: 'problem', reason: 'events:problem.topic' }
  }
  if ('test' in reading) return { outcome: 'test', reason: null }
  if ('ignored' in reading) return { outcome: 'ignored', reason: `receivers:reason.${reading.ignored}` }
  if (await isOfNeverPaid(house, reading, receiver.merchantId))
    return { outcome: 'ignored', reason: 'receivers:reason.never-paid' }
  const outcomes = await ingestEach(house, source, reading.messages, { merchant: receiver.merchantId })
  const refusal = outcomes.find(each => each.refusal)?.refusal
  if (refusal) return { outcome: 'problem', reason: refusal.code }
  return outcomes.some(({ what }) => what === 'accepted')
    ? { outcome: 'taken', reason: null }
    : { outcome: 'duplicate', reason: null }
}

/** A cancelled order that was never paid gave nothing, so there is nothing to give back; it must not wait for its order for ever. */
async function isOfNeverPaid(
  house: House,
  { messages, orderRef }: Extract<Reading, { messages: unknown }>,
  merchantId: string | null,
): Promise<boolean> {
  if (orderRef === undefined || !messages.every(each => (each as Fields).event === 'Order Cancelled')) return false
  const merchant = merchantId ?? undefined
  return (await house.events.findOrder(house.database, { orderRef, merchant })) === 'unseen'
}

function parsed(body: Buffer): Fields | undefined {
  try {
    const payload: unknown = JSON.parse(body.toString('utf8'))
    return payload === null || typeof payload !== 'object' || Array.isArray(payload) ? undefined : fields(payload)
  } catch {
    return undefined
  }
}

function topicOf(system: System, headers: Headers, payload: Fields | undefined): string {
  if (system === 'stripe') return text(payload?.type) ?? ''
  return text(headers[system === 'shopify' ? 'x-shopify-topic' : 'x-wc-webhook-topic']) ?? ''
}

/** What the sender calls this delivery, the same when it tries again; else its content. */
function keyOf(
  system: System,
  { headers, body }: { headers: Headers; body: Buffer },
  payload: Fields | undefined,
): string {
  const named = {
    shopify: () => text(headers['x-shopify-webhook-id']),
    woocommerce: () => text(headers['x-wc-webhook-delivery-id']),
    stripe: () => text(payload?.id),
  }[system]()
  const said = createHash('sha256').update(body).digest('hex')
  // The name is not signed, so it only counts together with what was said.
  return `${(named ?? '').slice(0, 100)} ${said}`
}
