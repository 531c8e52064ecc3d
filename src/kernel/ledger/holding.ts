import type { AssetKind } from './kinds.ts'

/** Instants here are milliseconds since 1970: compared, never printed. */
export type Instant = number

/**
 * Value that was issued together, and what became of every unit of it: always
 * `issued = pending + available + held + captured + expired + revoked + moved`.
 */
export interface Lot {
  readonly partyId: string
  readonly asset: string
  readonly lotId: string
  /** Whose promise it is: the merchant or the programme that issued it. */
  readonly issuer: string
  /** What it was issued for, such as an order; what is refunded is revoked by it. */
  readonly source: string | null
  /** The lot this one was split from by a transfer. */
  readonly parentId: string | null
  readonly maturesAt: Instant | null
  /** From this instant on it cannot be used. */
  expiresAt: Instant | null
  readonly issued: number
  pending: number
  available: number
  held: number
  captured: number
  expired: number
  revoked: number
  moved: number
}

/** The buckets of a lot. */
export type Bucket = 'pending' | 'available' | 'held' | 'captured' | 'expired' | 'revoked' | 'moved'

/** How much of a hold lies on which lot; `captured` minus `returned` is what was spent of it. */
export interface HoldPart {
  readonly lotId: string
  readonly amount: number
  captured: number
  returned: number
}

/** Value set aside for one purpose until it is captured, released, or its time is over; each of them at most once. */
export interface Hold {
  readonly holdId: string
  readonly amount: number
  readonly until: Instant
  state: 'open' | 'captured' | 'released' | 'lapsed'
  /** Where captured value went: `redeemed:<merchant>`. */
  capturedBy: `redeemed:${string}` | null
  readonly parts: HoldPart[]
}

/** How much of what was issued for a source has been taken back, as the largest share told so far. */
export interface Source {
  readonly source: string
  numerator: number
  denominator: number
  revoked: number
}

/** Everything the ledger knows of one party and one asset that can still change. */
export interface Holding {
  readonly partyId: string
  readonly asset: string
  readonly kind: AssetKind
  pending: number
  available: number
  held: number
  /** What the party owes back: the account `debt` stands at minus this. */
  debt: number
  /** When time next changes what was not read of it; null where everything that can still change was read. */
  readonly unreadDueAt: Instant | null
  readonly lots: Map<string, Lot>
  readonly holds: Map<string, Hold>
  readonly sources: Map<string, Source>
}

/** An empty holding: a party that never had any of the asset. */
export function emptyHolding(partyId: string, asset: string, kind: AssetKind): Holding {
  return {
    partyId,
    asset,
    kind,
    pending: 0,
    available: 0,
    held: 0,
    debt: 0,
    unreadDueAt: null,
    lots: new Map(),
    holds: new Map(),
    sources: new Map(),
  }
}

/** The first to expire is the first to be used; then what matured first; then what came first (ids are in time order). */
export function lotsInOrder(holding: Holding): Lot[] {
  return [...holding.lots.values()].sort(
    (one, other) =>
      (one.expiresAt ?? Infinity) - (other.expiresAt ?? Infinity) ||
      (one.maturesAt ?? 0) - (other.maturesAt ?? 0) ||
      (one.lotId < other.lotId ? -1 : 1),
  )
}

/**
 * The next instant at which time alone changes the holding: something matures, a hold lapses, a lot expires. Stored with the
 * holding, so that the daily work reads only who is due. Null where nothing will.
 */
export function nextDueAt(holding: Holding): Instant | null {
  let due = holding.unreadDueAt ?? Infinity
  for (const lot of holding.lots.values()) {
    if (lot.pending > 0 && lot.maturesAt !== null) due = Math.min(due, lot.maturesAt)
    if (lot.available > 0 && lot.expiresAt !== null) due = Math.min(due, lot.expiresAt)
  }
  for (const hold of holding.holds.values()) if (hold.state === 'open') due = Math.min(due, hold.until)
  return due === Infinity ? null : due
}

/** A copy that can be changed without the original noticing: by hand, because a batch makes thousands. */
export function copyHolding(holding: Holding): Holding {
  const copy: Holding = { ...holding, lots: new Map(), holds: new Map(), sources: new Map() }
  for (const [id, lot] of holding.lots) copy.lots.set(id, { ...lot })
  for (const [id, hold] of holding.holds) {
    copy.holds.set(id, { ...hold, parts: hold.parts.map(part => ({ ...part })) })
  }
  for (const [id, source] of holding.sources) copy.sources.set(id, { ...source })
  return copy
}
