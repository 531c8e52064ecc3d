import type { RepairName } from './contract.ts'
import { type Fields, fromBrowser, isFields, textOf, Unreadable } from './message.ts'
import type { KeptProblem } from './problem.ts'

const repairsOf: ReadonlyMap<string, readonly RepairName[]> = new Map([
  ['events:problem.currency', ['set-currency']],
  ['events:problem.time', ['use-received-time']],
  ['events:problem.total', ['total-from-products']],
  ['events:problem.product', ['leave-products-out']],
  ['events:problem.nul', ['without-nul']],
])

/**
 * How every event of one cause can be put right at once. Sending them again as they are is always possible, save what nobody who
 * is known has said: that is looked at one by one.
 */
export function repairsFor(code: string): RepairName[] {
  if (code === fromBrowser) return []
  return [...(repairsOf.get(code) ?? []), 'as-it-is']
}

/** The message of a problem; what was no JSON stays unreadable. */
export function messageOf({ event, isCut, code, details, place }: KeptProblem): unknown {
  try {
    if (!isCut) return JSON.parse(event)
  } catch {
    // Falls through: it was kept because it cannot be read.
  }
  return new Unreadable(event, code, details as Record<string, string | number>, place)
}

/**
 * A message after a repair. Everything else stays as it was sent, above all its message id.
 *
 * Example: `set-currency` with CNY makes `{properties: {currency: 'RMB'}}` into `{properties: {currency: 'CNY'}}`.
 */
export function repaired(
  message: unknown,
  repair: RepairName,
  with_: { readonly receivedAt: Date; readonly currency: string },
): unknown {
  if (!isFields(message)) return message
  const properties = isFields(message.properties) ? message.properties : {}
  switch (repair) {
    case 'as-it-is':
      return message
    case 'without-nul':
      return withoutNul(message)
    case 'set-currency':
      return { ...message, properties: { ...properties, currency: with_.currency } }
    case 'use-received-time': {
      const { originalTimestamp: _, ...rest } = message
      return { ...rest, timestamp: with_.receivedAt.toISOString() }
    }
    case 'total-from-products': {
      const { total: _total, revenue: _revenue, value: _value, ...rest } = properties
      return { ...message, properties: rest }
    }
    case 'leave-products-out': {
      const products = Array.isArray(properties.products) ? properties.products.filter(isWhole) : []
      return { ...message, properties: { ...properties, products } }
    }
  }
}

/** A product that can be taken in: it has a number, and price and quantity are numbers where they are given. */
function isWhole(product: unknown): boolean {
  if (!isFields(product)) return false
  const isNumber = (value: unknown) => value === undefined || Number.isFinite(Number(textOf(value) ?? Number.NaN))
  const isNamed = [product.sku, product.product_id, product.productId, product.name].some(name => textOf(name))
  return isNamed && isNumber(product.price) && isNumber(product.quantity)
}

function withoutNul(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\u0000', '').replaceAll('\\u0000', '')
  if (Array.isArray(value)) return value.map(withoutNul)
  if (!isFields(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [withoutNul(key), withoutNul(inner)]),
  ) satisfies Fields
}

/**
 * An edited message keeps the name by which its sender knows it, and gets one where it had none: sent twice, it counts once.
 */
export function withItsName(edited: unknown, { problemId, event }: Pick<KeptProblem, 'problemId' | 'event'>): unknown {
  if (!isFields(edited)) return edited
  let before: unknown
  try {
    before = JSON.parse(event)
  } catch {
    before = undefined
  }
  const messageId = (isFields(before) && textOf(before.messageId)) || `problem:${problemId}`
  return { ...edited, messageId }
}
