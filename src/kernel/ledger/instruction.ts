import type { Instant } from './holding.ts'
import type { HouseAccount, PostingCode } from './kinds.ts'

/**
 * What the ledger can be asked to do for one party and one asset. `key` names the cause for ever ("order 4711 of shop A,
 * rule 3"): asked again with the same key nothing happens, and the first answer is given.
 */
export type Instruction = {
  readonly key: string
  readonly partyId: string
  readonly asset: string
  /** When it happened in the world; when it is posted is the ledger's own instant. */
  readonly occurredAt: Instant
} & Act

/** Which lots may be used: those of some issuers, those that came under one name, or these. All where several are given. */
export interface Only {
  readonly issuers?: readonly string[]
  readonly source?: string
  readonly lots?: readonly string[]
}

export type Act =
  /**
   * Issues new value: from `issuance` for points, from `clearing` for money that was paid in, from `expense` for what the
   * house adds, from `payable` for a compensation, from `opening` for what an older system owed, from `adjustment` as goodwill.
   */
  | {
      readonly act: 'issue'
      readonly amount: number
      readonly from: HouseAccount
      readonly issuer: string
      readonly source?: string
      readonly maturesAt?: Instant
      readonly expiresAt?: Instant
    }
  /** Sets value aside until an instant. */
  | {
      readonly act: 'hold'
      readonly holdId: string
      readonly amount: number
      readonly until: Instant
      readonly only?: Only
    }
  /** Uses up to what is held; the rest returns to where it came from. */
  | { readonly act: 'capture'; readonly holdId: string; readonly amount: number; readonly to: `redeemed:${string}` }
  | { readonly act: 'release'; readonly holdId: string }
  /** Uses value at once; `holdId` names what may later be returned. */
  | {
      readonly act: 'spend'
      readonly holdId: string
      readonly amount: number
      readonly to: `redeemed:${string}`
      readonly only?: Only
    }
  /** Gives back what a hold captured, to the lots it came from, which live at least until `atLeastUntil`. */
  | { readonly act: 'return'; readonly holdId: string; readonly amount: number; readonly atLeastUntil?: Instant }
  /**
   * Takes back the share of what was issued for a source: all refunds of an order so far over its amount. Told in any order,
   * the largest share counts; told before the purchase, it waits for it.
   */
  | { readonly act: 'revoke'; readonly source: string; readonly numerator: number; readonly denominator: number }
  /** Takes value away by hand or pays money out. */
  | { readonly act: 'debit'; readonly amount: number; readonly to: HouseAccount; readonly only?: Only }
  /**
   * Used in the world before the ledger could say no, such as at a till without a line: what is not there is owed back, up to
   * a limit. Only where nothing is left to spend.
   */
  | { readonly act: 'overdraw'; readonly amount: number; readonly to: `redeemed:${string}`; readonly most: number }
  /**
   * Gives value to another party; its lots keep their expiry. `as` names what arrives, so that it can be found again; between
   * profiles of one person what arrives keeps the name under which it came.
   */
  | {
      readonly act: 'transfer'
      readonly toPartyId: string
      readonly amount: number
      readonly as?: string
      readonly keepsSource?: true
      readonly only?: Only
    }
  /**
   * Lets everything that is alive live at least until an instant, but for what came from some sources, and for what was
   * given by others: that keeps the life it came with.
   */
  | { readonly act: 'extend'; readonly until: Instant; readonly except?: readonly string[] }
  /** Moves value between accounts of the house on account of a party: what is owed for a broken promise, what merchants owe each other. */
  | {
      readonly act: 'book'
      readonly code: HouseCode
      readonly amount: number
      readonly from: HouseAccount
      readonly to: HouseAccount
    }
  /** Lets time do what is due. */
  | { readonly act: 'settle' }

/** Codes whose both sides are accounts of the house. */
export type HouseCode = Extract<
  PostingCode,
  'compensate' | 'retract' | 'pay-out' | 'fund' | 'reimburse' | 'keep' | 'clear'
>

/** One movement of value; a row that carries both sides, so that no asset can ever fail to add up. */
export interface Posting {
  readonly transactionId: string
  /** Its place among the postings of its transaction. */
  readonly position: number
  readonly partyId: string
  readonly asset: string
  readonly code: PostingCode
  readonly from: string
  readonly to: string
  readonly amount: number
  readonly lotId: string | null
  readonly occurredAt: Instant
}
