import { assert, refuse } from '#kernel/refusal.ts'
import { type Hold, type Holding, type Instant, type Lot, lotsInOrder } from './holding.ts'
import type { Act, Instruction, Only } from './instruction.ts'
import { type Account, type HouseAccount, isAllowed, kindOf, type PostingCode } from './kinds.ts'
import { arrive, book, type Journal, move, releaseHold, settle } from './settle.ts'

/** What an instruction leans on besides the holdings. */
export interface Ground {
  /** The instant of posting. */
  readonly now: Instant
  readonly newId: () => string
  /** The holding of another party in the same asset (transfers); loaded beforehand. */
  readonly holdingOf: (partyId: string) => Holding
}

/**
 * Does what the instruction says to a holding, or refuses it. A pure rule over what is handed in: it changes the holding and
 * the journal it is given and nothing else. Whoever calls throws both away where it refuses.
 */
export function apply(journal: Journal, holding: Holding, instruction: Instruction, ground: Ground): void {
  settle(journal, holding, ground.now)
  const rule = acts[instruction.act] as (...given: unknown[]) => void
  rule(journal, holding, instruction, ground)
}

type ActOf<Name extends Act['act']> = Extract<Act, { act: Name }> & Instruction
type Rule<Name extends Act['act']> = (
  journal: Journal,
  holding: Holding,
  instruction: ActOf<Name>,
  ground: Ground,
) => void

const acts: { readonly [Name in Act['act']]: Rule<Name> } = {
  issue(journal, holding, instruction, { now, newId }) {
    const { amount, from, issuer, source, maturesAt, expiresAt, occurredAt } = instruction
    requireAmount(amount)
    requireRoom(holding, amount)
    const isPending = maturesAt !== undefined && maturesAt > now
    const to = isPending ? 'pending' : 'available'
    const code = issueCode(from)
    requireWay(holding, code, from, to)
    const lot: Lot = {
      ...emptyLot(holding, newId(), issuer, amount),
      source: source ?? null,
      maturesAt: maturesAt ?? null,
      expiresAt: expiresAt ?? null,
    }
    holding.lots.set(lot.lotId, lot)
    lot[to] = amount
    book(journal, holding, { code, from, to, amount, lotId: lot.lotId, at: occurredAt })
    // A refund that came before its purchase has been waiting for it.
    if (source !== undefined) revokeShare(journal, holding, source, now)
    if (!isPending) arrive(journal, holding, lot, now)
  },

  hold(journal, holding, { holdId, amount, until, only }, { now }) {
    requireAmount(amount)
    if (until <= now) throw refuse('invalid', 'ledger:refusal.hold-in-the-past')
    setAside(journal, holding, { holdId, amount, until, only, at: now })
  },

  capture(journal, holding, { holdId, amount, to }, { now }) {
    requireAmount(amount)
    const hold = openHold(holding, holdId)
    if (amount > hold.amount)
      throw refuse('conflict', 'ledger:refusal.more-than-held', { have: hold.amount, need: amount })
    captureHold(journal, holding, hold, { amount, to, at: now })
  },

  release(journal, holding, { holdId }, { now }) {
    releaseHold(journal, holding, openHold(holding, holdId), now, 'released')
  },

  spend(journal, holding, { holdId, amount, to, only }, { now }) {
    requireAmount(amount)
    requireUsable(holding, { holdId, amount, only })
    const taken = take(journal, holding, { amount, code: 'spend', to: ['captured', to], at: now, only })
    const parts = taken.map(part => ({
      lotId: part.lot.lotId,
      amount: part.amount,
      captured: part.amount,
      returned: 0,
    }))
    holding.holds.set(holdId, { holdId, amount, until: now, state: 'captured', capturedBy: to, parts })
  },

  return(journal, holding, { holdId, amount, atLeastUntil }, { now }) {
    requireAmount(amount)
    const hold = holding.holds.get(holdId)
    if (!hold?.capturedBy) throw refuse('not-found', 'ledger:refusal.no-such-redemption')
    const spent = hold.parts.reduce((sum, part) => sum + part.captured - part.returned, 0)
    if (amount > spent) throw refuse('conflict', 'ledger:refusal.more-than-redeemed', { have: spent, need: amount })
    requireRoom(holding, amount)
    let left = amount
    // The last lot that was used is the first that is given back: it lives longest.
    for (const part of [...hold.parts].reverse()) {
      const back = Math.min(left, part.captured - part.returned)
      if (back === 0) continue
      const lot = holding.lots.get(part.lotId)
      assert(lot, 'a redemption lies on lots of its holding')
      if (atLeastUntil !== undefined) extendLot(lot, atLeastUntil)
      part.returned += back
      left -= back
      const from = ['captured', hold.capturedBy] as const
      move(journal, holding, { lot, code: 'return', from, to: ['available', 'available'], amount: back, at: now })
      arrive(journal, holding, lot, now)
    }
  },

  revoke(journal, holding, { source, numerator, denominator }, { now }) {
    const sound = Number.isSafeInteger(numerator) && Number.isSafeInteger(denominator)
    if (!(sound && numerator >= 0 && denominator > 0 && numerator <= denominator)) {
      throw refuse('invalid', 'ledger:refusal.not-a-share')
    }
    const known = holding.sources.get(source)
    if (!known) holding.sources.set(source, { source, numerator, denominator, revoked: 0 })
    else if (isLarger(numerator, denominator, known)) Object.assign(known, { numerator, denominator })
    revokeShare(journal, holding, source, now)
  },

  debit(journal, holding, { amount, to, only }, { now }) {
    requireAmount(amount)
    const code: PostingCode = kindOf(to) === 'clearing' ? 'withdraw' : 'adjust'
    requireWay(holding, code, 'available', to)
    requireSpendable(holding, amount, only)
    take(journal, holding, { amount, code, to: ['revoked', to], at: now, only })
  },

  overdraw(journal, holding, { amount, to, most }, { now }) {
    requireAmount(amount)
    if (holding.kind === 'qualifying') throw refuse('conflict', 'ledger:refusal.not-spendable')
    if (holding.available > 0) throw refuse('conflict', 'ledger:refusal.not-empty', { have: holding.available })
    if (holding.debt + amount > most) {
      throw refuse('conflict', 'ledger:refusal.beyond-the-limit', { owed: holding.debt, need: amount, most })
    }
    book(journal, holding, { code: 'overdraw', from: 'debt', to, amount, lotId: null, at: now })
  },

  transfer(journal, holding, { toPartyId, amount, as, keepsSource, only }, { now, newId, holdingOf }) {
    requireAmount(amount)
    if (holding.kind === 'qualifying') throw refuse('conflict', 'ledger:refusal.not-transferable')
    if (toPartyId === holding.partyId) throw refuse('invalid', 'ledger:refusal.transfer-to-self')
    requireSpendable(holding, amount, only)
    const receiver = holdingOf(toPartyId)
    settle(journal, receiver, now)
    requireRoom(receiver, amount)
    const parts = take(journal, holding, { amount, code: 'transfer', to: ['moved', 'transit'], at: now, only })
    for (const { lot, amount: part } of parts) {
      const child: Lot = {
        ...emptyLot(receiver, newId(), lot.issuer, part),
        source: keepsSource ? lot.source : (as ?? null),
        parentId: lot.lotId,
        maturesAt: lot.maturesAt,
        expiresAt: lot.expiresAt,
        available: part,
      }
      receiver.lots.set(child.lotId, child)
      const to = 'available'
      book(journal, receiver, { code: 'transfer', from: 'transit', to, amount: part, lotId: child.lotId, at: now })
      arrive(journal, receiver, child, now)
    }
  },

  extend(journal, holding, { until, except = [] }) {
    for (const lot of holding.lots.values()) {
      const isAlive = lot.pending + lot.available + lot.held > 0
      const isMeant = isAlive && (lot.source === null || !except.includes(lot.source))
      if (isMeant && extendLot(lot, until)) journal.extended.push(lot.lotId)
    }
  },

  book(journal, holding, { code, amount, from, to, occurredAt }) {
    requireAmount(amount)
    requireWay(holding, code, from, to)
    book(journal, holding, { code, from, to, amount, lotId: null, at: occurredAt })
  },

  settle() {},
}

/** What was given by others never outlives what it came from. */
function extendLot(lot: Lot, until: Instant): boolean {
  if (lot.parentId !== null || lot.expiresAt === null || lot.expiresAt >= until) return false
  lot.expiresAt = until
  return true
}

/** Where new value comes from says why it came. */
function issueCode(from: HouseAccount): PostingCode {
  const kind = kindOf(from)
  if (kind === 'clearing') return 'deposit'
  if (kind === 'adjustment') return 'adjust'
  if (kind === 'payable') return 'compensate'
  if (kind === 'expense') return 'grant'
  if (kind === 'opening') return 'open'
  return 'issue'
}

function emptyLot({ partyId, asset }: Holding, lotId: string, issuer: string, issued: number): Lot {
  return {
    partyId,
    asset,
    lotId,
    issuer,
    source: null,
    parentId: null,
    maturesAt: null,
    expiresAt: null,
    issued,
    pending: 0,
    available: 0,
    held: 0,
    captured: 0,
    expired: 0,
    revoked: 0,
    moved: 0,
  }
}

/** More than any instruction needs, and so little that no sum of a party's lots leaves the whole numbers (2^53). */
const largestAmount = 1e12
const largestHolding = 9e15

function requireAmount(amount: number): void {
  if (!(Number.isSafeInteger(amount) && amount > 0)) throw refuse('invalid', 'ledger:refusal.not-an-amount')
  if (amount > largestAmount) throw refuse('invalid', 'ledger:refusal.too-large', { most: largestAmount })
}

/** Along the ways of `kinds.ts` and no others; and money is never made from nothing. */
function requireWay(holding: Holding, code: PostingCode, from: Account, to: Account): void {
  const isMade = holding.kind === 'money' && kindOf(from) === 'issuance'
  if (isMade || !isAllowed(code, from, to)) throw refuse('invalid', 'ledger:refusal.no-such-way', { from, to })
}

function requireRoom(holding: Holding, amount: number): void {
  const full = holding.pending + holding.available + holding.held + holding.debt + amount > largestHolding
  if (full) throw refuse('conflict', 'ledger:refusal.holding-full')
}

function requireSpendable(holding: Holding, amount: number, only?: Only): void {
  const have = only ? spendableOf(holding, only) : holding.available
  if (amount > have) throw refuse('conflict', 'ledger:refusal.insufficient', { have, need: amount })
}

function spendableOf(holding: Holding, only: Only): number {
  return [...holding.lots.values()].reduce((sum, lot) => (isAmong(lot, only) ? sum + lot.available : sum), 0)
}

function isAmong(lot: Lot, { issuers, source, lots }: Only = {}): boolean {
  const isIssuer = issuers === undefined || issuers.includes(lot.issuer)
  return isIssuer && (source === undefined || lot.source === source) && (lots === undefined || lots.includes(lot.lotId))
}

function requireUsable(
  holding: Holding,
  { holdId, amount, only }: { holdId: string; amount: number; only: Only | undefined },
): void {
  if (holding.kind === 'qualifying') throw refuse('conflict', 'ledger:refusal.not-spendable')
  if (holding.holds.has(holdId)) throw refuse('conflict', 'ledger:refusal.hold-exists')
  requireSpendable(holding, amount, only)
}

function openHold(holding: Holding, holdId: string): Hold {
  const hold = holding.holds.get(holdId)
  if (!hold) throw refuse('not-found', 'ledger:refusal.no-such-hold')
  if (hold.state !== 'open') throw refuse('conflict', 'ledger:refusal.hold-ended', { state: hold.state })
  return hold
}

interface Taking {
  readonly amount: number
  readonly code: PostingCode
  readonly to: Parameters<typeof move>[2]['to']
  readonly at: Instant
  readonly only?: Only | undefined
}

/** Takes available value from the lots in their order, as far as there is any; answers what came from which. */
function take(
  journal: Journal,
  holding: Holding,
  { amount, code, to, at, only }: Taking,
): { lot: Lot; amount: number }[] {
  const parts: { lot: Lot; amount: number }[] = []
  let left = amount
  for (const lot of lotsInOrder(holding)) {
    const part = Math.min(left, lot.available)
    if (part === 0 || !isAmong(lot, only)) continue
    move(journal, holding, { lot, code, from: ['available', 'available'], to, amount: part, at })
    parts.push({ lot, amount: part })
    left -= part
  }
  return parts
}

function setAside(
  journal: Journal,
  holding: Holding,
  given: { holdId: string; amount: number; until: Instant; at: Instant; only: Only | undefined },
): void {
  const { holdId, amount, until, at, only } = given
  requireUsable(holding, { holdId, amount, only })
  const parts = take(journal, holding, { amount, code: 'hold', to: ['held', 'held'], at, only })
  const hold: Hold = {
    holdId,
    amount,
    until,
    state: 'open',
    capturedBy: null,
    parts: parts.map(part => ({ lotId: part.lot.lotId, amount: part.amount, captured: 0, returned: 0 })),
  }
  holding.holds.set(holdId, hold)
}

function captureHold(
  journal: Journal,
  holding: Holding,
  hold: Hold,
  { amount, to, at }: { amount: number; to: `redeemed:${string}`; at: Instant },
): void {
  let left = amount
  for (const part of hold.parts) {
    const lot = holding.lots.get(part.lotId)
    assert(lot, 'a hold lies on lots of its holding')
    part.captured = Math.min(left, part.amount)
    left -= part.captured
    const from = ['held', 'held'] as const
    move(journal, holding, { lot, code: 'capture', from, to: ['captured', to], amount: part.captured, at })
  }
  hold.capturedBy = to
  releaseHold(journal, holding, hold, at, 'captured')
}

/** Whether numerator / denominator is a larger share than the one known; exact, by whole numbers. */
function isLarger(numerator: number, denominator: number, known: { numerator: number; denominator: number }): boolean {
  return BigInt(numerator) * BigInt(known.denominator) > BigInt(known.numerator) * BigInt(denominator)
}

/**
 * Takes back what is missing to the share of the source: from its own lots while they wait, then while they are unused, then from
 * what of them had expired; then from other lots; the rest is owed. Rounded down once over all refunds, so that many
 * small ones take exactly as much as one large one.
 *
 * Example: 10 points, 1/3 refunded -> 3 are taken; later 2/3 -> 6 in all, 3 more.
 */
function revokeShare(journal: Journal, holding: Holding, name: string, at: Instant): void {
  const source = holding.sources.get(name)
  if (!source) return
  // What was given to the party under the same name was not issued for it.
  const own = lotsInOrder(holding).filter(lot => lot.source === name && lot.parentId === null)
  const issued = own.reduce((sum, lot) => sum + BigInt(lot.issued), 0n)
  const target = Number((issued * BigInt(source.numerator)) / BigInt(source.denominator))
  let left = target - source.revoked
  if (left <= 0) return
  source.revoked = target
  const buckets = [
    ['pending', () => 'pending'],
    ['available', () => 'available'],
    ['expired', (lot: Lot) => `breakage:${lot.issuer}`],
  ] as const
  for (const [bucket, account] of buckets) {
    for (const lot of own) {
      const amount = Math.min(left, lot[bucket])
      const from = [bucket, account(lot) as HouseAccount] as const
      move(journal, holding, { lot, code: 'revoke', from, to: ['revoked', `revoked:${lot.issuer}`], amount, at })
      left -= amount
    }
  }
  const issuer = own[0]!.issuer
  const to = `revoked:${issuer}` as const
  const taken = take(journal, holding, { amount: left, code: 'revoke', to: ['revoked', to], at })
  left -= taken.reduce((sum, part) => sum + part.amount, 0)
  if (left > 0) book(journal, holding, { code: 'revoke', from: 'debt', to, amount: left, lotId: null, at })
}
