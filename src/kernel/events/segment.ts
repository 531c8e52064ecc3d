import type { Identifier, Sighting } from '#kernel/parties/index.ts'
import { commerceEntry } from './commerce.ts'
import {
  type Fields,
  fromBrowser,
  hasNul,
  isFields,
  type Refused,
  refused,
  shown,
  textOf,
  Unreadable,
} from './message.ts'
import { earliestAt } from './months.ts'
import { orderOf } from './order.ts'
import { clientTracked, clientViewed, purchaseRecorded, refundRecorded } from './vocabulary.ts'

/** What one Segment message means to us, or why it cannot be taken in. */
export type Translation = Understood | Refused

export interface Understood {
  readonly ok: true
  /** Who is meant; null where only the order of which it speaks can tell. */
  readonly sighting: Sighting | null
  readonly occurredAt: Date
  readonly event?: {
    readonly kind: string
    readonly occurredAt: Date
    readonly payload: object
    readonly keys: readonly (readonly string[])[]
    readonly properties?: object | undefined
  }
  readonly products: readonly { sku: string; name: string; category?: string | undefined }[]
  /**
   * It speaks of an order that must be known: to put it right, or to give back of it what is not said (all that is left, or to a
   * customer who is not named).
   */
  readonly about?: { readonly orderRef: string; readonly act: 'correct' | 'give-back'; readonly isWhole: boolean }
  /** Names that are said to be the same person's as well. */
  readonly aliases?: readonly Identifier[]
  /** Somebody signed in, in a browser that may have been known as somebody. */
  readonly signsIn?: boolean
  /** The organisation that the person belongs to. */
  readonly group?: Sighting
}

/** What a message is read by. Whoever sends with the key of one merchant speaks for that merchant, whatever they say. */
export interface Reading {
  readonly receivedAt: Date
  readonly sentAt?: Date | undefined
  readonly currency: string
  readonly merchant?: string | undefined
  /** Sent with the key of a web page: only what somebody did there is believed. */
  readonly isBrowser?: boolean
}

/**
 * Reads one message of the Segment tracking interface (specification of its HTTP tracking API: `type`, `userId` or
 * `anonymousId`, `messageId`, `timestamp`, `traits` or `event` with `properties`).
 *
 * `receivedAt - sentAt` is how wrong the client's clock is; `timestamp` is put right by it, unless that would put the
 * event into the future. `integrations` names where Segment would forward to, so it says nothing to us.
 */
export function translate(message: unknown, context: Reading): Translation {
  if (message instanceof Unreadable) return refused(message.code, message.details, message.place)
  if (!isFields(message)) return refused('events:problem.not-an-object')
  if (message.type === 'webhook') {
    return refused('events:problem.topic', { system: shown(message.system), topic: shown(message.topic) }, 'topic')
  }
  if (context.isBrowser && (message.type === 'group' || message.type === 'alias')) {
    return refused(fromBrowser, { event: message.type }, 'type')
  }
  const userId = textOf(message.userId)
  const anonymousId = textOf(message.anonymousId)
  for (const [name, id] of Object.entries({ userId, anonymousId })) {
    if ((id?.length ?? 0) > 300) return refused('events:problem.id-too-long', {}, name)
    if (hasNul(id)) return refused('events:problem.nul', {}, name)
  }
  const occurredAt = timeOf(message, context)
  if (!occurredAt) {
    const place = message.timestamp === undefined ? 'originalTimestamp' : 'timestamp'
    return refused('events:problem.time', { time: shown(message[place]) }, place)
  }
  const identifiers: Identifier[] = []
  if (userId) identifiers.push({ kind: 'customer_id', value: userId })
  if (anonymousId) identifiers.push({ kind: 'anonymous_id', value: anonymousId })
  const besides = isFields(message.context) ? message.context.traits : undefined
  const said = sightingOf(identifiers, message.type === 'identify' ? message.traits : besides)
  // A birthday may be worth a gift.
  const sighting = context.isBrowser ? { ...said, birthday: undefined } : said
  const isNamed = sighting.identifiers.length > 0
  switch (message.type) {
    case 'track':
      return tracked(message, occurredAt, isNamed ? sighting : null, context)
    case 'identify':
      if (!isNamed) return refused('events:problem.nobody')
      return { ok: true, sighting, occurredAt, products: [], ...(userId && anonymousId && { signsIn: true }) }
    case 'page':
    case 'screen':
      return isNamed ? viewed(message, message.type, occurredAt, sighting) : refused('events:problem.nobody')
    case 'group':
      return isNamed ? grouped(message, occurredAt, sighting) : refused('events:problem.nobody')
    case 'alias':
      return aliased(message, occurredAt, sighting)
    default:
      return refused('events:problem.type', { type: shown(message.type) }, 'type')
  }
}

function tracked(message: Fields, occurredAt: Date, sighting: Sighting | null, context: Reading): Translation {
  const name = textOf(message.event)
  if (!name || name.length > 200 || hasNul(name)) return refused('events:problem.event-name', {}, 'event')
  const properties = isFields(message.properties) ? message.properties : {}
  const keys = keysOf(message)
  const entry = commerceEntry(name)
  if (entry && entry.means !== 'kept') {
    if (context.isBrowser) return refused(fromBrowser, { event: name }, 'event')
    const order = orderOf(properties, context)
    if (!order.ok) return order
    const { orderRef, products, payload } = order
    if (hasNul(orderRef)) return refused('events:problem.nul', {}, 'properties.order_id')
    if (hasNul(payload.merchant)) return refused('events:problem.nul', {}, 'properties.affiliation')
    const isPurchase = entry.means === 'purchase' || entry.means === 'correction'
    const checked = isPurchase
      ? purchaseRecorded.safeParse({ ...payload, orderRef })
      : refundRecorded.safeParse({
          ...payload,
          of: orderRef,
          lines: payload.lines.map(line => ({ ...line, of: orderRef })),
        })
    if (!checked.success) {
      const [issue] = checked.error.issues
      const property = issue?.path.join('.') ?? ''
      return refused('events:problem.property', { property }, `properties.${property}`)
    }
    const isWhole = !isPurchase && order.isBare
    const asks = entry.means === 'correction' || isWhole || (!isPurchase && sighting === null)
    if (asks && orderRef === undefined) {
      return sighting === null
        ? refused('events:problem.nobody')
        : refused('events:problem.order-unnamed', {}, 'properties')
    }
    if (sighting === null && !asks) return refused('events:problem.nobody')
    if (orderRef) {
      // The order's own number makes a purchase itself, so that the same order from the till and from a file counts once.
      if (entry.means === 'purchase') keys.push(['order', '', orderRef])
      if (entry.means === 'cancellation') keys.push(['cancelled', '', orderRef])
    }
    const refundRef = textOf(properties.refund_id)?.slice(0, 200)
    if (refundRef && !isPurchase) keys.push(['refund', '', refundRef])
    return {
      ok: true,
      sighting,
      occurredAt,
      event: {
        kind: isPurchase ? 'purchase.recorded' : 'refund.recorded',
        occurredAt,
        payload: refundRef && !isPurchase ? { ...checked.data, refundRef } : checked.data,
        keys,
      },
      products,
      ...(asks && { about: { orderRef: orderRef!, act: isPurchase ? 'correct' : 'give-back', isWhole } }),
    }
  }
  if (sighting === null) return refused('events:problem.nobody')
  if (hasNul(JSON.stringify(properties))) return refused('events:problem.nul', {}, 'properties')
  const lifted = {
    sku: textOf(properties.sku) ?? textOf(properties.product_id),
    orderRef: textOf(properties.order_id) ?? textOf(properties.checkout_id),
    coupon: textOf(properties.coupon) ?? textOf(properties.coupon_id),
  }
  const payload = {
    name,
    ...Object.fromEntries(
      (entry?.lifts ?? []).flatMap(lift => (lifted[lift] ? [[lift, lifted[lift].slice(0, 200)]] : [])),
    ),
  }
  return {
    ok: true,
    sighting,
    occurredAt,
    event: { kind: 'client.tracked', occurredAt, payload: clientTracked.parse(payload), keys, ...free(properties) },
    products: [],
  }
}

/** Page views are many and small: the name stands in the log, where they looked (an address may name them) is erasable. */
function viewed(message: Fields, what: 'page' | 'screen', occurredAt: Date, sighting: Sighting): Translation {
  const properties = isFields(message.properties) ? message.properties : {}
  if (hasNul(JSON.stringify([message.name, properties]))) return refused('events:problem.nul', {}, 'properties')
  const name = (textOf(message.name) ?? textOf(properties.name))?.slice(0, 200)
  const payload = clientViewed.parse({ what, ...(name && { name }) })
  const event = { kind: 'client.viewed', occurredAt, payload, keys: keysOf(message), ...free(properties) }
  return { ok: true, sighting, occurredAt, event, products: [] }
}

function grouped(message: Fields, occurredAt: Date, sighting: Sighting): Translation {
  const groupId = textOf(message.groupId)
  if (!groupId || groupId.length > 300) return refused('events:problem.group', {}, 'groupId')
  if (hasNul(groupId)) return refused('events:problem.nul', {}, 'groupId')
  const traits = isFields(message.traits) ? message.traits : {}
  const organisation: Sighting = {
    ...sightingOf([{ kind: 'customer_id', value: `group:${groupId}` }], traits),
    kind: 'organisation',
    roles: ['customer'],
  }
  return { ok: true, sighting, occurredAt, group: organisation, products: [] }
}

/** `previousId` was a browser's name for somebody or a customer number: whichever comes later finds the same person. */
function aliased(message: Fields, occurredAt: Date, sighting: Sighting): Translation {
  const previousId = textOf(message.previousId)
  if (!previousId || previousId.length > 300) return refused('events:problem.previous', {}, 'previousId')
  if (hasNul(previousId)) return refused('events:problem.nul', {}, 'previousId')
  if (sighting.identifiers.length === 0) return refused('events:problem.nobody')
  const aliases = [
    { kind: 'customer_id', value: previousId } as const,
    { kind: 'anonymous_id', value: previousId } as const,
  ]
  return { ok: true, sighting, occurredAt, aliases, products: [] }
}

function keysOf(message: Fields): string[][] {
  const messageId = textOf(message.messageId)
  return messageId ? [['message', messageId]] : []
}

const free = (properties: Fields) => (Object.keys(properties).length > 0 ? { properties } : {})

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
