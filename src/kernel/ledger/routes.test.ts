import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Caller } from '#kernel/operation.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { balanceOf, trialBalance } from './balances.ts'
import * as contract from './contract.ts'
import { journal, journalCell } from './journal.ts'
import { declareAsset, post } from './post.ts'
import { ledgerRoutes } from './routes.ts'

let house: TestHouse
let wang: string
beforeAll(async () => {
  house = await openTestHouse()
  wang = house.newId()
  await house.database.transaction(transaction => declareAsset(house, transaction, 'leaves', 'points'))
})
afterAll(() => house?.close())

const staff = (id: string): Caller => ({ kind: 'staff', id, name: id, permissions: new Set() })
const ann = staff('0190a000-0000-7000-8000-00000000000a')
const bo = staff('0190a000-0000-7000-8000-00000000000b')

/** Asks as the door does: input and answer go through the contract. */
async function ask(operation: { id: string }, caller: Caller, input: Record<string, unknown> = {}) {
  const route = ledgerRoutes.find(each => each.operation.id === operation.id)!
  const { params, query, body, reply } = route.operation
  const answer = await route.handle(house, {
    ...input,
    params: params?.parse(input.params ?? {}),
    query: query?.parse(input.query ?? {}),
    body: body?.parse(input.body ?? {}),
    caller,
    language: 'en',
  } as never)
  // biome-ignore lint/suspicious/noExplicitAny: each operation answers something else
  return reply.parse(answer) as Record<string, any>
}

const give = (amount: number, more: object = {}) => ({
  body: { partyId: wang, asset: 'leaves', amount, reason: 'a broken teapot' },
  ...more,
})
const available = async () => (await balanceNow()).available
const balanceNow = () => balanceOf(house.database, wang, 'leaves', { at: house.clock.now(), view: 'posted' })

describe('an adjustment', () => {
  it('below the threshold is posted at once, and under one key once', async () => {
    const first = await ask(contract.adjustHolding, ann, give(200, { idempotencyKey: 'a' }))
    expect(first).toMatchObject({ state: 'posted' })
    expect(await ask(contract.adjustHolding, ann, give(200, { idempotencyKey: 'a' }))).toEqual(first)
    expect(await available()).toBe(200)
  })

  it('under the same key with another content is refused', async () => {
    await expect(ask(contract.adjustHolding, ann, give(201, { idempotencyKey: 'a' }))).rejects.toMatchObject({
      code: 'ledger:refusal.key-used',
    })
  })

  it('of exactly the threshold needs nobody else, one more does', async () => {
    expect(await ask(contract.adjustHolding, ann, give(1000))).toMatchObject({ state: 'posted' })
    const asked = await ask(contract.adjustHolding, ann, give(1001))
    expect(asked).toMatchObject({ state: 'waiting' })
    expect(await available()).toBe(1200)
    const say = (caller: Caller, decision: string) =>
      ask(contract.decideAdjustment, caller, {
        params: { adjustmentId: asked.adjustmentId },
        body: { partyId: wang, decision },
      })
    await expect(say(ann, 'approve')).rejects.toMatchObject({ code: 'ledger:refusal.second-pair-of-eyes' })
    const key: Caller = { kind: 'key', id: 'till', name: 'till', merchantId: null, permissions: new Set() }
    await expect(say(key, 'approve')).rejects.toMatchObject({ code: 'ledger:refusal.staff-approve' })
    expect(await say(bo, 'approve')).toMatchObject({ state: 'posted' })
    await expect(say(bo, 'decline')).rejects.toMatchObject({ code: 'ledger:refusal.decided' })
    expect(await available()).toBe(2201)
  })

  it('that is declined changes nothing, and taking more than there is is refused', async () => {
    const { adjustmentId } = await ask(contract.adjustHolding, ann, give(-2000))
    const decline = { params: { adjustmentId }, body: { partyId: wang, decision: 'decline' } }
    expect(await ask(contract.decideAdjustment, bo, decline)).toMatchObject({ state: 'declined' })
    await ask(contract.adjustHolding, ann, give(-1000))
    await ask(contract.adjustHolding, ann, give(-1000))
    await expect(ask(contract.adjustHolding, ann, give(-1000))).rejects.toMatchObject({
      code: 'ledger:refusal.insufficient',
    })
    expect(await available()).toBe(201)
    const { items } = await ask(contract.listAdjustments, ann)
    expect((items as unknown[]).length).toBe(6)
  })

  it('of what a programme keeps with a code or a card is refused: the two would disagree', async () => {
    await house.database.transaction(transaction => declareAsset(house, transaction, 'reward:tea', 'right'))
    const right = give(1)
    await expect(
      ask(contract.adjustHolding, ann, { ...right, body: { ...right.body, asset: 'reward:tea' } }),
    ).rejects.toMatchObject({ code: 'ledger:refusal.not-by-hand' })
  })
})

describe('balances', () => {
  it('as of any instant, as the ledger said then or as is known today', async () => {
    const li = house.newId()
    const now = house.clock.now().getTime()
    const day = 86_400_000
    const issue = (key: string, occurredAt: number) =>
      house.database.transaction(transaction =>
        post(house, transaction, [
          {
            author: { actor: 'test' },
            instructions: [
              {
                key,
                partyId: li,
                asset: 'leaves',
                occurredAt,
                act: 'issue',
                amount: 10,
                from: 'issuance:x',
                issuer: 'x',
              },
            ],
          },
        ]),
      )
    await issue(`early ${li}`, now)
    house.clock.advanceDays(5)
    // Told five days late.
    await issue(`late ${li}`, now)
    const on = async (days: number, view: 'posted' | 'occurred') =>
      (await balanceOf(house.database, li, 'leaves', { at: new Date(now + days * day), view })).available
    expect([await on(-1, 'posted'), await on(1, 'posted'), await on(5, 'posted')]).toEqual([0, 10, 20])
    expect([await on(-1, 'occurred'), await on(1, 'occurred')]).toEqual([0, 20])
  })

  it('of all accounts are zero together, from what is kept and replayed', async () => {
    const kept = await trialBalance(house.database)
    const replayed = await trialBalance(house.database, { at: house.clock.now(), view: 'posted' })
    const worth = (balances: typeof kept) => balances.filter(each => each.balance !== 0)
    expect(worth(kept)).toEqual(worth(replayed))
    expect(kept.reduce((sum, each) => sum + each.balance, 0)).toBe(0)
    const answer = await ask(contract.readLedger, ann, { query: { at: house.clock.now().toISOString() } })
    expect(answer).toMatchObject({
      assets: [{ asset: 'leaves', approvalAbove: 1000 }, { asset: 'reward:tea' }],
      whole: null,
    })
  })

  it('of one customer come with lots, the next expiry and the reasons', async () => {
    const { holdings, history } = await ask(contract.readHoldings, ann, { params: { partyId: wang } })
    expect(holdings).toMatchObject([{ asset: 'leaves', available: 201, nextExpiry: null }])
    expect(history[0]).toMatchObject({ code: 'adjust', reason: 'a broken teapot', from: 'available' })
  })
})

describe('the journal', () => {
  it('pages through everything once, whatever the size of the page', async () => {
    const seen: string[] = []
    let before: string | undefined
    do {
      const answer = await ask(contract.listPostings, ann, { query: { limit: 2, ...(before && { before }) } })
      for (const item of answer.items as contract.ShownPosting[]) seen.push(`${item.transactionId} ${item.position}`)
      before = answer.next ?? undefined
    } while (before)
    const [row] = await house.database.query<{ count: number }>('select count(*) as count from ledger.posting')
    expect(new Set(seen).size).toBe(row!.count)
    expect(seen.length).toBe(row!.count)
  })

  it('finds an account by its kind or its name', async () => {
    const count = async (account: string) =>
      ((await ask(contract.listPostings, ann, { query: { account } })).items as unknown[]).length
    expect(await count('issuance')).toBe(2)
    expect(await count('issuance:x')).toBe(2)
    expect(await count('issuance:y')).toBe(0)
    expect(await count('iss%')).toBe(0)
  })

  it('as CSV has one balanced line for each movement, and no cell is a formula', async () => {
    let text = ''
    for await (const part of journal(house.database, {})) text += part
    const lines = text.trimEnd().split('\r\n')
    const [row] = await house.database.query<{ count: number }>('select count(*) as count from ledger.posting')
    expect(lines).toHaveLength(row!.count + 1)
    expect(lines[0]).toBe(
      '\uFEFFoccurredAt,postedAt,asset,code,from,to,amount,partyId,transactionId,key,actor,approvedBy,reason',
    )
  })

  it.each([
    ['tea', 'tea'],
    ['=1+1', `'=1+1`],
    [' @SUM(A1)', `' @SUM(A1)`],
    ['-3', `'-3`],
    ['a "b", c', '"a ""b"", c"'],
    ['two\nlines', '"two\nlines"'],
    [null, ''],
    [12, '12'],
  ])('writes %j as %s', (value, written) => {
    expect(journalCell(value)).toBe(written)
  })
})
