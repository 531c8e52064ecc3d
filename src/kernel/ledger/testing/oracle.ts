import type { Instruction, Only } from '../instruction.ts'
import type { AssetKind } from '../kinds.ts'

/**
 * A second ledger, written to be obviously right and to share nothing with the first: every single unit of value is an object
 * that knows the lot it was issued in and where it is now. Slow, in memory, for small amounts; `oracle.test.ts` asks both the same.
 */
export interface OracleLot {
  readonly number: number
  readonly owner: string
  readonly asset: string
  readonly issuer: string
  readonly source: string | null
  readonly parent: OracleLot | null
  readonly maturesAt: number | null
  expiresAt: number | null
}

interface Unit {
  readonly lot: OracleLot
  place: 'pending' | 'available' | 'held' | 'captured' | 'expired' | 'revoked' | 'moved'
  /** The hold on which it lies, or that used it. */
  hold: string | null
}

interface OracleHold {
  readonly id: string
  readonly amount: number
  readonly until: number
  readonly lots: readonly { readonly lot: OracleLot; readonly amount: number }[]
  state: 'open' | 'captured' | 'released' | 'lapsed'
  merchant: string | null
  /** By lot: how much was used, how much of that given back. */
  used: Readonly<Record<number, number>>
  back: Readonly<Record<number, number>>
}

interface Purse {
  readonly party: string
  readonly asset: string
  readonly kind: AssetKind
  debt: number
  readonly units: Unit[]
  readonly holds: OracleHold[]
  readonly refunds: { readonly source: string; share: readonly [number, number]; taken: number }[]
}

export type OracleReply =
  | { readonly state: 'posted'; readonly movements: ReadonlyMap<string, number> }
  | { readonly state: 'repeated' }
  | { readonly state: 'refused'; readonly code: string; readonly details: object }

class No extends Error {
  readonly code: string
  readonly details: object
  constructor(code: string, details: object = {}) {
    super(code)
    this.code = code
    this.details = details
  }
}

export class Oracle {
  now = 0
  private readonly kinds: ReadonlyMap<string, AssetKind>
  private readonly purses = new Map<string, Purse>()
  private readonly causes = new Map<string, string>()
  private lots = 0
  private undo: (() => void)[] = []
  private movements = new Map<string, number>()

  constructor(kinds: ReadonlyMap<string, AssetKind>) {
    this.kinds = kinds
  }

  /** Instructions that are done together or not at all. */
  ask(instructions: readonly Instruction[]): OracleReply[] {
    this.undo = []
    const replies: OracleReply[] = []
    try {
      for (const instruction of instructions) {
        const { key, occurredAt: _, ...said } = instruction
        const body = JSON.stringify(Object.entries(said).sort(([a], [b]) => (a < b ? -1 : 1)))
        const earlier = this.causes.get(key)
        if (earlier !== undefined && earlier !== body) throw new No('key-used')
        if (earlier !== undefined) {
          replies.push({ state: 'repeated' })
          continue
        }
        this.movements = new Map()
        this.perform(instruction)
        this.causes.set(key, body)
        this.undo.push(() => this.causes.delete(key))
        replies.push({ state: 'posted', movements: this.movements })
      }
      return replies
    } catch (error) {
      if (!(error instanceof No)) throw error
      for (const step of this.undo.reverse()) step()
      const { code, details } = error
      return instructions.map(() => ({ state: 'refused', code: `ledger:refusal.${code}`, details }))
    }
  }

  purse(party: string, asset: string): Purse {
    const known = this.purses.get(`${party} ${asset}`)
    if (known) return known
    const kind = this.kinds.get(asset)
    if (!kind) throw new No('no-such-asset', { asset })
    const made: Purse = { party, asset, kind, debt: 0, units: [], holds: [], refunds: [] }
    this.purses.set(`${party} ${asset}`, made)
    return made
  }

  all(): Purse[] {
    return [...this.purses.values()]
  }

  /** The next instant at which time changes something by itself. */
  nextDue(purse: Purse): number {
    const dues = purse.units.map(({ place, lot, hold }) => {
      if (place === 'pending') return lot.maturesAt
      if (place === 'available') return lot.expiresAt
      return place === 'held' ? purse.holds.find(each => each.id === hold)!.until : null
    })
    return Math.min(Infinity, ...dues.filter(due => due !== null))
  }

  private set<T extends object, K extends keyof T>(object: T, field: K, value: T[K]): void {
    const old = object[field]
    this.undo.push(() => {
      object[field] = old
    })
    object[field] = value
  }

  private add<T>(list: T[], item: T): void {
    list.push(item)
    this.undo.push(() => list.pop())
  }

  private moved(
    purse: Purse,
    [code, from, to]: readonly [string, string, string],
    lot: OracleLot | null,
    at: number,
  ): void {
    const line = [purse.party, purse.asset, code, from, to, lot?.number ?? '-', at].join(' ')
    this.movements.set(line, (this.movements.get(line) ?? 0) + 1)
  }

  private send(
    purse: Purse,
    unit: Unit,
    place: Unit['place'],
    way: readonly [code: string, from: string, to: string],
    at: number,
  ): void {
    this.set(unit, 'place', place)
    this.moved(purse, way, unit.lot, at)
  }

  /** Nothing that comes can be used beyond its time, or while something is owed. */
  private arrive(purse: Purse, unit: Unit, at: number): void {
    if ((unit.lot.expiresAt ?? Infinity) <= at) {
      this.send(purse, unit, 'expired', ['expire', 'available', `breakage:${unit.lot.issuer}`], at)
    } else if (purse.debt > 0) {
      this.set(purse, 'debt', purse.debt - 1)
      this.send(purse, unit, 'revoked', ['repay', 'available', 'debt'], at)
    }
  }

  private letTimePass(purse: Purse): void {
    for (let due = this.nextDue(purse); due <= this.now; due = this.nextDue(purse)) {
      const ended = purse.holds.filter(hold => hold.state === 'open' && hold.until === due)
      for (const hold of ended.sort((a, b) => (a.id < b.id ? -1 : 1))) this.end(purse, hold, 'lapsed', due)
      for (const unit of inOrder(purse.units.filter(each => each.place === 'pending'))) {
        if (unit.lot.maturesAt !== due) continue
        this.send(purse, unit, 'available', ['mature', 'pending', 'available'], due)
        this.arrive(purse, unit, due)
      }
      for (const unit of purse.units) {
        if (unit.place === 'available' && unit.lot.expiresAt === due) this.arrive(purse, unit, due)
      }
    }
  }

  private end(purse: Purse, hold: OracleHold, state: OracleHold['state'], at: number): void {
    this.set(hold, 'state', state)
    for (const { lot } of hold.lots) {
      for (const unit of purse.units.filter(
        each => each.lot === lot && each.place === 'held' && each.hold === hold.id,
      )) {
        this.send(purse, unit, 'available', ['release', 'held', 'available'], at)
        this.arrive(purse, unit, at)
      }
    }
  }

  private usable(purse: Purse, amount: number, { issuers, source }: Only = {}): Unit[] {
    const found = purse.units.filter(
      ({ place, lot }) =>
        place === 'available' &&
        (issuers?.includes(lot.issuer) ?? true) &&
        (source === undefined || lot.source === source),
    )
    if (found.length < amount) throw new No('insufficient', { have: found.length, need: amount })
    return inOrder(found).slice(0, amount)
  }

  private perform(instruction: Instruction): void {
    const purse = this.purse(instruction.partyId, instruction.asset)
    this.letTimePass(purse)
    if ('amount' in instruction) {
      const { amount } = instruction
      if (!(Number.isInteger(amount) && amount > 0)) throw new No('not-an-amount')
      if (amount > 1e12) throw new No('too-large', { most: 1e12 })
    }
    const { now } = this
    switch (instruction.act) {
      case 'settle':
        return
      case 'issue': {
        const { amount, from, issuer, source = null, maturesAt = null, expiresAt = null, occurredAt } = instruction
        const waits = maturesAt !== null && maturesAt > now
        const code = {
          clearing: 'deposit',
          payable: 'compensate',
          adjustment: 'adjust',
          expense: 'grant',
          opening: 'open',
        }[from.split(':')[0]!]
        const to = waits ? 'pending' : 'available'
        const wrong =
          from.startsWith('breakage') || (waits && code !== undefined && code !== 'grant' && code !== 'open')
        if (wrong || (purse.kind === 'money' && !code)) throw new No('no-such-way', { from, to })
        const lot = this.newLot({
          owner: purse.party,
          asset: purse.asset,
          issuer,
          source,
          parent: null,
          maturesAt,
          expiresAt,
        })
        const units = Array.from({ length: amount }, () => this.newUnit(purse, lot, to))
        for (const unit of units) this.moved(purse, [code ?? 'issue', from, to], unit.lot, occurredAt)
        if (source !== null) this.takeBack(purse, source)
        for (const unit of units) if (unit.place === 'available') this.arrive(purse, unit, now)
        return
      }
      case 'hold': {
        const { holdId, amount, until, only } = instruction
        if (until <= now) throw new No('hold-in-the-past')
        const units = this.forUse(purse, holdId, amount, only)
        for (const unit of units) {
          this.set(unit, 'hold', holdId)
          this.send(purse, unit, 'held', ['hold', 'available', 'held'], now)
        }
        this.newHold(purse, holdId, { units, until, state: 'open', merchant: null })
        return
      }
      case 'spend': {
        const { holdId, amount, to, only } = instruction
        const units = this.forUse(purse, holdId, amount, only)
        for (const unit of units) {
          this.set(unit, 'hold', holdId)
          this.send(purse, unit, 'captured', ['spend', 'available', to], now)
        }
        const hold = this.newHold(purse, holdId, { units, until: now, state: 'captured', merchant: to })
        this.set(hold, 'used', count(units))
        return
      }
      case 'capture': {
        const { amount, to } = instruction
        const hold = this.openHold(purse, instruction.holdId)
        if (amount > hold.amount) throw new No('more-than-held', { have: hold.amount, need: amount })
        const held = hold.lots.flatMap(({ lot }) =>
          purse.units.filter(unit => unit.lot === lot && unit.place === 'held' && unit.hold === hold.id),
        )
        const used = held.slice(0, amount)
        for (const unit of used) this.send(purse, unit, 'captured', ['capture', 'held', to], now)
        this.set(hold, 'used', count(used))
        this.set(hold, 'merchant', to)
        this.end(purse, hold, 'captured', now)
        return
      }
      case 'release':
        this.end(purse, this.openHold(purse, instruction.holdId), 'released', now)
        return
      case 'return': {
        const { amount, atLeastUntil } = instruction
        const hold = purse.holds.find(each => each.id === instruction.holdId)
        if (!hold?.merchant) throw new No('no-such-redemption')
        const { merchant } = hold
        const isUsed = (unit: Unit) => unit.place === 'captured' && unit.hold === hold.id
        const used = [...hold.lots]
          .reverse()
          .flatMap(({ lot }) => purse.units.filter(unit => unit.lot === lot && isUsed(unit)))
        if (used.length < amount) throw new No('more-than-redeemed', { have: used.length, need: amount })
        const back = used.slice(0, amount)
        const given = count(back)
        this.set(hold, 'back', sumOf(hold.back, given))
        for (const unit of back) {
          if (atLeastUntil !== undefined) this.prolong(unit.lot, atLeastUntil)
          this.send(purse, unit, 'available', ['return', merchant, 'available'], now)
          this.arrive(purse, unit, now)
        }
        return
      }
      case 'revoke': {
        const { source, numerator, denominator } = instruction
        if (numerator < 0 || denominator <= 0 || numerator > denominator) throw new No('not-a-share')
        const known = purse.refunds.find(each => each.source === source)
        if (!known) this.add(purse.refunds, { source, share: [numerator, denominator], taken: 0 })
        else if (numerator * known.share[1] > known.share[0] * denominator)
          this.set(known, 'share', [numerator, denominator])
        this.takeBack(purse, source)
        return
      }
      case 'debit': {
        const { amount, to, only } = instruction
        const code = to.startsWith('clearing') ? 'withdraw' : 'adjust'
        if (code === 'adjust' && to !== 'adjustment') throw new No('no-such-way', { from: 'available', to })
        for (const unit of this.usable(purse, amount, only))
          this.send(purse, unit, 'revoked', [code, 'available', to], now)
        return
      }
      case 'transfer': {
        const { toPartyId, amount, as = null, only } = instruction
        if (purse.kind === 'qualifying') throw new No('not-transferable')
        if (toPartyId === purse.party) throw new No('transfer-to-self')
        const units = this.usable(purse, amount, only)
        const receiver = this.purse(toPartyId, purse.asset)
        this.letTimePass(receiver)
        for (const unit of units) this.send(purse, unit, 'moved', ['transfer', 'available', 'transit'], now)
        for (const parent of new Set(units.map(unit => unit.lot))) {
          const { issuer, asset, maturesAt, expiresAt } = parent
          const child = this.newLot({ owner: toPartyId, asset, issuer, source: as, parent, maturesAt, expiresAt })
          const arrived = units
            .filter(unit => unit.lot === parent)
            .map(() => this.newUnit(receiver, child, 'available'))
          for (const unit of arrived) this.moved(receiver, ['transfer', 'transit', 'available'], unit.lot, now)
          for (const unit of arrived) this.arrive(receiver, unit, now)
        }
        return
      }
      case 'extend': {
        const alive = purse.units.filter(({ place }) => ['pending', 'available', 'held'].includes(place))
        const spared = instruction.except ?? []
        for (const { lot } of alive) {
          if (!spared.some(name => name === lot.source)) this.prolong(lot, instruction.until)
        }
        return
      }
      case 'book': {
        const { code, from, to, amount, occurredAt } = instruction
        const way = `${code} ${from.split(':')[0]} ${to.split(':')[0]}`
        if (!houseWays.includes(way)) throw new No('no-such-way', { from, to })
        for (let unit = 0; unit < amount; unit++) this.moved(purse, [code, from, to], null, occurredAt)
        return
      }
      case 'overdraw': {
        const { amount, to, most } = instruction
        if (purse.kind === 'qualifying') throw new No('not-spendable')
        const have = purse.units.filter(unit => unit.place === 'available').length
        if (have > 0) throw new No('not-empty', { have })
        if (purse.debt + amount > most) throw new No('beyond-the-limit', { owed: purse.debt, need: amount, most })
        for (let unit = 0; unit < amount; unit++) {
          this.set(purse, 'debt', purse.debt + 1)
          this.moved(purse, ['overdraw', 'debt', to], null, now)
        }
      }
    }
  }

  private forUse(purse: Purse, holdId: string, amount: number, only: Only | undefined): Unit[] {
    if (purse.kind === 'qualifying') throw new No('not-spendable')
    if (purse.holds.some(hold => hold.id === holdId)) throw new No('hold-exists')
    return this.usable(purse, amount, only)
  }

  private openHold(purse: Purse, holdId: string): OracleHold {
    const hold = purse.holds.find(each => each.id === holdId)
    if (!hold) throw new No('no-such-hold')
    if (hold.state !== 'open') throw new No('hold-ended', { state: hold.state })
    return hold
  }

  /** The refunded share of all that was issued for a source, in whole units, less what was taken back before. */
  private takeBack(purse: Purse, source: string): void {
    const refund = purse.refunds.find(each => each.source === source)
    if (!refund) return
    const own = inOrder(purse.units.filter(({ lot }) => lot.source === source && lot.parent === null))
    const target = Math.floor((own.length * refund.share[0]) / refund.share[1])
    let left = target - refund.taken
    if (left <= 0) return
    this.set(refund, 'taken', target)
    const wanted = [
      ...own.filter(unit => unit.place === 'pending'),
      ...own.filter(unit => unit.place === 'available'),
      ...own.filter(unit => unit.place === 'expired'),
    ].slice(0, left)
    for (const unit of wanted) {
      const { issuer } = unit.lot
      const from = unit.place === 'expired' ? `breakage:${issuer}` : unit.place
      this.send(purse, unit, 'revoked', ['revoke', from, `revoked:${issuer}`], this.now)
    }
    left -= wanted.length
    const to = `revoked:${own[0]!.lot.issuer}`
    for (const unit of inOrder(purse.units.filter(each => each.place === 'available')).slice(0, left)) {
      this.send(purse, unit, 'revoked', ['revoke', 'available', to], this.now)
      left--
    }
    for (; left > 0; left--) {
      this.set(purse, 'debt', purse.debt + 1)
      this.moved(purse, ['revoke', 'debt', to], null, this.now)
    }
  }

  private prolong(lot: OracleLot, until: number): void {
    if (lot.parent === null && lot.expiresAt !== null && lot.expiresAt < until) this.set(lot, 'expiresAt', until)
  }

  private newLot(terms: Omit<OracleLot, 'number'>): OracleLot {
    const number = this.lots++
    this.undo.push(() => this.lots--)
    return { number, ...terms }
  }

  private newUnit(purse: Purse, lot: OracleLot, place: Unit['place']): Unit {
    const unit: Unit = { lot, place, hold: null }
    this.add(purse.units, unit)
    return unit
  }

  private newHold(
    purse: Purse,
    id: string,
    { units, ...rest }: Pick<OracleHold, 'until' | 'state' | 'merchant'> & { readonly units: readonly Unit[] },
  ): OracleHold {
    const lots = [...new Set(units.map(unit => unit.lot))].map(lot => ({
      lot,
      amount: units.filter(unit => unit.lot === lot).length,
    }))
    const hold: OracleHold = { id, amount: units.length, lots, used: {}, back: {}, ...rest }
    this.add(purse.holds, hold)
    return hold
  }
}

const houseWays = [
  'compensate expense payable',
  'retract payable expense',
  'pay-out payable clearing',
  'fund settlement pool',
  'reimburse pool settlement',
  'keep pool margin',
  'keep margin pool',
  'keep pool breakage',
  'clear settlement clearing',
  'clear clearing settlement',
]

/** First to expire, then first to mature, then first to come. */
function inOrder(units: readonly Unit[]): Unit[] {
  const never = Number.MAX_SAFE_INTEGER
  return [...units].sort(
    ({ lot: a }, { lot: b }) =>
      (a.expiresAt ?? never) - (b.expiresAt ?? never) || (a.maturesAt ?? 0) - (b.maturesAt ?? 0) || a.number - b.number,
  )
}

function count(units: readonly Unit[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const { lot } of units) counts[lot.number] = (counts[lot.number] ?? 0) + 1
  return counts
}

function sumOf(one: Readonly<Record<number, number>>, other: Readonly<Record<number, number>>): Record<number, number> {
  const result: Record<number, number> = { ...one }
  for (const [lot, more] of Object.entries(other)) result[Number(lot)] = (result[Number(lot)] ?? 0) + more
  return result
}
