import { type Delivery, each, type Fields, fields, list, message, number, type Reading, text } from './reading.ts'

/** An order counts once its money is there; *authorized* and *pending* are promises. */
const paid = new Set(['paid', 'partially_refunded', 'refunded'])

/**
 * Webhooks of Shopify's Admin API (read with version 2026-07): `orders/create`, `orders/paid`, `orders/updated`,
 * `orders/cancelled`, `refunds/create`, `customers/*`. Orders are known by Shopify's own id, which no two shops share. A
 * cancellation gives back what its refunds say; one without refunds gives back nothing.
 */
export function readShopify({ topic, headers, payload }: Delivery): Reading {
  if (headers['x-shopify-test'] === 'true' || payload.test === true) return { test: true, orderRef: text(payload.id) }
  switch (topic) {
    case 'orders/create':
    case 'orders/paid':
    case 'orders/updated':
    case 'orders/cancelled':
      return order(payload, topic === 'orders/updated')
    case 'refunds/create': {
      const refunds = refundOf(payload, text(payload.order_id))
      return refunds ? { messages: [refunds], orderRef: text(payload.order_id) } : { ignored: 'no-money' }
    }
    case 'customers/create':
    case 'customers/update':
    case 'customers/enable':
    case 'customers/disable':
      return { messages: [customer(payload)] }
    default:
      return { unknown: true }
  }
}

function order(payload: Fields, isUpdate: boolean): Reading {
  const orderRef = text(payload.id)
  if (!paid.has(String(payload.financial_status))) return { ignored: 'not-paid', orderRef }
  const buyer = fields(payload.customer)
  const properties = {
    order_id: orderRef,
    total: text(payload.total_price),
    tax: text(payload.total_tax),
    currency: text(payload.currency),
    products: list(payload.line_items).map(line => {
      const quantity = number(line.quantity)
      const off = list(line.discount_allocations).reduce((sum, { amount }) => sum + number(amount), 0)
      return {
        sku: text(line.sku) ?? text(line.variant_id) ?? text(line.product_id) ?? text(line.title),
        name: text(line.title) ?? text(line.name),
        price: each(number(line.price) * quantity - off, quantity),
        quantity,
      }
    }),
  }
  const who = {
    type: 'track',
    userId: customerId(buyer),
    context: {
      traits: {
        email: text(payload.email) ?? text(buyer.email),
        phone: text(payload.phone) ?? text(buyer.phone),
        firstName: text(buyer.first_name),
        lastName: text(buyer.last_name),
      },
    },
    properties,
  }
  const completed = message({
    ...who,
    event: 'Order Completed',
    messageId: `shopify:order:${orderRef}`,
    timestamp: text(payload.processed_at) ?? text(payload.created_at),
  })
  const updated = message({
    ...who,
    event: 'Order Updated',
    messageId: `shopify:order:${orderRef}:${text(payload.updated_at)}`,
    timestamp: text(payload.updated_at),
  })
  const refunds = list(payload.refunds).flatMap(refund => refundOf(refund, orderRef) ?? [])
  // The first word of a paid order may get lost on the way: then its update tells of it.
  return { messages: [completed, ...(isUpdate ? [updated] : []), ...refunds], orderRef }
}

/** What the customer got back; restocking alone moves no money. A refund names no customer: its order does. */
function refundOf(refund: Fields, orderRef: string | undefined): object | undefined {
  const given = list(refund.transactions).filter(({ kind, status }) => kind === 'refund' && status === 'success')
  if (given.length === 0) return undefined
  return message({
    type: 'track',
    event: 'Order Refunded',
    messageId: `shopify:refund:${text(refund.id)}`,
    timestamp: text(refund.processed_at) ?? text(refund.created_at),
    properties: {
      order_id: orderRef,
      refund_id: `shopify:${text(refund.id)}`,
      total: given.reduce((sum, { amount }) => sum + number(amount), 0).toFixed(3),
      currency: text(given[0]!.currency),
      products: list(refund.refund_line_items).map(({ quantity, subtotal, line_item }) => {
        const line = fields(line_item)
        return {
          sku: text(line.sku) ?? text(line.variant_id) ?? text(line.product_id) ?? text(line.title),
          price: each(number(subtotal), number(quantity)),
          quantity: number(quantity),
        }
      }),
    },
  })
}

function customer(payload: Fields): object {
  return message({
    type: 'identify',
    userId: customerId(payload),
    messageId: `shopify:customer:${text(payload.id)}:${text(payload.updated_at)}`,
    timestamp: text(payload.updated_at),
    traits: {
      email: text(payload.email),
      phone: text(payload.phone),
      firstName: text(payload.first_name),
      lastName: text(payload.last_name),
    },
  })
}

const customerId = ({ id }: Fields) => (text(id) ? `shopify:${text(id)}` : undefined)
