import { describe, expect, test } from 'vitest'
import { type Asking, cardTerms, isValidAt, offerOf, priceFor, type RewardTerms, rewardTerms } from './rules.ts'

const terms: RewardTerms = {
  name: { en: 'Tea' },
  description: {},
  icon: 'leaf',
  price: 500,
  tierPrices: [
    { tierId: 'gold', price: 400 },
    { tierId: 'jade', price: 300 },
  ],
  stock: 10,
  merchants: [],
  fromOn: '2026-03-01',
  untilOn: '2026-03-31',
  perMember: 2,
  validDays: 30,
}
const asking: Asking = { today: '2026-03-15', isActive: true, left: 10, reached: [], had: 0, points: 500 }

describe('whoever has reached a tier pays at most its price', () => {
  test.each([
    // price for all, reached, price
    [500, [], 500],
    [500, ['silver'], 500],
    [500, ['silver', 'gold'], 400],
    [500, ['silver', 'gold', 'jade'], 300],
    [200, ['silver', 'gold'], 200],
    [0, ['gold'], 0],
    [null, ['silver'], null],
    [null, ['gold'], 400],
  ])('%s for all, having reached %j -> %s', (price, reached, expected) => {
    expect(priceFor({ ...terms, price }, reached)).toBe(expected)
  })
})

describe('a reward says why it cannot be taken, the first reason first', () => {
  const cardOnly = { price: null, tierPrices: [] }
  test.each<[string, Partial<RewardTerms>, Partial<Asking>, string | null, number]>([
    ['exactly the price', {}, {}, null, 0],
    ['one point less', {}, { points: 499 }, 'points', 1],
    ['a tier’s price', {}, { points: 400, reached: ['gold'] }, null, 0],
    ['a present', { price: 0 }, { points: 0 }, null, 0],
    ['the first day', {}, { today: '2026-03-01' }, null, 0],
    ['the day before', {}, { today: '2026-02-28' }, 'not-yet', 0],
    ['the last day', {}, { today: '2026-03-31' }, null, 0],
    ['the day after', {}, { today: '2026-04-01' }, 'over', 0],
    ['the last one', {}, { left: 1 }, null, 0],
    ['none left', {}, { left: 0 }, 'sold-out', 0],
    ['without limit', { stock: null }, { left: null }, null, 0],
    ['had one of two', {}, { had: 1 }, null, 0],
    ['had both', {}, { had: 2 }, 'had-enough', 0],
    ['had many, no limit', { perMember: null }, { had: 99 }, null, 0],
    ['not for this tier', { price: null }, {}, 'tier', 0],
    ['for stamps alone', cardOnly, {}, 'stamps-only', 0],
    ['archived, and poor', {}, { isActive: false, points: 0 }, 'archived', 500],
    ['sold out, and poor', {}, { left: 0, points: 100 }, 'sold-out', 400],
  ])('%s', (_, change, given, why, missing) => {
    expect(offerOf({ ...terms, ...change }, { ...asking, ...given })).toMatchObject({ whyNot: why, missing })
  })
})

describe('where a reward is good', () => {
  test.each([
    [[], null, true],
    [[], 'airport', true],
    [['airport'], 'airport', true],
    [['airport'], 'harbour', false],
    [['airport'], null, false],
  ])('for %j at %s -> %s', (merchants, merchant, expected) => {
    expect(isValidAt(merchants, merchant)).toBe(expected)
  })
})

describe('terms that make no sense are refused', () => {
  const card = {
    name: { en: 'Ten cups' },
    rewardId: '0b0e8a52-6a35-4c8e-9d51-0f3f7a5d1c11',
    stamps: 10,
    per: 'purchase',
    atLeast: null,
    categories: [],
    skus: [],
    merchants: [],
    startsOn: '2026-03-01',
    stampDays: null,
  }
  test.each([
    ['no name', rewardTerms, { ...terms, name: {} }, false],
    ['an unknown language', rewardTerms, { ...terms, name: { xx: 'x' } }, false],
    ['a price below nothing', rewardTerms, { ...terms, price: -1 }, false],
    ['over before it begins', rewardTerms, { ...terms, fromOn: '2026-04-01' }, false],
    ['one day only', rewardTerms, { ...terms, fromOn: '2026-03-31' }, true],
    ['two prices for a tier', rewardTerms, { ...terms, tierPrices: [terms.tierPrices[0], terms.tierPrices[0]] }, false],
    ['a card of one stamp', cardTerms, { ...card, stamps: 1 }, false],
    ['a card of ten', cardTerms, card, true],
  ])('%s', (_, schema, given, isSound) => {
    expect(schema.safeParse(given).success).toBe(isSound)
  })
})
