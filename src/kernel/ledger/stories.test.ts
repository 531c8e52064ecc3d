import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Holding, Lot } from './holding.ts'
import { isAllowed } from './kinds.ts'
import { type Book, balances, book } from './testing/memory.ts'
import { parties, type Step, stories, told } from './testing/stories.ts'

// Random stories of everything that can be asked; after every step it is asked what must always hold.

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
const lotsOf = (holding: Holding): Lot[] => [...holding.lots.values()]

function play(sequence: readonly Step[], afterEach: (ledger: Book, now: number, asked: Holding) => void): void {
  const ledger = book()
  for (const { partyId, act, now } of told(sequence)) {
    const before = ledger.postings.length
    const refused = ledger.ask(act, now, partyId)
    if (refused !== undefined) expect(ledger.postings.length).toBe(before)
    else expectNothingDue(ledger.holdingOf(partyId), now)
    afterEach(ledger, now, ledger.holdingOf(partyId))
  }
}

/** Whoever was asked for has nothing left that time has already changed. */
function expectNothingDue({ lots, holds }: Holding, now: number): void {
  for (const lot of lots.values()) {
    if (lot.available > 0) expect(lot.expiresAt ?? Infinity).toBeGreaterThan(now)
    if (lot.pending > 0) expect(lot.maturesAt ?? Infinity).toBeGreaterThan(now)
  }
  for (const hold of holds.values()) if (hold.state === 'open') expect(hold.until).toBeGreaterThan(now)
}

function expectSound({ holdings, postings }: Book): void {
  const balance = balances(postings)
  expect(sum([...balance.values()])).toBe(0)
  expect(balance.get('transit') ?? 0).toBe(0)
  for (const posting of postings) {
    expect(isAllowed(posting.code, posting.from as never, posting.to as never)).toBe(true)
    expect(posting.amount).toBeGreaterThan(0)
  }
  const all = [...holdings.values()].flatMap(lotsOf)
  for (const holding of holdings.values()) {
    expectAccounts(holding, balance)
    expectLots(holding, all)
    expectHolds(holding)
    expectSources(holding)
  }
}

function expectAccounts(holding: Holding, balance: ReadonlyMap<string, number>): void {
  const { partyId, pending, available, held, debt } = holding
  for (const account of ['pending', 'available', 'held'] as const) {
    expect(balance.get(`${partyId} ${account}`) ?? 0).toBe(holding[account])
    expect(sum(lotsOf(holding).map(lot => lot[account]))).toBe(holding[account])
  }
  expect(balance.get(`${partyId} debt`) ?? 0).toBe(-debt + 0)
  expect(Math.min(pending, available, held, debt)).toBeGreaterThanOrEqual(0)
  if (debt > 0) expect(available).toBe(0)
}

function expectLots(holding: Holding, all: readonly Lot[]): void {
  for (const lot of holding.lots.values()) {
    const parts = [lot.pending, lot.available, lot.held, lot.captured, lot.expired, lot.revoked, lot.moved]
    expect(Math.min(...parts)).toBeGreaterThanOrEqual(0)
    expect(sum(parts)).toBe(lot.issued)
    // What was given away is what arrived, of the same issuer, and never outlives what it came from.
    expect(sum(all.filter(other => other.parentId === lot.lotId).map(other => other.issued))).toBe(lot.moved)
    if (lot.parentId === null) continue
    const parent = all.find(other => other.lotId === lot.parentId)!
    expect(lot.expiresAt ?? Infinity).toBeLessThanOrEqual(parent.expiresAt ?? Infinity)
    expect(lot.issuer).toBe(parent.issuer)
  }
}

function expectHolds({ holds, held, lots }: Holding): void {
  expect(sum([...holds.values()].filter(hold => hold.state === 'open').map(hold => hold.amount))).toBe(held)
  for (const hold of holds.values()) {
    expect(sum(hold.parts.map(part => part.amount))).toBe(hold.amount)
    for (const part of hold.parts) {
      expect(part.captured).toBeLessThanOrEqual(part.amount)
      expect(part.returned).toBeLessThanOrEqual(part.captured)
    }
  }
  const used = new Map<string, number>()
  for (const { lotId, captured, returned } of [...holds.values()].flatMap(hold => hold.parts)) {
    used.set(lotId, (used.get(lotId) ?? 0) + captured - returned)
  }
  for (const lot of lots.values()) expect(used.get(lot.lotId) ?? 0).toBe(lot.captured)
}

function expectSources(holding: Holding): void {
  for (const { source, numerator, denominator, revoked } of holding.sources.values()) {
    const own = lotsOf(holding).filter(lot => lot.source === source && lot.parentId === null)
    const issued = own.reduce((total, lot) => total + BigInt(lot.issued), 0n)
    expect(revoked).toBe(Number((issued * BigInt(numerator)) / BigInt(denominator)))
  }
}

/** `LEDGER_STORIES=20000` for the long run. */
const many = Number(process.env.LEDGER_STORIES ?? 800)

describe('whatever is asked, in whatever order', () => {
  it('every invariant holds after every step', () => {
    fc.assert(
      fc.property(stories(40), sequence => play(sequence, expectSound)),
      { numRuns: many },
    )
  })

  it('what is used never comes from a lot while an earlier one among those allowed still has some', () => {
    fc.assert(
      fc.property(stories(30), sequence => {
        play(sequence, ({ postings }, now, asked) => {
          const last = postings.at(-1)
          if (last?.code !== 'spend' || last.partyId !== asked.partyId || last.occurredAt !== now) return
          const used = asked.lots.get(last.lotId!)!
          const others = lotsOf(asked).filter(lot => lot.issuer === used.issuer && lot.source === used.source)
          for (const lot of others) {
            if (lot.available > 0) expect(lot.expiresAt ?? Infinity).toBeGreaterThanOrEqual(used.expiresAt ?? Infinity)
          }
        })
      }),
      { numRuns: many / 2 },
    )
  })

  it('nobody is touched who was neither asked for nor given to', () => {
    fc.assert(
      fc.property(stories(25), sequence => {
        const ledger = book()
        for (const { partyId, act, now } of told(sequence)) {
          const others = parties.filter(id => id !== partyId && !(act.act === 'transfer' && act.toPartyId === id))
          const before = structuredClone(others.map(ledger.holdingOf))
          ledger.ask(act, now, partyId)
          expect(others.map(ledger.holdingOf)).toEqual(before)
        }
      }),
      { numRuns: many / 4 },
    )
  })
})
