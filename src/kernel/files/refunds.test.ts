import { expect, test } from 'vitest'
import { withRefundedOrders } from './refunds.ts'

const purchase = (orderRef: string | undefined, day: string, quantity: number, amountMinor: number, sku = 'T') => ({
  orderRef,
  occurredAt: new Date(`2025-01-${day}T00:00:00Z`),
  lines: [
    { sku: 'other', quantity: 1000, amountMinor: 1 },
    { sku, quantity, amountMinor },
  ],
})

test.each<[string, number, number, ReturnType<typeof purchase>[], string | undefined]>([
  ['part of an order', 2000, 600, [purchase('1', '01', 5000, 1500)], '1'],
  ['the latest that fits', 2000, 600, [purchase('1', '01', 5000, 1500), purchase('2', '02', 2000, 600)], '2'],
  ['never a later one', 2000, 600, [purchase('1', '01', 5000, 1500), purchase('9', '20', 2000, 600)], '1'],
  ['another price', 2000, 700, [purchase('1', '01', 5000, 1500)], undefined],
  ['more than was bought', 6000, 1800, [purchase('1', '01', 5000, 1500)], undefined],
  ['another article', 2000, 600, [purchase('1', '01', 5000, 1500, 'X')], undefined],
  ['a third, rounded', 1000, 33, [purchase('1', '01', 3000, 100)], '1'],
  ['an order without a number', 2000, 600, [purchase(undefined, '01', 5000, 1500)], undefined],
  ['nothing bought before', 2000, 600, [], undefined],
])('a refund of %s', (_, quantity, amountMinor, purchases, of) => {
  const [line] = withRefundedOrders([{ sku: 'T', quantity, amountMinor }], new Date('2025-01-10T00:00:00Z'), purchases)
  expect(line!.of).toBe(of)
})

test('a line that knows its order keeps it', () => {
  const line = { sku: 'T', quantity: 1000, amountMinor: 300, of: '7' }
  expect(withRefundedOrders([line], new Date('2025-01-10T00:00:00Z'), [purchase('1', '01', 1000, 300)])).toEqual([line])
})
