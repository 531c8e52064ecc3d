import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EventSource, type NewEvent, systemSource } from '#kernel/events/index.ts'
import { post, verifyLedger } from '#kernel/ledger/index.ts'
import { resolveParties, type Sighting } from '#kernel/parties/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import type { Candidate, Merge, Side } from './contract.ts'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-06-20T04:00:00Z', business: { zone: 'Asia/Shanghai', currency: 'CNY' } })
  const programme = await ask<{ usual: object; todayOn: string }>('readProgramme')
  const earning = [
    { kind: 'spend', ruleId: 'spend', points: 1, perMinor: 1000, match: { kind: 'all' } },
    { kind: 'first', ruleId: 'welcome', points: 20 },
    { kind: 'volume', ruleId: 'volume', points: 40, atLeastMinor: 30_000, per: 'quarter' },
  ]
  const rules = { ...programme.usual, earning, pendingDays: 0 }
  await ask('publishProgramme', {}, { startsOn: '2026-01-01', rules })
  await ask(
    'changeTiers',
    {},
    {
      rules: {
        ...{ measure: 'spend', currency: 'CNY', window: { kind: 'rolling', months: 12 } },
        tiers: [{ tierId: 'gold', name: 'Gold', atLeast: 50_000, rights: [] }],
        ...{ graceDays: 0, softLanding: false, noticeDays: 0 },
      },
    },
  )
})
afterAll(async () => {
  await expectVerified()
  await house.close()
})

const lin = '01900000-0000-7000-8000-0000000000aa'

async function ask<Reply>(id: string, params: object = {}, body: object = {}, query: object = {}): Promise<Reply> {
  const { operation, handle } = house.routes.find(route => route.operation.id === id)!
  const caller = { kind: 'staff', id: lin, name: 'Lin', permissions: new Set() }
  const input = {
    ...{ params, caller, language: 'en', idempotencyKey: house.newId() },
    ...{ query: operation.query?.parse(query), body: operation.body?.parse(body) },
  }
  return operation.reply.parse(await handle(house, input as never)) as Reply
}

const source: EventSource = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'import' }
const at = (on: string) => new Date(`${on}T10:00:00+08:00`)

async function expectVerified(): Promise<void> {
  const findings = await verifyLedger(house.database)
  expect(findings.filter(finding => finding.faults > 0)).toEqual([])
}

let people = 0
async function person(sighting: Partial<Sighting> = {}): Promise<{ partyId: string; card: string }> {
  const card = `card ${++people}`
  const given = { ...sighting, identifiers: [{ kind: 'card' as const, value: card }, ...(sighting.identifiers ?? [])] }
  const { partyIds } = await house.database.transaction(tx => resolveParties(tx, house, source.sourceId, [given]))
  return { partyId: partyIds[0]!, card }
}

/** Told by the card, as a till or a file would: whoever the card belongs to. */
async function tell(card: string, event: Omit<NewEvent, 'partyId'>): Promise<void> {
  await house.events.ensureMonths([event.occurredAt, house.clock.now()])
  await house.database.transaction(async transaction => {
    const sighting = { identifiers: [{ kind: 'card' as const, value: card }] }
    const { origins } = await resolveParties(transaction, house, source.sourceId, [sighting])
    await house.events.record(transaction, source, [{ ...event, partyId: origins[0]! }])
  })
}

function buying(on: string, amountMinor: number, orderRef?: string): Omit<NewEvent, 'partyId'> {
  const payload = { amountMinor, currency: 'CNY', lines: [], ...(orderRef && { orderRef }) }
  const keys = orderRef ? [['order', '', orderRef]] : []
  return { kind: 'purchase.recorded', occurredAt: at(on), payload, keys }
}
const refunding = (on: string, amountMinor: number, of: string): Omit<NewEvent, 'partyId'> => ({
  kind: 'refund.recorded',
  occurredAt: at(on),
  payload: { amountMinor, currency: 'CNY', lines: [], of },
})

const merge = (keptId: string, otherId: string, choices: object = {}) =>
  ask<Merge>('mergeProfiles', {}, { keptId, otherId, choices })
const undo = (mergeId: string) => ask<Merge>('undoMerge', { mergeId })

async function spend(partyId: string, amount: number): Promise<boolean> {
  const request = {
    author: { actor: 'test' },
    instructions: [
      {
        ...{ act: 'spend' as const, key: house.newId(), partyId, asset: 'points', holdId: house.newId(), amount },
        ...{ to: 'redeemed:shop' as const, occurredAt: house.clock.now().getTime() },
      },
    ],
  }
  const [outcomes] = await house.database.transaction(transaction => post(house, transaction, [request]))
  return outcomes![0]!.state === 'posted'
}

const available = async (partyId: string) => {
  const { available: points, owedBack } = await ask<{ available: number; owedBack: number }>('memberPoints', {
    partyId,
  })
  return points - owedBack
}

/** All that is understood of somebody, from the rows that are kept; without ids and instants of writing. */
async function understood(partyIds: readonly string[]) {
  const rows = (sql: string) => house.database.query(sql, [partyIds])
  return {
    log: await rows(
      'select kind, occurred_at, payload from events.event where party_id = any ($1) order by occurred_at, kind, payload::text',
    ),
    rhythm: await rows(
      `select purchase_days, purchases, first_on, last_on, gap_days_sum, spend_minor, refund_minor, refunds, late_on
       from rhythm.state where party_id = any ($1)`,
    ),
    stage: await rows(
      'select purchase_days, first_on, last_on, stage, since_on from stage.standing where party_id = any ($1)',
    ),
    tier: await rows('select tier_id, drops_on from tiers.standing where party_id = any ($1) and tier_id is not null'),
    lines: await rows(
      // What is given for a quarter keeps the day on which it was first reached, as it was known then.
      `select rule_id, case when rule_id <> 'volume' then occurred_at end as at, sum(kept)::int4 as kept
       from points.line where party_id = any ($1) group by 1, 2 having sum(kept) > 0 order by 2, 1, 3`,
    ),
  }
}

describe('two profiles of one person', () => {
  it('are one customer, with one history, one balance and one tier, and two again after the undo', async () => {
    const [one, other] = [await person({ name: '王晓洁' }), await person({ name: '王晓洁', birthday: '1984-03-08' })]
    await tell(one.card, buying('2026-02-01', 30_000, 'a1'))
    await tell(other.card, buying('2026-03-01', 25_000, 'b1'))
    const before = [await understood([one.partyId]), await understood([other.partyId])]
    const { mergeId } = await merge(one.partyId, other.partyId)
    const both = await understood([one.partyId])
    expect(both.rhythm).toMatchObject([{ purchases: 2, spend_minor: 55_000 }])
    expect(both.tier).toMatchObject([{ tier_id: 'gold' }])
    // 30 + 25 for what was spent, one welcome, one quarter.
    expect(await available(one.partyId)).toBe(55 + 20 + 40)
    expect(await available(other.partyId)).toBe(55 + 20 + 40)
    expect((await understood([other.partyId])).rhythm).toEqual([])
    const shown = await ask<{ partyId: string; birthday: string; identifiers: object[] }>('readParty', {
      partyId: other.partyId,
    })
    expect(shown).toMatchObject({ partyId: one.partyId, birthday: '1984-03-08' })
    expect(shown.identifiers).toHaveLength(2)
    await undo(mergeId)
    expect([await understood([one.partyId]), await understood([other.partyId])]).toEqual(before)
    expect(await ask('readParty', { partyId: one.partyId })).toMatchObject({ partyId: one.partyId, birthday: null })
    expect(await available(one.partyId)).toBe(30 + 20 + 40)
    expect(await available(other.partyId)).toBe(25 + 20)
  })

  it('what comes later by the identifiers of one goes back to that one', async () => {
    const [one, other] = [await person(), await person()]
    await tell(one.card, buying('2026-02-01', 10_000))
    const { mergeId } = await merge(one.partyId, other.partyId)
    await tell(other.card, buying('2026-05-01', 20_000, 'late'))
    expect((await understood([one.partyId])).rhythm).toMatchObject([{ purchases: 2 }])
    // The same order again, by a key that is known: nothing happens, merged or not.
    await tell(other.card, buying('2026-05-01', 20_000, 'late'))
    await undo(mergeId)
    expect((await understood([one.partyId])).rhythm).toMatchObject([{ purchases: 1 }])
    expect((await understood([other.partyId])).rhythm).toMatchObject([{ purchases: 1, spend_minor: 20_000 }])
    expect(await available(other.partyId)).toBe(20 + 20)
    await tell(other.card, buying('2026-05-01', 20_000, 'late'))
    expect((await understood([other.partyId])).rhythm).toMatchObject([{ purchases: 1 }])
  })

  it('a refund after the merge takes back points wherever they lie', async () => {
    const [one, other] = [await person(), await person()]
    await tell(one.card, buying('2026-02-01', 10_000, 'r1'))
    await tell(other.card, buying('2026-02-02', 20_000, 'r2'))
    await merge(one.partyId, other.partyId)
    expect(await available(one.partyId)).toBe(10 + 20 + 20 + 40)
    await tell(one.card, refunding('2026-02-03', 20_000, 'r2'))
    expect(await available(one.partyId)).toBe(10 + 20)
    await expectVerified()
  })

  it('a merge of a merge is undone in any order', async () => {
    const [a, b, c] = [await person(), await person(), await person()]
    const own = [buying('2026-02-01', 10_000), buying('2026-02-02', 20_000), buying('2026-02-03', 30_000)]
    for (const [index, each] of [a, b, c].entries()) await tell(each.card, own[index]!)
    const purchasesOf = async () =>
      Promise.all(
        [a, b, c].map(
          async each => ((await understood([each.partyId])).rhythm[0] as { spend_minor?: number })?.spend_minor,
        ),
      )
    const first = await merge(b.partyId, c.partyId)
    const second = await merge(a.partyId, b.partyId)
    expect(await purchasesOf()).toEqual([60_000, undefined, undefined])
    await undo(first.mergeId)
    expect(await purchasesOf()).toEqual([30_000, undefined, 30_000])
    await undo(second.mergeId)
    expect(await purchasesOf()).toEqual([10_000, 20_000, 30_000])
    const again = await merge(b.partyId, c.partyId)
    const top = await merge(a.partyId, c.partyId)
    expect(await purchasesOf()).toEqual([60_000, undefined, undefined])
    await undo(top.mergeId)
    expect(await purchasesOf()).toEqual([10_000, 50_000, undefined])
    await undo(again.mergeId)
    expect(await purchasesOf()).toEqual([10_000, 20_000, 30_000])
  })

  it('a name is chosen where both have one, and what was edited since stays edited', async () => {
    const [one, other] = [await person({ name: 'Lena Berg' }), await person({ name: 'Magdalena Berg' })]
    const preview = await ask<{ merged: Side; conflicts: string[] }>(
      'previewMerge',
      {},
      {},
      { keptId: one.partyId, otherId: other.partyId, name: 'other' },
    )
    expect(preview).toMatchObject({ merged: { name: 'Magdalena Berg', profiles: 2 }, conflicts: ['name'] })
    const nothing = await ask<{ items: Merge[] }>('listMerges')
    expect(nothing.items.some(each => each.keptId === one.partyId)).toBe(false)
    const { mergeId } = await merge(one.partyId, other.partyId, { name: 'other' })
    await ask('changeParty', { partyId: other.partyId }, { birthday: '1990-01-02' })
    await undo(mergeId)
    expect(await ask('readParty', { partyId: one.partyId })).toMatchObject({
      name: 'Lena Berg',
      birthday: '1990-01-02',
    })
    expect(await ask('readParty', { partyId: other.partyId })).toMatchObject({ name: 'Magdalena Berg', birthday: null })
  })

  it('the same person twice, or an organisation and a person, are refused', async () => {
    const [one, other, firm] = [await person(), await person(), await person({ kind: 'organisation' })]
    await merge(one.partyId, other.partyId)
    await expect(merge(one.partyId, other.partyId)).rejects.toMatchObject({ code: 'merges:refusal.same-person' })
    await expect(merge(one.partyId, firm.partyId)).rejects.toMatchObject({ code: 'merges:refusal.not-two-people' })
  })

  it('two who merge the same at once make one merge', async () => {
    const [a, b, c] = [await person(), await person(), await person()]
    const tries = await Promise.allSettled([
      merge(a.partyId, b.partyId),
      merge(b.partyId, a.partyId),
      merge(c.partyId, b.partyId),
    ])
    expect(tries.filter(each => each.status === 'fulfilled').length).toBeGreaterThan(0)
    const { items } = await ask<{ items: Merge[] }>('listMerges')
    const ours = items.filter(each => [a, b, c].some(party => party.partyId === each.otherId) && each.undoneAt === null)
    expect(new Set(ours.map(each => each.otherId)).size).toBe(ours.length)
    for (const each of ours) await undo(each.mergeId)
    const open = await house.database.query(
      'select from parties.party where party_id = any ($1) and canonical_party_id is not null',
      [[a, b, c].map(each => each.partyId)],
    )
    expect(open).toEqual([])
  })

  it('what was recorded at the very moment of the merge is brought after', async () => {
    const [one, other] = [await person(), await person()]
    await merge(one.partyId, other.partyId)
    await house.events.ensureMonths([at('2026-03-03')])
    await house.database.query(
      `insert into events.event (party_id, occurred_at, event_id, kind, payload, source_id, received_at)
       values ($1, $2, $3, 'purchase.recorded', $4, $5, $2)`,
      [
        other.partyId,
        at('2026-03-03'),
        house.newId(),
        { amountMinor: 900, currency: 'CNY', lines: [] },
        systemSource.sourceId,
      ],
    )
    expect(await house.perform('merges.gather')).toEqual({ profiles: 1 })
    expect((await understood([one.partyId])).rhythm).toMatchObject([{ purchases: 1, spend_minor: 900 }])
  })
})

describe('whatever happens, in whatever order', () => {
  const steps = fc.array(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          do: fc.constant('buy' as const),
          who: fc.nat(1),
          day: fc.nat(150),
          tens: fc.integer({ min: 1, max: 40 }),
        }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('refund' as const), who: fc.nat(1), which: fc.nat(20) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('toggle' as const), keeps: fc.nat(1) }) },
    ),
    { minLength: 4, maxLength: 14 },
  )
  const dayOf = (day: number) => new Date(Date.parse('2026-01-05') + day * 86_400_000).toISOString().slice(0, 10)

  it('merged it is as if they had always been one; undone, as if they had never been merged', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async story => {
        // The same story three times: merged and undone on the way, never merged, and one profile from the start.
        const pair = [await person(), await person()]
        const apart = [await person(), await person()]
        const single = await person()
        let open: string | undefined
        const orders: { who: number; amountMinor: number; day: number; refunded: boolean }[] = []
        const run = house.newId()
        for (const step of story) {
          if (step.do === 'toggle') {
            if (open !== undefined) {
              await undo(open)
              open = undefined
            } else open = (await merge(pair[step.keeps]!.partyId, pair[1 - step.keeps]!.partyId)).mergeId
            continue
          }
          const order = step.do === 'refund' ? orders[step.which % Math.max(1, orders.length)] : undefined
          if (step.do === 'refund' && (!order || order.refunded)) continue
          if (step.do === 'buy')
            orders.push({ who: step.who, amountMinor: step.tens * 1000, day: step.day, refunded: false })
          const meant = order ?? orders.at(-1)!
          const number = orders.indexOf(meant)
          if (order) order.refunded = true
          const event = (name: string) =>
            order
              ? refunding(dayOf(meant.day + 1), meant.amountMinor, `${run} ${name} ${number}`)
              : buying(dayOf(meant.day), meant.amountMinor, `${run} ${name} ${number}`)
          await tell(pair[meant.who]!.card, event('x'))
          await tell(apart[meant.who]!.card, event('x').kind === 'refund.recorded' ? event('y') : event('y'))
          await tell(single.card, event('z'))
        }
        const plain = (facts: Awaited<ReturnType<typeof understood>>) =>
          JSON.parse(
            JSON.stringify(facts)
              .replaceAll(/ [xyz] /g, ' ')
              .replaceAll(/"kind":"tiers\.[a-z]+"/g, '""'),
          )
        const withoutNotes = ({ log, ...facts }: Awaited<ReturnType<typeof understood>>) =>
          plain({ ...facts, log: log.filter(row => /recorded$/.test(String(row.kind))) })
        if (open !== undefined) {
          const kept = (await ask<{ partyId: string }>('readParty', { partyId: pair[0]!.partyId })).partyId
          const profiles = pair.map(each => each.partyId)
          expect(withoutNotes(await understood(profiles))).toEqual(withoutNotes(await understood([single.partyId])))
          expect(await available(kept)).toBe(await available(single.partyId))
          await undo(open)
        }
        for (const index of [0, 1]) {
          const [ours, theirs] = [pair[index]!.partyId, apart[index]!.partyId]
          expect(withoutNotes(await understood([ours]))).toEqual(withoutNotes(await understood([theirs])))
          expect(await available(ours)).toBe(await available(theirs))
        }
      }),
      { numRuns: 12 },
    )
    await expectVerified()
  })

  it('what is spent across both is spent once: nothing appears and nothing is lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ who: fc.nat(1), spend: fc.integer({ min: 1, max: 60 }), toggle: fc.boolean() }), {
          maxLength: 8,
        }),
        async story => {
          const pair = [await person(), await person()]
          await tell(pair[0]!.card, buying('2026-02-15', 30_000))
          await tell(pair[1]!.card, buying('2026-02-01', 20_000))
          let open: string | undefined
          let spent = 0
          for (const step of story) {
            if (await spend(pair[step.who]!.partyId, step.spend)) spent += step.spend
            if (!step.toggle) continue
            if (open === undefined) open = (await merge(pair[0]!.partyId, pair[1]!.partyId)).mergeId
            else {
              await undo(open)
              open = undefined
            }
          }
          if (open !== undefined) await undo(open)
          const left = (await available(pair[0]!.partyId)) + (await available(pair[1]!.partyId))
          expect(left + spent).toBe(30 + 20 + 40 + 20 + 20)
        },
      ),
      { numRuns: 12 },
    )
    await expectVerified()
  })
})

describe('duplicates', () => {
  it('finds who may be one, says why, and never asks again about who is not', async () => {
    const phone = (value: string) => [{ kind: 'phone' as const, value }]
    const one = await person({ name: '欧阳晓洁', birthday: '1984-03-08', identifiers: phone('13800005521') })
    const other = await person({ name: 'Xiaojie Ouyang', birthday: '1984-03-08', identifiers: phone('13800005512') })
    const stranger = await person({ name: '欧阳晓洁', birthday: '1991-07-01', identifiers: phone('13912345678') })
    await house.perform('merges.search')
    const listed = async () => (await ask<{ items: Candidate[] }>('listDuplicates', {}, {}, { limit: 100 })).items
    const found = (await listed()).filter(each =>
      [one, other, stranger].some(({ partyId }) => partyId === each.one.partyId),
    )
    expect(found).toHaveLength(1)
    expect([found[0]!.one.partyId, found[0]!.other.partyId].sort()).toEqual([one.partyId, other.partyId].sort())
    expect(found[0]!.evidence.map(each => each.kind).sort()).toEqual(['phone-swapped', 'same-birthday', 'same-sound'])
    await ask('dismissDuplicate', { candidateId: found[0]!.candidateId })
    await house.clock.set(new Date(house.clock.now().getTime() + 60_000))
    await ask('changeParty', { partyId: one.partyId }, { details: { city: 'Shanghai' } })
    await house.perform('merges.search')
    expect((await listed()).some(each => each.one.partyId === one.partyId)).toBe(false)
  })
})
