import { minorDigits } from '#kernel/locale/index.ts'
import type { Identifier, Sighting } from '#kernel/parties/index.ts'
import { earliestAt } from './months.ts'
import { clientTracked, purchaseRecorded, refundRecorded } from './vocabulary.ts'

/** What one Segment message means to us, or why it cannot be taken in. */
export type Translation =
  | {
      readonly ok: true
      readonly sighting: Sighting
      readonly event?: {
        readonly kind: string
        readonly occurredAt: Date
        readonly payload: object
        readonly keys: readonly (readonly string[])[]
        readonly properties?: object | undefined
      }
      readonly products: readonly { sku: string; name: string; category?: string | undefined }[]
    }
  | { readonly ok: false; readonly code: string; readonly details: Readonly<Record<string, string | number>> }

/** What a message is read by. Whoever sends with the key of one merchant speaks for that merchant, whatever they say. */
export interface Reading {
  readonly receivedAt: Date
  readonly sentAt?: Date | undefined
  readonly currency: string
  readonly merchant?: string | undefined
}

type Refused = Extract<Translation, { ok: false }>

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== ''
    ? value.trim()
    : typeof value === 'number'
      ? String(value)
      : undefined

/** Names under which Segment's commerce specification speaks of an order that was paid, and of money given back. */
const purchases = new Set(['Order Completed', 'Purchase'])
const refunds = new Set(['Order Refunded', 'Order Cancelled'])

/**
 * Reads one message of the Segment tracking interface (specification of its HTTP tracking API: `type`, `userId` or
 * `anonymousId`, `messageId`, `timestamp`, `traits` or `event` with `properties`).
 *
 * `receivedAt - sentAt` is how wrong the client's clock is; `timestamp` is put right by it, unless that would put the
 * event into the future.
 */
export function translate(message: unknown, context: Reading): Translation {
  if (!isFields(message)) return refused('events:problem.not-an-object')
  const type = message.type
  const userId = textOf(message.userId)
  const anonymousId = textOf(message.anonymousId)
  if (!userId && !anonymousId) return refused('events:problem.nobody')
  if ((userId?.length ?? 0) > 300 || (anonymousId?.length ?? 0) > 300) return refused('events:problem.id-too-long')
  if (hasNul(userId) || hasNul(anonymousId)) return refused('events:problem.nul')
  const occurredAt = timeOf(message, context)
  if (!occurredAt) return refused('events:problem.time', { time: shown(message.timestamp) })
  const identifiers: Identifier[] = []
  if (userId) identifiers.push({ kind: 'customer_id', value: userId })
  if (anonymousId) identifiers.push({ kind: 'anonymous_id', value: anonymousId })
  switch (type) {
    case 'identify':
      return { ok: true, sighting: sightingOf(identifiers, message.traits), products: [] }
    case 'track':
      return tracked(message, occurredAt, identifiers, context)
    default:
      return refused('events:problem.type', { type: shown(type) })
  }
}

function tracked(message: Fields, occurredAt: Date, identifiers: Identifier[], context: Reading): Translation {
  const name = textOf(message.event)
  if (!name || name.length > 200 || hasNul(name)) return refused('events:problem.event-name')
  const properties = isFields(message.properties) ? message.properties : {}
  const messageId = textOf(message.messageId)
  const keys: string[][] = messageId ? [['message', messageId]] : []
  const sighting: Sighting = { identifiers }
  if (purchases.has(name) || refunds.has(name)) {
    const order = orderOf(properties, context)
    if ('ok' in order) return order
    if (hasNul(order.orderRef) || hasNul(order.merchant)) return refused('events:problem.nul')
    const isRefund = refunds.has(name)
    // The order's own number makes a purchase itself, so that the same order from the till and from a file counts once.
    if (order.orderRef && !isRefund) keys.push(['order', '', order.orderRef])
    const { orderRef, products, ...rest } = order
    const payload = isRefund
      ? orderRef
        ? { ...rest, of: orderRef, lines: rest.lines.map(line => ({ ...line, of: orderRef })) }
        : rest
      : orderRef
        ? { ...rest, orderRef }
        : rest
    const checked = (isRefund ? refundRecorded : purchaseRecorded).safeParse(payload)
    if (!checked.success) {
      const [issue] = checked.error.issues
      return refused('events:problem.property', { property: issue?.path.join('.') ?? '' })
    }
    const kind = isRefund ? 'refund.recorded' : 'purchase.recorded'
    return { ok: true, sighting, event: { kind, occurredAt, payload: checked.data, keys }, products }
  }
  const payload = clientTracked.parse({ name })
  if (hasNul(JSON.stringify(properties))) return refused('events:problem.nul')
  return {
    ok: true,
    sighting,
    event: {
      kind: 'client.tracked',
      occurredAt,
      payload,
      keys,
      properties: Object.keys(properties).length > 0 ? properties : undefined,
    },
    products: [],
  }
}

/** Segment speaks of money in decimal units; ours are minor ones. Totals fall back on revenue, then on the products. */
function orderOf(properties: Fields, context: Reading) {
  const currency = (textOf(properties.currency) ?? context.currency).toUpperCase()
  if (!/^[A-Z]{3}$/.test(currency)) return refused('events:problem.currency', { currency: currency.slice(0, 20) })
  const digits = minorDigits(currency)
  const items = Array.isArray(properties.products) ? properties.products.slice(0, 5000).filter(isFields) : []
  const lines = []
  const products = []
  for (const item of items) {
    const sku = (textOf(item.sku) ?? textOf(item.product_id) ?? textOf(item.productId) ?? textOf(item.name))?.slice(
      0,
      200,
    )
    const quantity = item.quantity === undefined ? 1 : Number(textOf(item.quantity) ?? Number.NaN)
    const price = item.price === undefined ? 0 : Number(textOf(item.price) ?? Number.NaN)
    if (!sku || !Number.isFinite(quantity) || !Number.isFinite(price)) {
      return refused('events:problem.product', { sku: sku?.slice(0, 40) ?? '' })
    }
    lines.push({
      sku,
      quantity: Math.round(quantity * 1000),
      amountMinor: Math.round(Math.round(price * 10 ** digits * 1000) * quantity * 0.001),
    })
    const name = textOf(item.name)
    const category = textOf(item.category)?.slice(0, 200)
    if (name || category) products.push({ sku, name: (name ?? sku).slice(0, 300), category })
  }
  const stated = properties.total ?? properties.revenue ?? properties.value
  const amountMinor =
    stated === undefined || stated === null
      ? lines.reduce((sum, line) => sum + line.amountMinor, 0)
      : Math.round(Number(textOf(stated) ?? Number.NaN) * 10 ** digits)
  if (!Number.isSafeInteger(amountMinor)) return refused('events:problem.total', { total: shown(stated) })
  const orderRef = (textOf(properties.order_id) ?? textOf(properties.orderId))?.slice(0, 200)
  const merchant = context.merchant ?? textOf(properties.affiliation)?.slice(0, 100)
  const part = (name: 'taxMinor' | 'paidWithPointsMinor' | 'paidWithGiftCardMinor', value: unknown) => {
    const minor = Math.round(Number(textOf(value) ?? Number.NaN) * 10 ** digits)
    return Number.isSafeInteger(minor) && minor > 0 ? { [name]: minor } : {}
  }
  const parts = {
    ...part('taxMinor', properties.tax),
    ...part('paidWithPointsMinor', properties.paid_with_points),
    ...part('paidWithGiftCardMinor', properties.paid_with_gift_card),
  }
  return {
    orderRef,
    ...(merchant && { merchant }),
    amountMinor: Math.abs(amountMinor),
    currency,
    ...parts,
    lines,
    products,
  }
}

function sightingOf(identifiers: Identifier[], traits: unknown): Sighting {
  if (!isFields(traits)) return { identifiers }
  const email = textOf(traits.email)
  const phone = textOf(traits.phone)
  const family = textOf(traits.lastName) ?? textOf(traits.last_name)
  const given = textOf(traits.firstName) ?? textOf(traits.first_name)
  const birthday = textOf(traits.birthday)?.slice(0, 10)
  const withContacts = [...identifiers]
  if (email && email.length <= 320) withContacts.push({ kind: 'email', value: email })
  if (phone && phone.length <= 40) withContacts.push({ kind: 'phone', value: phone })
  const joined =
    family && /\p{Script=Han}/u.test(family) ? `${family}${given ?? ''}` : [given, family].filter(Boolean).join(' ')
  return {
    identifiers: withContacts.map(({ kind, value }) => ({ kind, value: value.replaceAll('\u0000', '') })),
    name: (textOf(traits.name) ?? (joined || undefined))?.slice(0, 200).replaceAll('\u0000', ''),
    familyName: family?.slice(0, 100).replaceAll('\u0000', ''),
    givenName: given?.slice(0, 100).replaceAll('\u0000', ''),
    birthday: birthday && /^\d{4}-\d{2}-\d{2}$/.test(birthday) ? birthday : undefined,
  }
}

function timeOf(message: Fields, context: { receivedAt: Date; sentAt?: Date | undefined }): Date | undefined {
  const given = message.timestamp ?? message.originalTimestamp
  if (given === undefined || given === null) return context.receivedAt
  if (typeof given !== 'string' && typeof given !== 'number' && !(given instanceof Date)) return undefined
  const stamp = new Date(given)
  if (Number.isNaN(stamp.getTime())) return undefined
  const skew = context.sentAt ? context.receivedAt.getTime() - context.sentAt.getTime() : 0
  // Only a clock that is wrong by more than the network could explain is put right.
  const corrected = Math.abs(skew) > 60_000 ? new Date(stamp.getTime() + skew) : stamp
  const latest = context.receivedAt.getTime() + 86_400_000
  return corrected >= earliestAt && corrected.getTime() <= latest ? corrected : undefined
}

const hasNul = (text: string | undefined) => text !== undefined && (text.includes('\u0000') || text.includes('\\u0000'))

/** A value as it may stand in a sentence: short, and safe for objects that have no text of their own. */
function shown(value: unknown): string {
  return (textOf(value) ?? JSON.stringify(value) ?? typeof value).slice(0, 40)
}

function refused(code: string, details: Refused['details'] = {}): Refused {
  return { ok: false, code, details }
}
