import type { Queryable, Transaction } from '../database/index.ts'

/** Something that happened with a customer. Payloads hold no personal data: names, addresses, free text live elsewhere. */
export interface NewEvent {
  readonly kind: string
  /** Whom it is about, or the profile by which it came: what comes by one that was merged is recorded for who was kept. */
  readonly partyId: string
  readonly occurredAt: Date
  readonly payload: object
  /**
   * What makes the event itself, in the sender's words (`['message', 'ajs-…']`, `['order', 'shop', '1001']`). An event with
   * any key that was seen before is a duplicate. Events without keys are the house's own. Numbers of orders, refunds and
   * cancellations are held apart by the `merchant` that the payload names.
   */
  readonly keys?: readonly (readonly string[])[]
  /** Free properties of an unknown event; kept in an erasable table of the events room. */
  readonly properties?: object
}

export interface RecordedEvent {
  readonly eventId: string
  readonly kind: string
  readonly partyId: string
  readonly occurredAt: Date
  readonly receivedAt: Date
  readonly sourceId: string
  readonly payload: object
}

/** Where events came from: an import, an API key, the key of a web page (which anybody can read), a member of staff, or the house itself. */
export interface EventSource {
  readonly sourceId: string
  readonly kind: 'import' | 'key' | 'browser' | 'receiver' | 'staff' | 'member' | 'system'
}

export interface Recording {
  readonly recorded: readonly RecordedEvent[]
  /** Positions in the input whose keys were known already. */
  readonly duplicates: readonly number[]
}

export interface FoundOrder {
  readonly eventId: string
  readonly partyId: string
  readonly occurredAt: Date
  /** The merchant that it named when it was told. */
  readonly merchant: string | null
}

export interface EventLog {
  /** Every kind of event that the rooms of this house may record, by name. */
  readonly kinds: readonly string[]
  /**
   * Appends events and lets every room that listens take them in, all in the caller's transaction. Where a month they fall in
   * has no table yet, the transaction is run again once it has one.
   */
  record(transaction: Transaction, source: EventSource, events: readonly NewEvent[]): Promise<Recording>
  /** Makes the tables of the months of these instants ahead, so that a long transaction need not run twice; cheap when they exist. */
  ensureMonths(instants: Iterable<Date>): Promise<void>
  /**
   * Takes an import's events back out of the log, with their keys, and refolds whom they touched. The one place where
   * the log loses rows besides erasure; leaves a line in `events.withdrawal`.
   */
  withdraw(transaction: Transaction, sourceId: string, partyIds: readonly string[]): Promise<number>
  /** Gives what the log holds of one party to another, remembering by which profile it came, and derives both anew. */
  join(transaction: Transaction, move: { readonly from: string; readonly to: string }): Promise<void>
  /** Gives back what came by these profiles, also since they were joined, to one of them, and derives both anew. */
  separate(
    transaction: Transaction,
    move: { readonly from: string; readonly to: string; readonly profileIds: readonly string[] },
  ): Promise<void>
  /** Events of these parties, oldest first, as they now stand: corrected ones leave out what they replace. */
  history(
    queryable: Queryable,
    partyIds: readonly string[],
    kinds?: readonly string[],
    since?: Date,
  ): Promise<RecordedEvent[]>
  /**
   * The order that a number stands for. Numbers are a merchant's own: with a merchant it is that merchant's order, or one that
   * names none; without one the only order of that number, or `several`.
   */
  findOrder(
    queryable: Queryable,
    order: { readonly orderRef: string; readonly merchant?: string | undefined },
  ): Promise<FoundOrder | 'unseen' | 'several'>
  /** The event that each key stands for, where it is known. */
  lookup(
    queryable: Queryable,
    keys: readonly (readonly string[])[],
  ): Promise<readonly ({ eventId: string; partyId: string; occurredAt: Date } | undefined)[]>
}
