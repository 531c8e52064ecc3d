import { assert } from '#kernel/refusal.ts'
import { type Bucket, type Hold, type Holding, type Instant, type Lot, lotsInOrder, nextDueAt } from './holding.ts'
import type { Posting } from './instruction.ts'
import { type Account, isAllowed, type PostingCode } from './kinds.ts'

/** Where a change writes what it moved. */
export interface Journal {
  readonly transactionId: string
  readonly postings: Posting[]
  /** Lots whose time was changed without anything moving. */
  readonly extended: string[]
}

/** Moves value of one lot between two of its buckets and books it between the accounts that stand for them. */
export function move(
  journal: Journal,
  holding: Holding,
  given: {
    readonly lot: Lot
    readonly code: PostingCode
    readonly from: readonly [Bucket, Account]
    readonly to: readonly [Bucket, Account]
    readonly amount: number
    readonly at: Instant
  },
): void {
  const { lot, code, from, to, amount, at } = given
  if (amount === 0) return
  assert(amount > 0 && lot[from[0]] >= amount, `a lot cannot give more than it has (${code} ${amount})`)
  lot[from[0]] -= amount
  lot[to[0]] += amount
  book(journal, holding, { code, from: from[1], to: to[1], amount, lotId: lot.lotId, at })
}

/** Books one movement and keeps the party's own accounts in step with it. */
export function book(
  journal: Journal,
  holding: Holding,
  given: {
    readonly code: PostingCode
    readonly from: Account
    readonly to: Account
    readonly amount: number
    readonly lotId: string | null
    readonly at: Instant
  },
): void {
  const { code, from, to, amount, lotId, at } = given
  assert(isAllowed(code, from, to), `${code} may not move value from ${from} to ${to}`)
  credit(holding, from, -amount)
  credit(holding, to, amount)
  assert(Number.isSafeInteger(holding.debt), 'a debt stays within the whole numbers')
  journal.postings.push({
    transactionId: journal.transactionId,
    position: journal.postings.length,
    partyId: holding.partyId,
    asset: holding.asset,
    code,
    from,
    to,
    amount,
    lotId,
    occurredAt: at,
  })
}

function credit(holding: Holding, account: Account, amount: number): void {
  if (account === 'pending' || account === 'available' || account === 'held') holding[account] += amount
  else if (account === 'debt') holding.debt -= amount
}

/**
 * Lets time do what is due up to `now`, each thing at its own instant and in their order: value matures, holds lapse, lots
 * expire. Every instruction settles first, so no debit ever meets a lot that has expired, whether or not the daily job
 * came by; the job only makes visible what was already so.
 *
 * Example: a lot that matures on day 5 and expires on day 9, first asked on day 30: it matured, then it expired.
 */
export function settle(journal: Journal, holding: Holding, now: Instant): void {
  for (;;) {
    const due = nextDueAt(holding)
    if (due === null || due > now) return
    // In an order of their own, not in that of reading: with debts to pay it says which lot pays them.
    for (const hold of [...holding.holds.values()].sort((one, other) => (one.holdId < other.holdId ? -1 : 1))) {
      if (hold.state === 'open' && hold.until <= due) releaseHold(journal, holding, hold, due, 'lapsed')
    }
    const lots = lotsInOrder(holding)
    for (const lot of lots) {
      if (lot.pending > 0 && lot.maturesAt !== null && lot.maturesAt <= due) {
        const amount = lot.pending
        const to = ['available', 'available'] as const
        move(journal, holding, { lot, code: 'mature', from: ['pending', 'pending'], to, amount, at: due })
        arrive(journal, holding, lot, due)
      }
    }
    for (const lot of lots) expire(journal, holding, lot, due)
  }
}

/** What of a lot is beyond its time becomes breakage. */
export function expire(journal: Journal, holding: Holding, lot: Lot, at: Instant): void {
  if (lot.expiresAt === null || lot.expiresAt > at) return
  const amount = lot.available
  const from = ['available', 'available'] as const
  move(journal, holding, { lot, code: 'expire', from, to: ['expired', `breakage:${lot.issuer}`], amount, at })
}

/** Value has become available: what is beyond its time goes, then what is owed is paid, before anybody can use the rest. */
export function arrive(journal: Journal, holding: Holding, lot: Lot, at: Instant): void {
  expire(journal, holding, lot, at)
  const amount = Math.min(holding.debt, lot.available)
  const from = ['available', 'available'] as const
  move(journal, holding, { lot, code: 'repay', from, to: ['revoked', 'debt'], amount, at })
}

/** Ends an open hold: what it has not captured returns to the lots it came from. */
export function releaseHold(
  journal: Journal,
  holding: Holding,
  hold: Hold,
  at: Instant,
  state: 'captured' | 'released' | 'lapsed',
): void {
  hold.state = state
  for (const part of hold.parts) {
    const lot = holding.lots.get(part.lotId)
    assert(lot, 'a hold lies on lots of its holding')
    const amount = part.amount - part.captured
    const to = ['available', 'available'] as const
    move(journal, holding, { lot, code: 'release', from: ['held', 'held'], to, amount, at })
    if (amount > 0) arrive(journal, holding, lot, at)
  }
}
