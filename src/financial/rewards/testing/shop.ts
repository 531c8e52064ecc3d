import { declareAsset, type Instruction, post, verifyLedger } from '#kernel/ledger/index.ts'
import type { Caller } from '#kernel/operation.ts'
import { rooms } from '#product/rooms.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import type { Asker } from '../asker.ts'
import { createCard, createReward } from '../catalogue.ts'
import { rewardClaims } from '../claims.ts'
import type { CardTerms, RewardTerms } from '../rules.ts'

export const zone = 'Asia/Shanghai'
export const by: Asker = {
  actor: 'staff:lin',
  source: { sourceId: '01900000-0000-7000-8000-00000000000a', kind: 'staff' },
}

export const plainReward: RewardTerms = {
  name: { en: 'Tea', 'zh-CN': '茶' },
  description: {},
  icon: 'leaf',
  price: 100,
  tierPrices: [],
  stock: null,
  merchants: [],
  fromOn: null,
  untilOn: null,
  perMember: null,
  validDays: 30,
}

export const plainCard: Omit<CardTerms, 'rewardId'> = {
  name: { en: 'Three cups' },
  stamps: 3,
  per: 'purchase',
  atLeast: { amountMinor: 3000, currency: 'CNY' },
  categories: [],
  skus: [],
  merchants: [],
  startsOn: '2026-03-01',
  stampDays: null,
}

/** A shop with points, and ways to do what people do in it. */
export interface Shop {
  readonly house: TestHouse
  customer(points?: number): Promise<string>
  give(partyId: string, points: number, expiresAt?: Date): Promise<void>
  reward(terms?: Partial<RewardTerms>): Promise<string>
  card(terms?: Partial<CardTerms>): Promise<string>
  purchase(partyId: string, orderRef: string, amountMinor?: number, on?: string): Promise<void>
  refund(partyId: string, orderRef: string, amountMinor?: number): Promise<void>
  points(partyId: string): Promise<number>
  spendable(partyId: string, asset: string): Promise<number>
  left(rewardId: string): Promise<number | null>
  eventKinds(partyId: string): Promise<string[]>
  /** Asks an operation as its door would, and answers with what its contract lets through. */
  ask<Reply>(id: string, given?: { params?: object; body?: object; caller?: Caller; key?: string }): Promise<Reply>
  /** What does not hold: of rewards, and of the ledger. */
  faults(): Promise<unknown[]>
}

export async function openShop(start = '2026-03-10T04:00:00Z'): Promise<Shop> {
  // Understanding customers is not what is tried here, and folding the same one in many places at once is work.
  const some = rooms.filter(room => !room.name.startsWith('insight/') && room.name !== 'social/warnings')
  const house = await openTestHouse({ start, rooms: some, business: { zone, currency: 'CNY' } })
  const { database } = house
  await database.transaction(transaction => declareAsset(house, transaction, 'points', 'points'))
  const staff: Caller = { kind: 'staff', id: by.source.sourceId, name: 'Lin', permissions: new Set(['till.use']) }

  const spendable = async (partyId: string, asset: string) => {
    const [row] = await database.query<{ amount: number }>(
      `select coalesce(sum(available), 0)::bigint as amount from ledger.lot
       where party_id = $1 and asset = $2 and (expires_at is null or expires_at > $3)`,
      [partyId, asset, house.clock.now()],
    )
    return row!.amount
  }
  const record = async (kind: string, partyId: string, payload: object, on?: string) => {
    const occurredAt = on ? new Date(`${on}T12:00:00+08:00`) : house.clock.now()
    await house.events.ensureMonths([occurredAt, house.clock.now()])
    await database.transaction(transaction =>
      house.events.record(transaction, { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'import' }, [
        { kind, partyId, occurredAt, payload: { currency: 'CNY', lines: [], ...payload } },
      ]),
    )
  }

  const shop: Shop = {
    house,
    spendable,
    async customer(points = 0) {
      const partyId = house.newId()
      await database.query(
        `insert into parties.party (party_id, kind, name, roles, details, grams, source_id, created_at, changed_at)
         values ($1, 'person', 'Wang', '{customer}', '{}', '{}', $1, $2, $2)`,
        [partyId, house.clock.now()],
      )
      if (points > 0) await shop.give(partyId, points)
      return partyId
    },
    async give(partyId, points, expiresAt) {
      const instruction: Instruction = {
        act: 'issue',
        key: house.newId(),
        partyId,
        asset: 'points',
        occurredAt: house.clock.now().getTime(),
        amount: points,
        from: 'issuance:points',
        issuer: 'points',
        ...(expiresAt && { expiresAt: expiresAt.getTime() }),
      }
      await database.transaction(transaction =>
        post(house, transaction, [{ instructions: [instruction], author: { actor: 'test' } }]),
      )
    },
    async reward(terms) {
      const rewardId = house.newId()
      await database.transaction(transaction =>
        createReward(house, transaction, { rewardId, terms: { ...plainReward, ...terms } }),
      )
      return rewardId
    },
    async card(terms) {
      const cardId = house.newId()
      const rewardId = terms?.rewardId ?? (await shop.reward({ price: null }))
      await database.transaction(transaction =>
        createCard(house, transaction, { cardId, terms: { ...plainCard, ...terms, rewardId } }),
      )
      return cardId
    },
    purchase: (partyId, orderRef, amountMinor = 4000, on) =>
      record('purchase.recorded', partyId, { orderRef, amountMinor }, on),
    refund: (partyId, of, amountMinor = 4000) => record('refund.recorded', partyId, { of, amountMinor }),
    points: partyId => spendable(partyId, 'points'),
    async left(rewardId) {
      const [row] = await database.query<{ left: number | null }>(
        `select stock - gone + (select count(*) from rewards.reserved v
           where v.reward_id = r.reward_id and v.until <= $2) as left from rewards.reward r where reward_id = $1`,
        [rewardId, house.clock.now()],
      )
      return row!.left
    },
    async eventKinds(partyId) {
      const rows = await database.query<{ kind: string }>(
        `select kind from events.event where party_id = $1 and kind like 'reward.%' order by received_at, event_id`,
        [partyId],
      )
      return rows.map(row => row.kind)
    },
    async ask<Reply>(
      id: string,
      given: { params?: object; body?: object; caller?: Caller; key?: string } = {},
    ): Promise<Reply> {
      const found = house.rooms.flatMap(room => room.routes ?? []).find(({ operation }) => operation.id === id)!
      const { operation } = found
      const input = {
        params: given.params,
        body: operation.body?.parse(given.body ?? {}),
        caller: given.caller ?? staff,
        language: 'en',
        ...(given.key && { idempotencyKey: given.key }),
      }
      return operation.reply.parse(await found.handle(house, input as never)) as Reply
    },
    async faults() {
      return (await verifyLedger(database, rewardClaims)).filter(finding => finding.faults > 0)
    },
  }
  return shop
}
