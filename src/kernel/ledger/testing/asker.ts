import type { Act, Instruction, Only } from '../instruction.ts'
import type { AssetKind, HouseAccount } from '../kinds.ts'
import { day, shop } from './memory.ts'
import type { Oracle } from './oracle.ts'

export const kinds = new Map<string, AssetKind>([
  ['points', 'points'],
  ['tier-points', 'qualifying'],
  ['money:CNY', 'money'],
])

type Random = () => number

/** Asks for what is likely to matter: about as much as there is, holds that are known, the very instant at which something ends. */
export class Asker {
  readonly parties: readonly string[]
  private readonly random: Random
  private readonly newId: () => string
  private readonly oracle: Oracle
  private readonly asked: Instruction[] = []
  private readonly holds = new Map<string, string[]>()

  constructor(random: Random, oracle: Oracle, newId: () => string) {
    this.random = random
    this.newId = newId
    this.oracle = oracle
    this.parties = Array.from({ length: 4 }, () => this.newId())
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
    const instruction = { key: this.newId(), partyId, asset, occurredAt, ...act } as Instruction
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
    return {
      only: this.one([issuers, { source: this.source() }, { ...issuers, source: this.source() }]),
    }
  }

  private source(): string {
    return this.one(['order 1', 'order 2', 'order 3', 'pool "a\\b"', '订单'])
  }

  private holdIdOf(place: string): string {
    const known = this.holds.get(place) ?? []
    return known.length === 0 || this.chance(0.05)
      ? this.newId()
      : known[Math.max(0, known.length - 1 - this.below(4))]!
  }

  private newHoldId(place: string): string {
    const known = this.holds.get(place) ?? []
    // Another asset of the same party may know a hold by the same name: they have nothing to do with each other.
    const id = this.chance(0.1) ? this.one([...this.holds.values()].flat().concat(this.newId())) : this.newId()
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
        return {
          act: 'extend',
          until: now + (this.below(30) - 3) * day,
          ...(this.chance(0.5) && { except: [this.source()] }),
        }
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

/** What would stand in the tables, out of the oracle's units; lots by the order in which they came. */
export function counted(oracle: Oracle) {
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

export const sorted = (rows: readonly object[]) => rows.map(row => JSON.stringify(Object.entries(row).sort())).sort()
