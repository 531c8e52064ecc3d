/**
 * What the kit asks of a loyalty system. Amounts are minor units of one currency; points are whole numbers. Members, orders and
 * codes are named by the kit or by the system, as the types say. An adapter turns each of these into requests to the
 * system that is looked at; it must not repair what the system answers.
 */
export interface LoyaltySystem {
  readonly name: string
  /** What the system offers. A case that needs more is reported as not run, never as passed. */
  readonly can: ReadonlySet<Capability>
  /** Sets up the programme of the kit on an empty system. */
  start(): Promise<void>
  /** A new customer. */
  member(): Promise<string>
  /** What can be used now. */
  points(member: string): Promise<number>
  /** A sale at the till, now, paid in part with points where `usePoints` says so. */
  sell(sale: Sale): Promise<Sold>
  /** Gives back an order, as a whole or in part. */
  refund(refund: { readonly order: string; readonly amountMinor?: number }): Promise<void>
  /** `orders`: a shop tells of orders by its own messages, which may arrive twice and in any order. */
  tell?(message: ShopMessage): Promise<void>
  /** `clock`: lets so many days pass. No calendar job may run: what is over is over at once. */
  passDays?(days: number): Promise<void>
  /** `rewards`: takes the reward of the kit; undefined where it is refused. */
  takeReward?(take: {
    readonly member: string
    readonly reward: KitReward
    readonly request: string
  }): Promise<string | undefined>
  /** `rewards`: uses a code once; false where it is refused. */
  redeemCode?(code: string): Promise<boolean>
  /** `tiers`: null stands for none. */
  tier?(member: string): Promise<'silver' | 'gold' | null>
  /** `gifts`: false where it is refused. */
  give?(gift: {
    readonly from: string
    readonly to: string
    readonly points: number
    readonly request: string
  }): Promise<boolean>
  /** `credit`: money in store. */
  topUp?(topUp: { readonly member: string; readonly amountMinor: number; readonly request: string }): Promise<void>
  credit?(member: string): Promise<number>
  /** `offline`: hands in what a till did without a line; the same pieces may be handed in again. */
  handIn?(items: readonly OfflineItem[]): Promise<void>
  /** `merge`: two customers were one; answers under which name they go on. */
  merge?(one: string, other: string): Promise<string>
}

export type Capability = 'orders' | 'clock' | 'rewards' | 'tiers' | 'gifts' | 'credit' | 'offline' | 'merge'

export interface Sale {
  readonly member: string
  readonly order: string
  readonly amountMinor: number
  readonly usePoints?: number
  readonly useCreditMinor?: number
  /** The same request may be sent again under its name. */
  readonly request?: string
}

export type Sold = { readonly ok: true } | { readonly ok: false }

export interface ShopMessage {
  readonly kind: 'completed' | 'refunded' | 'cancelled'
  readonly member: string
  readonly order: string
  readonly amountMinor: number
  /** Names the message; a repeated one has the same. */
  readonly message: string
  /** Part of the amount that buys a gift card. */
  readonly giftCardMinor?: number
}

export type OfflineItem = {
  readonly item: string
  readonly member: string
  readonly minutesAgo: number
} & (
  | { readonly kind: 'sale'; readonly order: string; readonly amountMinor: number }
  | { readonly kind: 'use'; readonly points: number }
)

/** `tea` costs 50 points and never runs out; `last-pot` costs 50, and there is one of it. */
export type KitReward = 'tea' | 'last-pot'

/**
 * The programme that every adapter sets up: one point for each whole unit of money paid otherwise than with points, none for gift
 * cards; usable at once; good for twelve months, to the end of the day; a hundred points pay one unit. Tiers by what was
 * spent and kept within twelve months: silver from 100, gold from 300 units.
 */
export const programme = {
  minorPerUnit: 100,
  expiryMonths: 12,
  worthMinorPer100: 100,
  silverFromMinor: 100_00,
  goldFromMinor: 300_00,
  rewardPoints: 50,
} as const
