import { afterAll, beforeAll, expect, it } from 'vitest'
import { settingsRoom } from '#kernel/settings/room.ts'
import { seeded } from '#statistics/sampling/seeded.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import type { Act, Instruction, Only } from './instruction.ts'
import type { AssetKind, HouseAccount } from './kinds.ts'
import { declareAsset, type Outcome, post } from './post.ts'
import { ledgerRoom } from './room.ts'
import { day, shop } from './testing/memory.ts'
import { Oracle, type OracleReply } from './testing/oracle.ts'
import { verifyLedger } from './verify.ts'

/**
 * The ledger in PostgreSQL and a second one, written otherwise, are asked the same things, in batches; every reply and
 * everything that stands in the tables must be equal. `ORACLE_OPS=5000000` for the long run, `ORACLE_SEED` to repeat one.
 */
const wanted = Number(process.env.ORACLE_OPS ?? 50_000)
const firstSeed = Number(process.env.ORACLE_SEED ?? (process.env.CI ? 727250 : process.pid))
const kinds = new Map<string, AssetKind>([
  ['points', 'points'],
  ['tier-points', 'qualifying'],
  ['money:CNY', 'money'],
])

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ rooms: [settingsRoom, ledgerRoom] })
  await house.database.transaction(async transaction => {
    for (const [asset, kind] of kinds) await declareAsset(house, transaction, asset, kind)
  })
})
afterAll(() => house?.close())

type Random = () => number

/** Asks for what is likely to matter: about as much as there is, holds that are known, the very instant at which something ends. */
class Asker {
  readonly parties: readonly string[]
  private readonly random: Random
  private readonly oracle: Oracle
  private readonly asked: Instruction[] = []
  private readonly holds = new Map<string, string[]>()

  constructor(random: Random, oracle: Oracle) {
    this.random = random
    this.oracle = oracle
    this.parties = Array.from({ length: 4 }, () => house.newId())
  }

  private below(most: number): number {
    return Math.floor(this.random() * most)
  }
  private one<T>(of: readonly T[]): T {
    return of[this.below(of.length)]!
  }
  private chance(share: number): boolean {
    return this.random() < share
  }

  /** Time stands still, passes a little, or reaches the very instant at which something is due. */
  letTimePass(now: number): number {
    if (this.chance(0.4)) return now
    const dues = this.oracle.all().map(purse => this.oracle.nextDue(purse))
    const due = this.one(dues.filter(each => Number.isFinite(each) && each > now))
    if (due !== undefined && this.chance(0.5)) return due - this.below(2)
    return now + this.one([1, 3_600_000, day, 3 * day])
  }

  request(now: number): Instruction[] {
    return Array.from({ length: this.chance(0.85) ? 1 : 1 + this.below(3) }, () => this.instruction(now))
  }

  private instruction(now: number): Instruction {
    if (this.asked.length > 0 && this.chance(0.05)) {
      const again = this.one(this.asked)
      if (!('amount' in again) || this.chance(0.7)) return again
      return { ...again, amount: again.amount + 1 } as Instruction
    }
    const partyId = this.one(this.parties)
    const asset = this.one(
      ['points', 'points', 'points', 'tier-points', 'money:CNY', 'money:CNY', 'moon-dust'].slice(
        0,
        this.chance(0.01) ? 7 : 6,
      ),
    )
    const act = this.act(partyId, asset, now)
    const occurredAt = now - this.one([0, 0, day])
    const instruction = { key: house.newId(), partyId, asset, occurredAt, ...act } as Instruction
    this.asked.push(instruction)
    return instruction
  }

  private amount(partyId: string, asset: string): number {
    const units = kinds.has(asset) ? this.oracle.purse(partyId, asset).units : []
    const have = units.filter(unit => unit.place === 'available').length
    if (this.chance(0.02)) return this.one([0, -1, 1.5, 1e12 + 1])
    if (this.chance(0.2)) return Math.max(1, have + this.below(3) - 1)
    return 1 + this.below(Math.max(3, Math.min(12, have)))
  }

  private only(): { only?: Only } {
    if (this.chance(0.7)) return {}
    const issuers = { issuers: this.one([['shop'], ['inn'], ['shop', 'inn']]) }
    return { only: this.one([issuers, { source: this.source() }, { ...issuers, source: this.source() }]) }
  }

  private source(): string {
    return this.one(['order 1', 'order 2', 'order 3', 'pool "a\\b"', '订单'])
  }

  private holdIdOf(place: string): string {
    const known = this.holds.get(place) ?? []
    return known.length === 0 || this.chance(0.05)
      ? house.newId()
      : known[Math.max(0, known.length - 1 - this.below(4))]!
  }

  private newHoldId(place: string): string {
    const known = this.holds.get(place) ?? []
    // Another asset of the same party may know a hold by the same name: they have nothing to do with each other.
    const id = this.chance(0.1) ? this.one([...this.holds.values()].flat().concat(house.newId())) : house.newId()
    this.holds.set(place, [...known, id])
    return id
  }

  private act(partyId: string, asset: string, now: number): Act {
    const place = `${partyId} ${asset}`
    const amount = this.amount(partyId, asset)
    const wait = () => (this.chance(0.5) ? {} : { maturesAt: now + (this.below(8) - 1) * day })
    const life = () => (this.chance(0.4) ? {} : { expiresAt: now + (this.below(20) - 1) * day })
    const grace = () => (this.chance(0.6) ? {} : { atLeastUntil: now + (this.below(30) - 3) * day })
    const source = () => (this.chance(0.4) ? {} : { source: this.source() })
    switch (
      this.one([
        'issue',
        'issue',
        'issue',
        'issue',
        'hold',
        'hold',
        'capture',
        'release',
        'spend',
        'spend',
        'return',
        'return',
        'revoke',
        'revoke',
        'debit',
        'transfer',
        'transfer',
        'extend',
        'book',
        'overdraw',
        'settle',
      ] as const)
    ) {
      case 'issue': {
        const issuer = this.one(['shop', 'inn'])
        const made: HouseAccount[] = asset.startsWith('money')
          ? ['clearing:bank', 'expense:bonus', 'opening:old']
          : [`issuance:${issuer}`]
        const from = this.chance(0.8)
          ? this.one(made)
          : this.one<HouseAccount>([
              'clearing:bank',
              'expense:bonus',
              'opening:old',
              'adjustment',
              'payable:late',
              'breakage:x',
              'issuance:x',
            ])
        const large = amount > 0 && amount < 1e6 && Number.isInteger(amount) ? amount + this.below(20) : amount
        return { act: 'issue', amount: large, from, issuer, ...source(), ...wait(), ...life() }
      }
      case 'hold':
        return {
          act: 'hold',
          holdId: this.newHoldId(place),
          amount,
          until: now + (this.below(9) - 1) * day,
          ...this.only(),
        }
      case 'capture':
        return { act: 'capture', holdId: this.holdIdOf(place), amount, to: shop }
      case 'release':
        return { act: 'release', holdId: this.holdIdOf(place) }
      case 'spend':
        return {
          act: 'spend',
          holdId: this.newHoldId(place),
          amount,
          to: this.one([shop, 'redeemed:inn'] as const),
          ...this.only(),
        }
      case 'return':
        return { act: 'return', holdId: this.holdIdOf(place), amount, ...grace() }
      case 'revoke':
        return {
          act: 'revoke',
          source: this.source(),
          numerator: this.below(7) - (this.chance(0.05) ? 1 : 0),
          denominator: this.one([5, 6, 7, 7, 3]),
        }
      case 'debit':
        return {
          act: 'debit',
          amount,
          to: this.one(['adjustment', 'clearing:bank', 'expense:x'] as const),
          ...this.only(),
        }
      case 'transfer':
        return {
          act: 'transfer',
          toPartyId: this.one(this.parties),
          amount,
          ...(this.chance(0.5) ? {} : { as: this.source() }),
          ...this.only(),
        }
      case 'extend':
        return { act: 'extend', until: now + (this.below(30) - 3) * day }
      case 'book':
        return {
          act: 'book',
          code: 'fund',
          amount,
          from: this.one(['settlement:inn', 'pool:town'] as const),
          to: 'pool:town',
        }
      case 'overdraw':
        return { act: 'overdraw', amount, to: shop, most: 10 }
      case 'settle':
        return { act: 'settle' }
    }
  }
}

interface Stored {
  readonly holdings: readonly Record<string, unknown>[]
  readonly lots: readonly Record<string, unknown>[]
  readonly holds: readonly Record<string, unknown>[]
  readonly sources: readonly Record<string, unknown>[]
}

const instant = (column: string) => `(extract(epoch from ${column}) * 1000)::bigint`

/** All that stands in the tables of some parties, with lots by the order in which they came. */
async function stored(parties: readonly string[]): Promise<{ state: Stored; lotNumbers: ReadonlyMap<string, number> }> {
  const [row] = await house.database.query<{ [Table in keyof Stored]: Record<string, unknown>[] | null }>(
    `select
      (select json_agg(r) from (select party_id, asset, pending, available, held, debt, ${instant('due_at')} as due from ledger.holding where party_id = any ($1)) r) as holdings,
      (select json_agg(r) from (select lot_id, party_id, asset, issuer, source, parent_id, ${instant('matures_at')} as matures, ${instant('expires_at')} as expires,
        pending, available, held, captured, expired, revoked, moved from ledger.lot where party_id = any ($1) order by lot_id) r) as lots,
      (select json_agg(r) from (select party_id, asset, hold_id, amount, ${instant('until')} as until, state, captured_by, parts from ledger.hold where party_id = any ($1)) r) as holds,
      (select json_agg(r) from (select party_id, asset, source, numerator, denominator, revoked from ledger.source where party_id = any ($1)) r) as sources`,
    [parties],
  )
  const { holdings, lots, holds, sources } = row!
  const lotNumbers = new Map((lots ?? []).map((lot, index) => [lot.lot_id as string, index]))
  const state = {
    holdings: holdings ?? [],
    lots: (lots ?? []).map(({ lot_id, parent_id, ...rest }) => ({
      ...rest,
      lot: lotNumbers.get(lot_id as string),
      parent: parent_id === null ? null : lotNumbers.get(parent_id as string),
    })),
    holds: (holds ?? []).map(({ parts, ...rest }) => ({
      ...rest,
      parts: (parts as { lotId: string; amount: number; captured: number; returned: number }[]).map(
        ({ lotId, ...part }) => ({
          lot: lotNumbers.get(lotId),
          ...part,
        }),
      ),
    })),
    sources: sources ?? [],
  }
  return { state, lotNumbers }
}

/** The same shape out of the oracle's units. */
function counted(oracle: Oracle): Omit<Stored, 'holdings'> & { balances: Record<string, unknown>[] } {
  const purses = oracle.all()
  const balances = purses.map(({ party, asset, debt, units }) => {
    const at = (place: string) => units.filter(unit => unit.place === place).length
    return { party_id: party, asset, pending: at('pending'), available: at('available'), held: at('held'), debt }
  })
  const lots = purses.flatMap(({ units }) => {
    const all = new Map(
      units.map(({ lot }) => [
        lot,
        { pending: 0, available: 0, held: 0, captured: 0, expired: 0, revoked: 0, moved: 0 },
      ]),
    )
    for (const { lot, place } of units) all.get(lot)![place]++
    return [...all].map(([lot, places]) => ({
      lot: lot.number,
      party_id: lot.owner,
      asset: lot.asset,
      issuer: lot.issuer,
      source: lot.source,
      parent: lot.parent?.number ?? null,
      matures: lot.maturesAt,
      expires: lot.expiresAt,
      ...places,
    }))
  })
  const holds = purses.flatMap(({ party, asset, holds: of }) =>
    of.map(hold => ({
      party_id: party,
      asset,
      hold_id: hold.id,
      amount: hold.amount,
      until: hold.until,
      state: hold.state,
      captured_by: hold.merchant,
      parts: hold.lots.map(({ lot, amount }) => ({
        lot: lot.number,
        amount,
        captured: hold.used[lot.number] ?? 0,
        returned: hold.back[lot.number] ?? 0,
      })),
    })),
  )
  const sources = purses.flatMap(({ party, asset, refunds }) =>
    refunds.map(({ source, share, taken }) => ({
      party_id: party,
      asset,
      source,
      numerator: share[0],
      denominator: share[1],
      revoked: taken,
    })),
  )
  return { balances, lots: lots.sort((a, b) => a.lot - b.lot), holds, sources }
}

const sorted = (rows: readonly object[]) => rows.map(row => JSON.stringify(Object.entries(row).sort())).sort()

function expectSameState(state: Stored, oracle: Oracle): void {
  const { balances, lots, holds, sources } = counted(oracle)
  const isEmpty = (row: Record<string, unknown>) =>
    [row.pending, row.available, row.held, row.debt].every(each => each === 0)
  expect(sorted(state.holdings.map(({ due: _, ...row }) => row).filter(row => !isEmpty(row)))).toEqual(
    sorted(balances.filter(row => !isEmpty(row))),
  )
  expect(state.lots.map(row => sorted([row])[0])).toEqual(lots.map(row => sorted([row])[0]))
  expect(sorted(state.holds)).toEqual(sorted(holds))
  expect(sorted(state.sources)).toEqual(sorted(sources))
  // Whoever looks at who is due misses nobody; a look too early does no harm.
  for (const { party_id, asset, due } of state.holdings as { party_id: string; asset: string; due: number | null }[]) {
    expect(due ?? Infinity).toBeLessThanOrEqual(oracle.nextDue(oracle.purse(party_id, asset)))
  }
}

function shown(outcome: Outcome, lotNumbers: ReadonlyMap<string, number>): unknown {
  if (outcome.state === 'repeated') return { state: 'repeated' }
  if (outcome.state === 'refused') return outcome
  const movements = new Map<string, number>()
  for (const { partyId, asset, code, from, to, lotId, occurredAt, amount } of outcome.postings) {
    const line = [partyId, asset, code, from, to, lotId === null ? '-' : lotNumbers.get(lotId), occurredAt].join(' ')
    movements.set(line, (movements.get(line) ?? 0) + amount)
  }
  return { state: 'posted', movements }
}

async function story(seed: number, most: number): Promise<{ count: number; posted: number; refused: number }> {
  const random = seeded(seed)
  const oracle = new Oracle(kinds)
  const asker = new Asker(random, oracle)
  const tally = { count: 0, posted: 0, refused: 0 }
  while (tally.count < most) {
    oracle.now = asker.letTimePass(house.clock.now().getTime())
    house.clock.set(new Date(oracle.now))
    const requests: Instruction[][] = []
    const expected: OracleReply[][] = []
    for (let size = 1 + Math.floor(random() * 80); size > 0; size--) {
      const request = asker.request(oracle.now)
      requests.push(request)
      expected.push(oracle.ask(request))
    }
    const outcomes = await house.database.transaction(transaction =>
      post(
        house,
        transaction,
        requests.map(instructions => ({ instructions, author: { actor: 'test' } })),
      ),
    )
    const { state, lotNumbers } = await stored(asker.parties)
    for (const [index, replies] of expected.entries()) {
      const said = outcomes[index]!.map(outcome => shown(outcome, lotNumbers))
      expect(said, `seed ${seed}: ${JSON.stringify(requests[index])}`).toEqual(replies)
      tally.count += replies.length
      tally.posted += replies.filter(reply => reply.state === 'posted').length
      tally.refused += replies.filter(reply => reply.state === 'refused').length
    }
    expectSameState(state, oracle)
  }
  return tally
}

it('the ledger answers and keeps exactly what the second one does', { timeout: 60_000 + wanted * 10 }, async () => {
  const total = { count: 0, posted: 0, refused: 0 }
  const started = performance.now()
  for (let seed = firstSeed; total.count < wanted; seed++) {
    const { count, posted, refused } = await story(seed, Math.min(400, wanted - total.count))
    total.count += count
    total.posted += posted
    total.refused += refused
  }
  const seconds = Math.round((performance.now() - started) / 1000)
  console.log(JSON.stringify({ test: 'ledger oracle', ...total, differences: 0, firstSeed, seconds }))
  expect((await verifyLedger(house.database)).filter(finding => finding.faults > 0)).toEqual([])
})
