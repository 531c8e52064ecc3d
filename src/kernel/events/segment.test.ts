import fc from 'fast-check'
import { expect, test } from 'vitest'
import { minorDigits } from '#kernel/locale/index.ts'
import { translate } from './segment.ts'

const context = { receivedAt: new Date('2026-03-01T09:00:00Z'), currency: 'CNY' }
const track = (properties: object, rest: object = {}) => ({
  type: 'track',
  event: 'Order Completed',
  userId: 'u',
  properties,
  ...rest,
})

test.each([
  [{ total: 12.34 }, 1234, 'CNY'],
  [{ total: '12.34' }, 1234, 'CNY'],
  [{ revenue: 0.1 + 0.2 }, 30, 'CNY'],
  [{ total: 1200, currency: 'JPY' }, 1200, 'JPY'],
  [{ total: 1.2345, currency: 'KWD' }, 1235, 'KWD'],
  [{ products: [{ sku: 'a', price: 4.35, quantity: 3 }] }, 1305, 'CNY'],
  [{ products: [{ sku: 'a', price: 1.005, quantity: 0.25 }] }, 25, 'CNY'],
])('an order of %j is worth %i minor units of %s', (properties, amountMinor, currency) => {
  const read = translate(track(properties), context)
  expect(read).toMatchObject({ ok: true, event: { kind: 'purchase.recorded', payload: { amountMinor, currency } } })
})

test('a refund names the order that it refunds on every line', () => {
  const message = {
    ...track({ order_id: 'o1', total: 5, products: [{ sku: 'a', price: 5 }] }),
    event: 'Order Refunded',
  }
  expect(translate(message, context)).toMatchObject({
    event: { kind: 'refund.recorded', payload: { amountMinor: 500, lines: [{ sku: 'a', of: 'o1' }] } },
  })
})

test('an order given back as a whole needs no lines', () => {
  const message = { ...track({ order_id: 'o1', total: 5 }), event: 'Order Cancelled' }
  expect(translate(message, context)).toMatchObject({ event: { payload: { amountMinor: 500, of: 'o1', lines: [] } } })
})

test('tax and what was paid with points or a gift card stand beside the amount', () => {
  const read = translate(
    track({ order_id: 'o2', total: 50, tax: 4.5, paid_with_points: '10', paid_with_gift_card: -1 }),
    context,
  )
  expect(read).toMatchObject({ event: { payload: { amountMinor: 5000, taxMinor: 450, paidWithPointsMinor: 1000 } } })
  expect(read).not.toHaveProperty('event.payload.paidWithGiftCardMinor')
})

test('an order knows its shop: the one it names, or the one whose key sends it', () => {
  const merchantOf = (properties: object, merchant?: string) => {
    const read = translate(track({ total: 5, ...properties }), { ...context, merchant })
    return read.ok ? (read.event!.payload as { merchant?: string }).merchant : undefined
  }
  expect(merchantOf({})).toBeUndefined()
  expect(merchantOf({ affiliation: 'lake' })).toBe('lake')
  expect(merchantOf({ affiliation: 'lake' }, 'station')).toBe('station')
  expect(merchantOf({}, 'station')).toBe('station')
})

test('a clock that is wrong is put right by the time of sending; a little network delay is left alone', () => {
  const at = (sentAt: string) => {
    const read = translate(track({}, { timestamp: '2026-02-01T00:00:00Z' }), { ...context, sentAt: new Date(sentAt) })
    return read.ok ? read.event?.occurredAt.toISOString() : undefined
  }
  expect(at('2026-03-01T08:59:30Z')).toBe('2026-02-01T00:00:00.000Z')
  expect(at('2026-03-01T07:00:00Z')).toBe('2026-02-01T02:00:00.000Z')
})

test('Chinese traits make a Chinese name', () => {
  expect(
    translate(
      { type: 'identify', userId: 'u', traits: { lastName: '王', firstName: '晓洁', email: 'a@b.cn' } },
      context,
    ),
  ).toMatchObject({
    ok: true,
    sighting: { name: '王晓洁', identifiers: [{ kind: 'customer_id' }, { kind: 'email', value: 'a@b.cn' }] },
  })
})

test('whatever is sent, the answer is a translation or a reason, never a crash', () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true }), fc.jsonValue(), (anything, json) => {
      for (const value of [
        anything,
        json,
        track(json as object),
        { type: 'track', event: json, userId: json, timestamp: anything },
      ]) {
        const read = translate(value, context)
        expect(typeof read.ok).toBe('boolean')
      }
    }),
    { numRuns: 500 },
  )
})

test('minor units follow ISO 4217', () => {
  expect(['CNY', 'JPY', 'KWD'].map(minorDigits)).toEqual([2, 0, 3])
})
