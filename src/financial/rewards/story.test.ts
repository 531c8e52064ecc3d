import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Refusal } from '#kernel/refusal.ts'
import type { Taken } from './contract.ts'
import { openShop, type Shop } from './testing/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop?.house.close())

/** What is for sale in every story: one that runs out, one for everybody but few each, one that is a present for a day. */
const shelf = [
  { price: 30, stock: 2, perMember: null, validDays: null },
  { price: 20, stock: null, perMember: 2, validDays: 1 },
  { price: 0, stock: 3, perMember: 1, validDays: 0 },
] as const

const person = fc.nat(1)
const story = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ is: fc.constantFrom('take', 'reserve'), person, thing: fc.nat(2) }) },
    {
      weight: 6,
      arbitrary: fc.record({
        is: fc.constantFrom('capture', 'void', 'use', 'undo', 'give back'),
        which: fc.nat(30),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ is: fc.constant('wait' as const), minutes: fc.constantFrom(5, 11, 20, 1440) }),
    },
    { weight: 1, arbitrary: fc.record({ is: fc.constant('jobs' as const) }) },
  ),
  { minLength: 3, maxLength: 30 },
)

/** A taking as an account book on paper would have it. */
interface Noted {
  readonly person: number
  readonly thing: number
  readonly key: string
  readonly id: string
  readonly wasReserved: boolean
  state: 'reserved' | 'taken' | 'used' | 'returned' | 'voided'
  until: number
  expiresAt: number
  usedAt: number
}

const endOfDay = (now: number, days: number) => {
  const day = 86_400_000
  const shift = 8 * 3_600_000
  return (Math.floor((now + shift) / day) + 1 + days) * day - shift
}

test('whatever people do with rewards, in whatever order and at whatever time, is what an account book on paper says', async () => {
  await fc.assert(
    fc.asyncProperty(story, async told => {
      const rewards = await Promise.all(shelf.map(({ ...terms }) => shop.reward(terms)))
      const people = [await shop.customer(100), await shop.customer(45)]
      const given = [100, 45]
      const notes: Noted[] = []
      const now = () => shop.house.clock.now().getTime()
      const is = (note: Noted) =>
        note.state === 'reserved' && note.until <= now()
          ? 'lapsed'
          : note.state === 'taken' && note.expiresAt <= now()
            ? 'expired'
            : note.state
      const isOut = (note: Noted) => ['reserved', 'taken', 'used', 'expired'].includes(is(note))
      const pointsOf = (who: number) =>
        notes
          .filter(note => note.person === who && isOut(note))
          .reduce((left, note) => left - shelf[note.thing]!.price, given[who]!)
      const leftOf = (thing: number) =>
        (shelf[thing]!.stock ?? Infinity) - notes.filter(note => note.thing === thing && isOut(note)).length
      const hadOf = (who: number, thing: number) =>
        notes.filter(note => note.person === who && note.thing === thing && isOut(note)).length

      const attempt = async (id: string, params: object, key: string): Promise<Taken | null> => {
        try {
          return await shop.ask<Taken>(id, { params, key, body: id === 'reserveReward' ? { minutes: 10 } : {} })
        } catch (error) {
          if (error instanceof Refusal) return null
          throw error
        }
      }
      const asked: { id: string; params: object; key: string }[] = []
      const begin = async (what: 'take' | 'reserve', who: number, thing: number) => {
        const id = what === 'take' ? 'takeReward' : 'reserveReward'
        const { price, perMember, validDays } = shelf[thing]!
        const may = pointsOf(who) >= price && leftOf(thing) > 0 && hadOf(who, thing) < (perMember ?? Infinity)
        const key = shop.house.newId()
        const params = { partyId: people[who]!, rewardId: rewards[thing]! }
        const answer = await attempt(id, params, key)
        expect(answer !== null).toBe(may)
        if (!answer) return
        asked.push({ id, params, key })
        notes.push({
          person: who,
          thing,
          key,
          id: answer.takenId,
          wasReserved: what === 'reserve',
          state: what === 'take' ? 'taken' : 'reserved',
          until: now() + 600_000,
          expiresAt: validDays === null ? Infinity : endOfDay(now(), validDays),
          usedAt: 0,
        })
      }
      const goOn = async (what: string, note: Noted) => {
        const state = is(note)
        const rules: Record<string, { id: string; may: boolean; next: Noted['state'] }> = {
          capture: {
            id: 'captureReward',
            may: state === 'reserved' || (note.wasReserved && note.state === 'taken'),
            next: 'taken',
          },
          void: { id: 'voidReward', may: state === 'reserved' || state === 'voided', next: 'voided' },
          use: { id: 'useTakenReward', may: state === 'taken', next: 'used' },
          undo: {
            id: 'undoUseOfReward',
            may: note.state === 'taken' || (state === 'used' && now() - note.usedAt <= 600_000),
            next: 'taken',
          },
          'give back': { id: 'giveBackReward', may: state === 'taken' || state === 'returned', next: 'returned' },
        }
        const { id, may, next } = rules[what]!
        const params = { partyId: people[note.person]!, takenId: note.id }
        const key = shop.house.newId()
        const answer = await attempt(id, params, key)
        expect([what, state, answer !== null]).toEqual([what, state, may])
        if (!answer) return
        asked.push({ id, params, key })
        if (what === 'capture' && note.state === 'reserved') {
          const { validDays } = shelf[note.thing]!
          note.expiresAt = validDays === null ? Infinity : endOfDay(now(), validDays)
        }
        if (what === 'use') note.usedAt = now()
        note.state = next
      }

      for (const step of told) {
        if (step.is === 'wait') shop.house.clock.set(new Date(now() + step.minutes * 60_000))
        else if (step.is === 'jobs') {
          await shop.house.perform('rewards.due')
          await shop.house.perform('ledger.due')
        } else if ('thing' in step) await begin(step.is as 'take', step.person, step.thing)
        else if (notes.length > 0) await goOn(step.is, notes[step.which % notes.length]!)
      }

      const seen = async () => {
        const offers = await Promise.all(
          people.map(partyId => shop.ask<{ points: number; taken: Taken[] }>('partyRewards', { params: { partyId } })),
        )
        return { offers, left: await Promise.all(rewards.map(rewardId => shop.left(rewardId))) }
      }
      const before = await seen()
      expect(before.offers.map(each => each.points)).toEqual([pointsOf(0), pointsOf(1)])
      expect(before.left).toEqual([leftOf(0), null, leftOf(2)])
      for (const note of notes) {
        const shown = before.offers[note.person]!.taken.find(taken => taken.takenId === note.id)
        expect(shown?.state).toBe(is(note))
      }
      // The same takings asked for again under the same names change nothing.
      for (const { id, params, key } of asked) if ('rewardId' in params) await attempt(id, params, key)
      expect(await seen()).toEqual(before)
      expect(await shop.faults()).toEqual([])
    }),
    { numRuns: 60 },
  )
}, 120_000)

test('stamps come to the same, in whatever order purchases and their refunds arrive', async () => {
  const fact = fc.record({
    is: fc.constantFrom('purchase', 'purchase', 'purchase', 'refund'),
    order: fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F'),
    amountMinor: fc.constantFrom(1000, 3000, 4000),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fact, { selector: ({ is, order }) => `${is} ${order}`, minLength: 1, maxLength: 12 }),
      fc.infiniteStream(fc.nat(1000)),
      async (facts, luck) => {
        const card = await shop.card()
        const worth = async (told: readonly (typeof facts)[number][]) => {
          const partyId = await shop.customer()
          for (const { is, order, amountMinor } of told) {
            if (is === 'purchase') await shop.purchase(partyId, order, amountMinor)
            else await shop.refund(partyId, order, amountMinor)
          }
          const [row] = await shop.house.database.query<{ worth: number }>(
            `select (coalesce((select available - debt from ledger.holding where party_id = $1 and asset = 'stamps:' || $2::text), 0)
               + 3 * (select count(*) from rewards.taken where party_id = $1 and card_id = $2::uuid))::int4 as worth`,
            [partyId, card],
          )
          return row!.worth
        }
        const bought = new Map(facts.filter(each => each.is === 'purchase').map(each => [each.order, each.amountMinor]))
        const back = new Map(facts.filter(each => each.is === 'refund').map(each => [each.order, each.amountMinor]))
        const due = [...bought].filter(([order, amount]) => amount - (back.get(order) ?? 0) >= 3000).length
        const dealt = facts
          .map(each => ({ each, place: luck.next().value as number }))
          .sort((one, other) => one.place - other.place)
          .map(({ each }) => each)
        expect([await worth(facts), await worth(dealt)]).toEqual([due, due])
        expect(await shop.faults()).toEqual([])
      },
    ),
    { numRuns: 40 },
  )
}, 120_000)
