import { expect, test } from 'vitest'
import { lineOfPlace } from './place.ts'

const event = {
  type: 'track',
  context: { traits: {}, list: [1, { a: 2 }] },
  properties: {
    products: [
      { sku: 'a', price: 1 },
      { sku: 'b', price: 'two' },
    ],
    currency: 'RMB',
  },
}

test.each([
  ['', '{'],
  ['type', '"type"'],
  ['properties.products.1.price', '"price": "two"'],
  ['properties.currency', '"currency"'],
  ['properties.total', '"properties"'],
  ['timestamp', '{'],
  ['properties.currency.deeper', '"currency"'],
])('the place %s stands on the line of %s', (place, text) => {
  expect(JSON.stringify(event, null, 2).split('\n')[lineOfPlace(event, place)]).toContain(text)
})
