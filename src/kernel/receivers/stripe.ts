import { type Delivery, type Fields, fields, list, message, number, type Reading, text } from './reading.ts'

/**
 * Events of Stripe (read with API version 2026-06-24): `charge.succeeded`, `charge.captured`, `charge.refunded`,
 * `checkout.session.completed` and its asynchronous sister, `customer.*`. A payment is known by its payment intent, so that a charge
 * and the checkout that made it are one order.
 */
export function readStripe({ payload: event }: Delivery): Reading {
  const data = fields(event.data)
  const object = fields(data.object)
  const at = seconds(event.created)
  if (event.livemode === false) return { test: true, orderRef: text(object.payment_intent) ?? text(object.id) }
  switch (event.type) {
    case 'charge.succeeded':
    case 'charge.captured':
      return charge(object)
    case 'charge.refunded':
      return refund(object, fields(data.previous_attributes), at)
    case 'checkout.session.completed':
    case 'checkout.session.async_payment_succeeded':
      return checkout(object, at)
    case 'customer.created':
    case 'customer.updated':
      return { messages: [customer(object, event, at)] }
    case 'payment_intent.succeeded':
    case 'refund.created':
    case 'refund.updated':
    case 'charge.refund.updated':
      return { ignored: 'said-elsewhere', orderRef: text(object.payment_intent) ?? text(object.id) }
    default:
      return { unknown: true }
  }
}

function charge(object: Fields): Reading {
  const orderRef = text(object.payment_intent) ?? text(object.id)
  if (object.captured === false) return { ignored: 'not-paid', orderRef }
  const billing = fields(object.billing_details)
  const captured = object.amount_captured === undefined ? object.amount : object.amount_captured
  const traits = {
    email: text(billing.email) ?? text(object.receipt_email),
    phone: text(billing.phone),
    name: text(billing.name),
  }
  const paid = {
    orderRef,
    total: decimal(captured, object.currency),
    currency: object.currency,
    at: seconds(object.created),
  }
  return { messages: [order({ ...paid, customer: object.customer, traits })], orderRef }
}

function checkout(object: Fields, at: string | undefined): Reading {
  const orderRef = text(object.payment_intent) ?? text(object.id)
  // Its charges come one by one, the first of them with the subscription.
  if (object.mode === 'subscription') return { ignored: 'subscription', orderRef }
  if (object.mode === 'setup' || number(object.amount_total) === 0) return { ignored: 'no-money', orderRef }
  if (object.payment_status !== 'paid') return { ignored: 'not-paid', orderRef }
  const details = fields(object.customer_details)
  const traits = { email: text(details.email), phone: text(details.phone), name: text(details.name) }
  const paid = { orderRef, total: decimal(object.amount_total, object.currency), currency: object.currency, at }
  const tax = decimal(fields(object.total_details).amount_tax, object.currency)
  return { messages: [order({ ...paid, tax, customer: object.customer, traits })], orderRef }
}

function order(paid: Fields): object {
  return message({
    type: 'track',
    event: 'Order Completed',
    messageId: `stripe:payment:${paid.orderRef}`,
    timestamp: paid.at,
    userId: customerId(paid.customer),
    context: { traits: paid.traits },
    properties: { order_id: paid.orderRef, total: paid.total, tax: paid.tax, currency: paid.currency },
  })
}

/** Stripe tells the sum of all refunds of a charge: what this one gave back is what the sum grew by, and the sum names it. */
function refund(object: Fields, before: Fields, at: string | undefined): Reading {
  const orderRef = text(object.payment_intent) ?? text(object.id)
  const [newest] = list(fields(object.refunds).data)
  const sum = number(object.amount_refunded)
  const amount =
    before.amount_refunded !== undefined ? sum - number(before.amount_refunded) : newest ? number(newest.amount) : sum
  if (amount <= 0) return { ignored: 'no-money', orderRef }
  const refundId = `stripe:${text(object.id)}:${sum}`
  const properties = {
    order_id: orderRef,
    refund_id: refundId,
    total: decimal(amount, object.currency),
    currency: object.currency,
  }
  return {
    messages: [message({ type: 'track', event: 'Order Refunded', messageId: refundId, timestamp: at, properties })],
    orderRef,
  }
}

function customer(object: Fields, event: Fields, at: string | undefined): object {
  return message({
    type: 'identify',
    userId: customerId(object.id),
    messageId: `stripe:${text(event.id)}`,
    timestamp: at,
    traits: { email: text(object.email), phone: text(object.phone), name: text(object.name) },
  })
}

/** A customer's id, or the customer itself where the sender was asked to spell it out. */
const customerId = (given: unknown) => {
  const id = text(given) ?? text(fields(given).id)
  return id && `stripe:${id}`
}

const seconds = (given: unknown) => (text(given) ? new Date(number(given) * 1000).toISOString() : undefined)

/** Stripe counts in the smallest unit by a list of its own: these have none, and these have a thousandth. */
const without = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '))
const thousandths = new Set('BHD JOD KWD OMR TND'.split(' '))

function decimal(amount: unknown, currency: unknown): string | undefined {
  if (text(amount) === undefined) return undefined
  const code = String(currency).toUpperCase()
  const digits = without.has(code) ? 0 : thousandths.has(code) ? 3 : 2
  return (number(amount) / 10 ** digits).toFixed(digits)
}
