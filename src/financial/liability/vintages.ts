import { allocateToPoints, grantedLiability, partOf, recognise } from './allocation.ts'
import { type Curve, freshPoints, type Standing, toCome } from './curve.ts'
import { lastAgeOf } from './months.ts'
import type { Consideration, Flow } from './store.ts'
import type { Terms } from './terms.ts'

/** The points of one month of issue and one issuer, with or without a sale: what became of them and of their price. */
export interface VintageState {
  readonly vintage: number
  readonly issuer: string
  readonly isSale: boolean
  /** The last age at which they can be used. */
  lastAge: number | null
  isAgent: boolean
  issued: number
  redeemed: number
  expired: number
  revoked: number
  considerationMinor: number
  /** What was allocated to all points ever issued; what was taken back is still in it. */
  grossMinor: number
  /** What is allocated to those not taken back, and what of it is revenue. */
  allocatedMinor: number
  recognisedMinor: number
  expected: number
  /** What is left of points without a sale will probably cost. */
  grantedMinor: number
}

/** Movements of one month, all vintages together; closing = opening + allocated - redeemed - breakage - revoked - estimate. */
export interface Moved {
  allocatedMinor: number
  redeemedMinor: number
  breakageMinor: number
  revokedMinor: number
  estimateMinor: number
}

/** How things stand at the end of a step: at which month, how much of it is over, and what is expected. */
export interface Outlook {
  readonly month: number
  readonly elapsed: number
  readonly curve: Curve | null
  /** The points left of a vintage, of all issuers together, by the habit of their members. */
  readonly leftBy: (vintage: number) => Float64Array
  readonly terms: Terms
}

export const leftOf = (state: VintageState) => state.issued - state.revoked - state.redeemed - state.expired
const million = 1_000_000

/** Of a million new points of a month, how many will never be used: as the owner said, as the history says, or none. */
export function breakagePpm({ curve, terms }: Pick<Outlook, 'curve' | 'terms'>, vintage: number): number {
  if (terms.breakagePermille !== null) return terms.breakagePermille * 1000
  if (!curve) return 0
  const left = freshPoints(curve, million)
  const used = toCome(curve, { left, age: 0, elapsed: 0, lastAge: lastAgeOf(vintage, terms.expiry) })
  return million - Math.round(Math.min(million, used))
}

/** All points of a vintage that will ever be used: those used already and what is expected of the rest, never more than there are. */
export function expectedOf(state: VintageState, outlook: Outlook): number {
  const { redeemed } = state
  const left = leftOf(state)
  if (left <= 0) return redeemed
  if (outlook.terms.breakagePermille !== null) {
    const told = partOf(state.issued - state.revoked, 1000 - outlook.terms.breakagePermille, 1000)
    return Math.min(redeemed + left, Math.max(redeemed, told))
  }
  if (!outlook.curve) return redeemed + left
  const more = toCome(outlook.curve, standingOf(outlook, state, left))
  return redeemed + Math.min(left, Math.round(more))
}

/** So many points of a vintage, by the habits of the members who hold its points; of new ones where nobody holds any. */
export function standingOf(outlook: Outlook, { vintage, lastAge }: VintageState, left: number): Standing {
  const { month, elapsed, curve } = outlook
  const by = outlook.leftBy(vintage).map(each => Math.max(0, each))
  const all = by.reduce((sum, each) => sum + each, 0)
  return {
    left: all > 0 ? by.map(each => (each / all) * left) : freshPoints(curve!, left),
    age: Math.max(0, month - vintage),
    elapsed,
    lastAge,
  }
}

export class Vintages {
  readonly states = new Map<string, VintageState>()

  #of({ vintage, issuer, isSale }: Pick<Flow, 'vintage' | 'issuer' | 'isSale'>, terms: Terms): VintageState {
    const key = `${vintage} ${isSale ? 'sale' : 'granted'} ${issuer}`
    let state = this.states.get(key)
    if (!state) {
      state = {
        vintage,
        issuer,
        isSale,
        lastAge: lastAgeOf(vintage, terms.expiry),
        isAgent: false,
        issued: 0,
        redeemed: 0,
        expired: 0,
        revoked: 0,
        considerationMinor: 0,
        grossMinor: 0,
        allocatedMinor: 0,
        recognisedMinor: 0,
        expected: 0,
        grantedMinor: 0,
      }
      this.states.set(key, state)
    }
    return state
  }

  /** Takes in what the ledger took in during a month, and says how the liability moved by it. */
  step(flows: readonly Flow[], considerations: readonly Consideration[], outlook: Outlook): Moved {
    const before = new Map([...this.states].map(([key, state]) => [key, { ...state }]))
    const fresh = new Map<VintageState, number>()
    for (const flow of flows) {
      const state = this.#of(flow, outlook.terms)
      state.issued += flow.issued
      state.redeemed += flow.redeemed
      state.expired += flow.expired
      state.revoked += flow.revoked
      fresh.set(state, (fresh.get(state) ?? 0) + flow.issued)
    }
    const paid = new Map<VintageState, number>()
    for (const { amountMinor, ...which } of considerations) {
      const state = this.#of({ ...which, isSale: true }, outlook.terms)
      state.considerationMinor += amountMinor
      paid.set(state, (paid.get(state) ?? 0) + amountMinor)
    }
    const moved = { allocatedMinor: 0, redeemedMinor: 0, breakageMinor: 0, revokedMinor: 0, estimateMinor: 0 }
    for (const [key, state] of this.states) {
      if (state.isSale) {
        const added = allocatedTo(state, { points: fresh.get(state) ?? 0, paidMinor: paid.get(state) ?? 0 }, outlook)
        move(moved, { before: before.get(key), state, added }, outlook)
      } else {
        state.expected = expectedOf(state, outlook)
        state.grantedMinor = grantedLiability(state.expected - state.redeemed, outlook.terms.costMinorPer100)
      }
    }
    return moved
  }
}

/** What of the price of this month's sales belongs to their points; an agent keeps its margin of that. */
function allocatedTo(
  state: VintageState,
  { points, paidMinor }: { readonly points: number; readonly paidMinor: number },
  outlook: Outlook,
): number {
  const margin = outlook.terms.agents.get(state.issuer)
  state.isAgent = margin !== undefined
  if (points === 0 || paidMinor === 0) return 0
  const allocated = allocateToPoints({
    considerationMinor: paidMinor,
    goodsMinor: paidMinor,
    points,
    worthMinorPer100: outlook.terms.worthMinorPer100,
    breakagePpm: breakagePpm(outlook, state.vintage),
  })
  return margin === undefined ? allocated : partOf(allocated, margin, 1000)
}

/**
 * Splits what became of a vintage's price: what was used at its own price, what that brought of points never used (both by the
 * estimate of the month before), and what the new estimate moved.
 */
function move(
  moved: Moved,
  {
    before,
    state,
    added,
  }: { readonly before: VintageState | undefined; readonly state: VintageState; readonly added: number },
  outlook: Outlook,
): void {
  const net = Math.max(0, state.issued - state.revoked)
  const left = leftOf(state)
  state.grossMinor += added
  const kept = state.issued > 0 ? partOf(state.grossMinor, net, state.issued) : 0
  const takenBack = (before?.allocatedMinor ?? 0) + added - kept
  const recognisedBefore = before?.recognisedMinor ?? 0
  const recognisedKept =
    before && before.allocatedMinor > 0 && takenBack > 0
      ? partOf(recognisedBefore, Math.max(0, before.allocatedMinor - takenBack), before.allocatedMinor)
      : recognisedBefore
  state.expected = expectedOf(state, outlook)
  state.allocatedMinor = kept
  state.recognisedMinor = recognise(kept, { redeemed: state.redeemed, expected: state.expected, outstanding: left })
  const used = state.redeemed - (before?.redeemed ?? 0)
  const atOwnPrice = net > 0 ? Math.sign(used) * partOf(kept, Math.abs(used), net) : 0
  const netBefore = before ? before.issued - before.revoked : 0
  const expectedThen =
    before && netBefore > 0
      ? partOf(net, before.expected, netBefore)
      : partOf(net, million - breakagePpm(outlook, state.vintage), million)
  const byOldEstimate =
    left <= 0
      ? state.recognisedMinor
      : recognise(kept, { redeemed: state.redeemed, expected: expectedThen, outstanding: left })
  moved.allocatedMinor += added
  moved.revokedMinor += takenBack - (recognisedBefore - recognisedKept)
  moved.redeemedMinor += atOwnPrice
  moved.breakageMinor += byOldEstimate - recognisedKept - atOwnPrice
  moved.estimateMinor += state.recognisedMinor - byOldEstimate
}
