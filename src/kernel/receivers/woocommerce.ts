import { type Delivery, each, type Fields, fields, list, message, number, type Reading, text } from './reading.ts'

const paid = new Set(['processing', 'completed', 'refunded'])

/**
 * Webhooks of WooCommerce (REST API v3): `order.created`, `order.updated`, `customer.created`, `customer.updated`. It has no topic
 * for refunds: an updated order lists them. Every shop counts its orders from 1, so numbers carry the shop before them.
 */
export function readWooCommerce({ topic, payload, shop }: Delivery): Reading {
  switch (topic) {
    case 'order.created':
    case 'order.updated':
    case 'order.restored':
      return order(payload, shop)
    case 'customer.created':
    case 'customer.updated':
      return { messages: [customer(payload, shop)] }
    default:
      return { unknown: true }
  }
}

function order(payload: Fields, shop: string): Reading {
  const orderRef = `${shop}-${text(payload.number) ?? text(payload.id)}`
  const modified = utc(payload.date_modified_gmt)
  const billing = fields(payload.billing)
  const who = {
    type: 'track',
    userId: number(payload.customer_id) > 0 ? `${shop}:${text(payload.customer_id)}` : undefined,
    context: {
      traits: {
        email: text(billing.email),
        phone: text(billing.phone),
        firstName: text(billing.first_name),
        lastName: text(billing.last_name),
      },
    },
  }
  if (payload.status === 'cancelled') {
    const cancelled = { order_id: orderRef }
    return {
      messages: [
        message({
          ...who,
          event: 'Order Cancelled',
          messageId: `${orderRef}:cancelled`,
          timestamp: modified,
          properties: cancelled,
        }),
      ],
      orderRef,
    }
  }
  if (!paid.has(String(payload.status))) return { ignored: 'not-paid', orderRef }
  const properties = {
    order_id: orderRef,
    total: text(payload.total),
    tax: text(payload.total_tax),
    currency: text(payload.currency),
    products: list(payload.line_items).map(line => ({
      sku: text(line.sku) ?? text(line.variation_id === 0 ? undefined : line.variation_id) ?? text(line.product_id),
      name: text(line.name),
      price: each(number(line.total) + number(line.total_tax), number(line.quantity)),
      quantity: number(line.quantity),
    })),
  }
  const given = list(payload.refunds)
  const refunds = given.map(refund =>
    message({
      type: 'track',
      event: 'Order Refunded',
      messageId: `${orderRef}:refund:${text(refund.id)}`,
      timestamp: modified,
      properties: {
        order_id: orderRef,
        refund_id: `${shop}:${text(refund.id)}`,
        total: Math.abs(number(refund.total)),
        currency: text(payload.currency),
      },
    }),
  )
  const whole = payload.status === 'refunded' && given.length === 0
  const back = { type: 'track', event: 'Order Refunded', messageId: `${orderRef}:refunded`, timestamp: modified }
  return {
    messages: [
      message({
        ...who,
        event: 'Order Completed',
        messageId: orderRef,
        timestamp: utc(payload.date_paid_gmt) ?? utc(payload.date_created_gmt),
        properties,
      }),
      message({
        ...who,
        event: 'Order Updated',
        messageId: `${orderRef}:${modified}`,
        timestamp: modified,
        properties,
      }),
      ...refunds,
      ...(whole ? [message({ ...back, properties: { order_id: orderRef } })] : []),
    ],
    orderRef,
  }
}

function customer(payload: Fields, shop: string): object {
  const billing = fields(payload.billing)
  return message({
    type: 'identify',
    userId: `${shop}:${text(payload.id)}`,
    messageId: `${shop}:customer:${text(payload.id)}:${text(payload.date_modified_gmt) ?? text(payload.date_created_gmt)}`,
    timestamp: utc(payload.date_modified_gmt) ?? utc(payload.date_created_gmt),
    traits: {
      email: text(payload.email) ?? text(billing.email),
      phone: text(billing.phone),
      firstName: text(payload.first_name) ?? text(billing.first_name),
      lastName: text(payload.last_name) ?? text(billing.last_name),
    },
  })
}

/** WooCommerce writes its GMT times without saying so. */
const utc = (value: unknown) => {
  const given = text(value)
  return given === undefined || /(Z|[+-]\d\d:?\d\d)$/.test(given) ? given : `${given}Z`
}
