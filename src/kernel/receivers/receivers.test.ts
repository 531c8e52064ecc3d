import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import type { System } from './contract.ts'
import { receive } from './receive.ts'
import { addSecret, closeReceiver, createReceiver, readReceiver, tryReceiver } from './receivers.ts'
import { type Headers, isSigned, signed } from './signature.ts'
import { deliveries } from './store.ts'

let house: TestHouse
let receiverId: string
let secret: string

beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-20T09:00:00Z' })
})
afterAll(() => house.close())
beforeEach(() => house.database.query('truncate events.problem'))

const sample = (name: string) => readFileSync(new URL(`./samples/${name}.json`, import.meta.url))

async function open(system: System) {
  const made = await createReceiver(house, { system, name: system, merchantId: null, createdBy: null })
  receiverId = made.receiver.receiverId
  secret = made.secret!
}

let deliveryNumber = 0
function headersOf(system: System, topic: string): Headers {
  const id = `delivery-${deliveryNumber++}`
  if (system === 'shopify') return { 'x-shopify-topic': topic, 'x-shopify-webhook-id': id }
  if (system === 'woocommerce') return { 'x-wc-webhook-topic': topic, 'x-wc-webhook-delivery-id': id }
  return {}
}

/** A sample as its system would deliver it: signed over the bytes of the file. */
async function deliver(system: System, name: string, topic: string, body = sample(name)) {
  const headers = { ...headersOf(system, topic), ...signed(system, body, secret, house.clock.now()) }
  return receive(house, receiverId, { headers, body })
}

/** Orders and refunds of whoever is known by this, as they stand. */
async function moneyOf(email: string) {
  const [party] = await house.database.query<{ party_id: string }>(
    `select party_id from parties.identifier where kind = 'email' and value = $1`,
    [email],
  )
  const kinds = ['purchase.recorded', 'refund.recorded']
  const events = party ? await house.events.history(house.database, [party.party_id], kinds) : []
  return events.map(({ kind, occurredAt, payload }) => {
    const { amountMinor, currency, lines, taxMinor } = payload as {
      amountMinor: number
      currency: string
      taxMinor?: number
      lines: { sku: string; quantity: number; amountMinor: number }[]
    }
    const said = lines.map(({ sku, quantity, amountMinor }) => `${sku} x${quantity / 1000} ${amountMinor}`).join(', ')
    const tax = taxMinor ? ` tax ${taxMinor}` : ''
    return `${kind.split('.')[0]} ${occurredAt.toISOString().slice(0, 10)} ${amountMinor} ${currency}${tax} [${said}]`
  })
}

const shopifyStory = [
  ['shopify.orders-create', 'orders/create', 'ignored'],
  ['shopify.orders-paid', 'orders/paid', 'taken'],
  ['shopify.refunds-create', 'refunds/create', 'taken'],
  ['shopify.orders-updated', 'orders/updated', 'duplicate'],
  ['shopify.orders-cancelled', 'orders/cancelled', 'taken'],
  ['shopify.orders-cancelled', 'orders/cancelled', 'duplicate'],
] as const

const shopifyMoney = [
  'purchase 2026-03-02 51600 CNY tax 4260 [LJ-200 x2 49600, CUP-01 x1 2000]',
  'refund 2026-03-05 24800 CNY [LJ-200 x1 24800]',
  'refund 2026-03-06 26800 CNY []',
]

test('Shopify: an order, a refund of a line, the rest with the cancellation', async () => {
  await open('shopify')
  for (const [name, topic, outcome] of shopifyStory) {
    expect([name, (await deliver('shopify', name, topic)).outcome]).toEqual([name, outcome])
  }
  expect(await moneyOf('mei.lin@example.com')).toEqual(shopifyMoney)
  expect((await deliver('shopify', 'shopify.customers-update', 'customers/update')).outcome).toBe('taken')
  const [counted] = (await deliveries(house.database, receiverId, 50)).slice(-1)
  expect(counted).toMatchObject({ topic: 'orders/create', outcome: 'ignored', reason: 'receivers:reason.not-paid' })
})

test('Shopify: the same story backwards, each message twice, ends in the same world', async () => {
  const fresh = await openTestHouse({ start: '2026-03-20T09:00:00Z' })
  const main = house
  house = fresh
  try {
    await open('shopify')
    for (const [name, topic] of shopifyStory.slice(1).toReversed()) {
      await Promise.all([deliver('shopify', name, topic), deliver('shopify', name, topic)])
    }
    expect(await moneyOf('mei.lin@example.com')).toEqual(shopifyMoney)
    const left = await fresh.database.query(`select 1 from events.problem where state = 'waiting'`)
    expect(left).toEqual([])
  } finally {
    house = main
    await fresh.close()
  }
})

test('WooCommerce: paid, a part given back, and one that was cancelled before it was paid', async () => {
  await open('woocommerce')
  const story = [
    ['woocommerce.order-created', 'order.created', 'ignored'],
    ['woocommerce.order-updated', 'order.updated', 'taken'],
    ['woocommerce.order-updated-refund', 'order.updated', 'taken'],
    ['woocommerce.order-updated-refund', 'order.updated', 'duplicate'],
    ['woocommerce.order-updated-cancelled', 'order.updated', 'ignored'],
    ['woocommerce.customer-updated', 'customer.updated', 'taken'],
  ] as const
  for (const [name, topic, outcome] of story) {
    expect([name, (await deliver('woocommerce', name, topic)).outcome]).toEqual([name, outcome])
  }
  expect(await moneyOf('ada@example.com')).toEqual([
    'purchase 2026-03-02 4400 GBP tax 667 [EG-100 x2 4000]',
    'refund 2026-03-09 1000 GBP []',
  ])
  const knock = { headers: {}, body: Buffer.from('webhook_id=3') }
  expect(await receive(house, receiverId, knock)).toEqual({ outcome: 'test', reason: null })
})

test('WooCommerce: two shops count from 1, and their orders are still two', async () => {
  await open('woocommerce')
  await deliver('woocommerce', 'woocommerce.order-updated', 'order.updated')
  expect((await moneyOf('ada@example.com')).filter(line => line.startsWith('purchase'))).toHaveLength(2)
})

test('Stripe: a charge and its checkout are one order; each refund is what the sum grew by', async () => {
  await open('stripe')
  const story = [
    ['stripe.checkout-session-completed', 'taken'],
    ['stripe.charge-succeeded', 'duplicate'],
    ['stripe.charge-refunded-second', 'taken'],
    ['stripe.charge-refunded-first', 'taken'],
    ['stripe.test-charge', 'test'],
  ] as const
  for (const [name, outcome] of story)
    expect([name, (await deliver('stripe', name, '')).outcome]).toEqual([name, outcome])
  expect(await moneyOf('jonas@example.com')).toEqual([
    'purchase 2026-03-02 1099 EUR tax 175 []',
    'refund 2026-03-05 300 EUR []',
    'refund 2026-03-06 799 EUR []',
  ])
})

test.each([
  ['shopify', 'shopify.fulfillments-create', 'fulfillments/create'],
  ['stripe', 'stripe.invoice-paid', 'invoice.paid'],
] as const)('%s: a topic that nobody taught us is kept, named, until somebody does', async (system, name, topic) => {
  await open(system)
  expect(await deliver(system, name, topic)).toEqual({ outcome: 'problem', reason: 'events:problem.topic' })
  expect(await house.database.query('select code, details, source_kind from events.problem')).toEqual([
    { code: 'events:problem.topic', details: { system, topic }, source_kind: 'receiver' },
  ])
})

test('what is signed but is no JSON is kept as well', async () => {
  await open('shopify')
  expect((await deliver('shopify', '', 'orders/paid', Buffer.from('tea'))).outcome).toBe('problem')
})

test('ten thousand altered signatures, bodies and times: none is accepted', { timeout: 60_000 }, () => {
  const now = house.clock.now()
  let seed = 1
  const chance = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % below
  }
  let accepted = 0
  for (const system of ['shopify', 'woocommerce', 'stripe'] as const) {
    const body = sample(
      `${system}.${{ shopify: 'orders-paid', woocommerce: 'order-updated', stripe: 'charge-succeeded' }[system]}`,
    )
    const headers = signed(system, body, 'right', now)
    expect(isSigned(system, { headers, body, now }, ['older', 'right'])).toBe(true)
    const [name, given] = Object.entries(headers)[0] as [string, string]
    const letters = 'ABCDEFabcdef0123456789+/=-_ '
    for (let attempt = 0; attempt < 3334; attempt++) {
      const altered = Buffer.from(body)
      let text = given
      switch (attempt % 4) {
        case 0: {
          const at = chance(altered.length)
          altered[at] = (altered[at]! + 1 + chance(255)) % 256
          break
        }
        case 1: {
          // The part that is the signature or, with Stripe, the time.
          const at = (system === 'stripe' ? 2 : 0) + chance(given.length - 2)
          const letter = letters[chance(letters.length)]!
          text =
            given[at] === letter || given[at] === ',' ? `${given}0` : given.slice(0, at) + letter + given.slice(at + 1)
          break
        }
        case 2:
          text = given.slice(0, given.length - 1 - chance(20))
          break
        case 3:
          text = Object.values(signed(system, body, `right${chance(1_000_000)}`, now))[0] as string
          break
      }
      if (isSigned(system, { headers: { [name]: text }, body: altered, now }, ['older', 'right'])) accepted++
    }
    expect(isSigned(system, { headers: {}, body, now }, ['older', 'right'])).toBe(false)
    expect(isSigned(system, { headers, body, now }, [])).toBe(false)
  }
  expect(accepted).toBe(0)
})

test('a message of Stripe is worth nothing five minutes later', () => {
  const now = house.clock.now()
  const body = Buffer.from('{}')
  const headers = signed('stripe', body, 'right', now)
  const after = (seconds: number) =>
    isSigned('stripe', { headers, body, now: new Date(now.getTime() + seconds * 1000) }, ['right'])
  expect([after(299), after(301), after(-301)]).toEqual([true, false, false])
})

test('a wrong signature is refused and counted, and nothing of it is kept', async () => {
  await open('shopify')
  const body = sample('shopify.orders-paid')
  const headers = { ...headersOf('shopify', 'orders/paid'), ...signed('shopify', body, 'guessed', house.clock.now()) }
  await expect(receive(house, receiverId, { headers, body })).rejects.toThrow('receivers:refusal.signature')
  expect((await readReceiver(house, receiverId)).counts).toMatchObject({ refused: 1, taken: 0 })
  expect(await deliveries(house.database, receiverId, 5)).toEqual([])
})

test('while a secret is changed both count; afterwards only the new one', async () => {
  await open('shopify')
  const old = secret
  const body = sample('shopify.customers-update')
  const ask = async (with_: string) => {
    const headers = {
      ...headersOf('shopify', 'customers/update'),
      ...signed('shopify', body, with_, house.clock.now()),
    }
    return receive(house, receiverId, { headers, body }).then(
      () => true,
      () => false,
    )
  }
  const { secret: made, receiver } = await addSecret(house, receiverId, { oldEndInHours: 24 })
  expect(receiver.secrets.map(({ end }) => end)).toEqual([made!.slice(-4), old.slice(-4)])
  expect([await ask(old), await ask(made!), await ask('neither')]).toEqual([true, true, false])
  house.clock.advanceDays(2)
  expect([await ask(old), await ask(made!)]).toEqual([false, true])
  const { secret: lost } = await addSecret(house, receiverId, { oldEndInHours: 0 })
  expect([await ask(made!), await ask(lost!)]).toEqual([false, true])
})

test.each(['shopify', 'woocommerce', 'stripe'] as const)(
  '%s: an address can be tried from here; closed, it refuses',
  async system => {
    await open(system)
    expect(await tryReceiver(house, receiverId)).toEqual({ outcome: 'test', reason: null })
    expect(await deliveries(house.database, receiverId, 5)).toMatchObject([{ outcome: 'test' }])
    await closeReceiver(house, receiverId)
    await expect(
      deliver(system, `${system === 'shopify' ? 'shopify.orders-paid' : 'stripe.invoice-paid'}`, 'x'),
    ).rejects.toThrow('receivers:refusal.unknown')
    expect(await house.database.query('select 1 from receivers.secret where receiver_id = $1', [receiverId])).toEqual(
      [],
    )
  },
)
