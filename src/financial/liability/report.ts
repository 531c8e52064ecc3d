import { seeded } from '#statistics/index.ts'
import { grantedLiability, recognise } from './allocation.ts'
import type { JournalLine, LiabilityReport, Movement, Vintage } from './contract.ts'
import {
  type Curve,
  curveOf,
  enoughHistory,
  overdispersionOf,
  quantile,
  resampledCurves,
  toCome,
  usedByAge,
} from './curve.ts'
import { type Histories, historiesOf } from './habits.ts'
import { endOfMonth, lastAgeOf, nameOfMonth, placeInMonth } from './months.ts'
import type { Ground, Told } from './store.ts'
import { type Edition, type Terms, termsAt } from './terms.ts'
import { breakagePpm, leftOf, type Outlook, standingOf, type VintageState, Vintages } from './vintages.ts'

const seed = 606
const level = 0.9
const replicates = 300
/** Months of roll-forward that are shown. */
const monthsShown = 24

export interface Asked {
  readonly asOf: Date
  readonly zone: string
  readonly editions: readonly Edition[]
  readonly assumptions: readonly Told[]
}

/**
 * The whole report from what the ledger had taken in by an instant and what was known and assumed then: month by month, each
 * with the estimate of its own end, so that a past month never changes. Pure, and the same to the byte every time.
 */
export function reportOf(ground: Ground, { asOf, zone, editions, assumptions }: Asked): LiabilityReport | null {
  const first = ground.flows[0]?.posted
  if (first === undefined) return null
  const now = placeInMonth(asOf, zone)
  const vintages = new Vintages()
  const months: Movement[] = []
  const flowsOf = Map.groupBy(ground.flows, flow => flow.posted)
  const paidOf = Map.groupBy(ground.considerations, each => each.posted)
  const oldestOf = (flows: Ground['flows'], known: number) =>
    flows.reduce((least, { vintage }) => Math.min(least, vintage), known)
  const lastOver = now.elapsed === 1 ? now.month : now.month - 1
  const histories = historiesOf(ground.members, {
    oldest: oldestOf(ground.flows, first),
    first,
    last: now.month,
    lastOver,
  })
  let oldest = first
  let members = 0
  let redeemed = 0
  let outlook: Outlook | undefined
  let last = { openingMinor: 0, grantedMinor: 0 }
  let lastMonth = first - 1
  for (let month = first; month <= now.month; month++) {
    const flows = flowsOf.get(month) ?? []
    oldest = oldestOf(flows, oldest)
    redeemed += flows.reduce((sum, flow) => sum + flow.redeemed, 0)
    members += ground.joined.find(each => each.posted === month)?.members ?? 0
    const isOver = month < now.month || now.elapsed === 1
    lastMonth = isOver ? month : month - 1
    const terms = termsAt(isOver ? endOfMonth(month, zone) : asOf, editions, assumptions)
    const isEnough = lastMonth - oldest + 1 >= enoughHistory.months && members >= enoughHistory.members && redeemed > 0
    const curve = isEnough ? curveOf(histories.tableAt(month)) : null
    const leftBy = (vintage: number) => histories.leftAt(month, vintage)
    outlook = { month: isOver ? month + 1 : month, elapsed: isOver ? 0 : now.elapsed, curve, leftBy, terms }
    const moved = vintages.step(flows, paidOf.get(month) ?? [], outlook)
    const totals = totalsOf(vintages)
    months.push({
      month: nameOfMonth(month),
      openingMinor: last.openingMinor,
      ...moved,
      closingMinor: totals.liabilityMinor,
      grantedOpeningMinor: last.grantedMinor,
      grantedChangeMinor: totals.grantedMinor - last.grantedMinor,
      grantedClosingMinor: totals.grantedMinor,
    })
    last = { openingMinor: totals.liabilityMinor, grantedMinor: totals.grantedMinor }
  }
  const range = rangeOf(vintages, histories, { outlook: outlook!, lastMonth, now: now.month })
  return assemble({ ground, asOf, zone, assumptions, vintages, months, range, members, lastMonth, outlook: outlook! })
}

function totalsOf({ states }: Vintages) {
  let [allocatedMinor, recognisedMinor, grantedMinor] = [0, 0, 0]
  for (const state of states.values()) {
    allocatedMinor += state.allocatedMinor
    recognisedMinor += state.recognisedMinor
    grantedMinor += state.grantedMinor
  }
  return { allocatedMinor, recognisedMinor, liabilityMinor: allocatedMinor - recognisedMinor, grantedMinor }
}

interface Range {
  readonly owed: readonly number[]
  /** Of what is left of a month of issue, the share that will be used. */
  readonly shares: ReadonlyMap<number, readonly number[]>
  readonly used: readonly (readonly number[])[]
  readonly newShare: readonly number[]
}

/** The ways it may go: other members might have come, and those who came may do otherwise. Null where there is no history. */
function rangeOf(
  { states }: Vintages,
  histories: Histories,
  { outlook, lastMonth, now }: { outlook: Outlook; lastMonth: number; now: number },
): Range | null {
  const { curve, terms } = outlook
  if (!curve || terms.breakagePermille !== null) return null
  const random = seeded(seed)
  const overdispersion = overdispersionOf(histories.tableAt(now), curve)
  const byMonth = Map.groupBy(states.values(), state => state.vintage)
  const months = [...byMonth].sort(([one], [other]) => one - other)
  const shares = new Map(months.map(([vintage]) => [vintage, [] as number[]]))
  const owed: number[] = []
  const used: number[][] = []
  const newShare: number[] = []
  const lastAge = lastAgeOf(lastMonth, terms.expiry)
  for (const drawn of resampledCurves(histories, { random, replicates })) {
    let owedMinor = 0
    for (const [vintage, those] of months) {
      const left = those.reduce((sum, state) => sum + Math.max(0, leftOf(state)), 0)
      const standing = standingOf(outlook, those[0]!, left)
      const share = left > 0 ? toCome(drawn, standing, { random, overdispersion }) / left : 0
      shares.get(vintage)!.push(share)
      for (const state of those) owedMinor += owedBy(state, share, terms)
    }
    owed.push(owedMinor)
    const ages = usedByAge(drawn, lastAge)
    used.push(ages)
    newShare.push(ages.at(-1) ?? 0)
  }
  return { owed, shares, used, newShare }
}

function owedBy(state: VintageState, share: number, terms: Terms): number {
  const left = Math.max(0, leftOf(state))
  const more = Math.round(share * left)
  if (!state.isSale) return grantedLiability(more, terms.costMinorPer100)
  const { redeemed, allocatedMinor } = state
  return allocatedMinor - recognise(allocatedMinor, { redeemed, expected: redeemed + more, outstanding: left })
}

function assemble(given: {
  readonly ground: Ground
  readonly asOf: Date
  readonly zone: string
  readonly assumptions: readonly Told[]
  readonly vintages: Vintages
  readonly months: readonly Movement[]
  readonly range: Range | null
  readonly members: number
  readonly lastMonth: number
  readonly outlook: Outlook
}): LiabilityReport {
  const { ground, asOf, zone, vintages, months, range, outlook, lastMonth } = given
  const { terms, curve } = outlook
  const states = [...vintages.states.values()].sort(
    (one, other) =>
      one.vintage - other.vintage || Number(other.isSale) - Number(one.isSale) || (one.issuer < other.issuer ? -1 : 1),
  )
  const sum = (pick: (state: VintageState) => number) => states.reduce((total, state) => total + pick(state), 0)
  const totals = totalsOf(vintages)
  const owedMinor = totals.liabilityMinor + totals.grantedMinor
  const end = [(1 - level) / 2, (1 + level) / 2] as const
  const bounds = (values: readonly number[] | undefined) =>
    values && values.length > 0 ? end.map(share => quantile(values, share)) : [null, null]
  const [owedLow, owedHigh] = bounds(range?.owed)
  const [shareLow, shareHigh] = bounds(range?.newShare)
  const told = terms.breakagePermille !== null
  const oldest = states.reduce((least, state) => Math.min(least, state.vintage), lastMonth + 1)
  const complete = months.findLast(movement => movement.month <= nameOfMonth(lastMonth))
  return {
    asOfAt: asOf.toISOString(),
    currency: terms.currency,
    zone,
    owedMinor,
    // The estimate lies within its own range, though a range of draws may just miss it.
    owedLowMinor: owedLow == null ? null : Math.min(owedMinor, Math.round(owedLow)),
    owedHighMinor: owedHigh == null ? null : Math.max(owedMinor, Math.round(owedHigh)),
    level,
    sale: {
      allocatedMinor: totals.allocatedMinor,
      recognisedMinor: totals.recognisedMinor,
      liabilityMinor: totals.liabilityMinor,
    },
    granted: {
      outstanding: sum(state => (state.isSale ? 0 : leftOf(state))),
      liabilityMinor: totals.grantedMinor,
    },
    points: {
      issued: sum(state => state.issued),
      redeemed: sum(state => state.redeemed),
      expired: sum(state => state.expired),
      revoked: sum(state => state.revoked),
      outstanding: sum(leftOf),
    },
    redemption: {
      from: told ? 'assumption' : curve ? 'history' : 'all',
      share: 1 - breakagePpm(outlook, lastMonth) / 1e6,
      low: shareLow ?? null,
      high: shareHigh ?? null,
      monthsSeen: Math.max(0, lastMonth - oldest + 1),
      monthsNeeded: enoughHistory.months,
      members: given.members,
      membersNeeded: enoughHistory.members,
    },
    curve: curve ? curvePoints(curve, range, lastAgeOf(lastMonth, terms.expiry), end) : [],
    vintages: states.map(state => shownVintage(state, bounds(range?.shares.get(state.vintage)))),
    months: months.slice(-monthsShown),
    journal: { month: complete?.month ?? null, lines: complete ? journalOf(complete) : [] },
    terms: {
      worthMinorPer100: terms.worthMinorPer100,
      costMinorPer100: terms.costMinorPer100,
      breakagePermille: terms.breakagePermille,
      reason: terms.reason,
      lifeMonths: terms.expiry.kind === 'months' ? terms.expiry.months : null,
      assumptionNumbers: given.assumptions.filter(each => each.toldAt <= asOf).map(each => each.number),
      seed,
    },
    fingerprint: ground.fingerprint,
  }
}

function curvePoints(curve: Curve, range: Range | null, lastAge: number | null, end: readonly [number, number]) {
  return usedByAge(curve, lastAge).map((used, age) => {
    const ways = range?.used.flatMap(ages => ages[age] ?? []) ?? []
    const [low, high] = ways.length > 0 ? end.map(share => quantile(ways, share)) : [null, null]
    return {
      age,
      used,
      low: low == null ? null : Math.min(low, used),
      high: high == null ? null : Math.max(high, used),
      isSeen: age < curve.seenAges,
    }
  })
}

function shownVintage(state: VintageState, [low, high]: readonly (number | null | undefined)[]): Vintage {
  const left = Math.max(0, leftOf(state))
  const bound = (share: number | null | undefined) =>
    share == null ? state.expected : state.redeemed + Math.round(share * left)
  return {
    month: nameOfMonth(state.vintage),
    issuer: state.issuer,
    kind: state.isSale ? 'sale' : 'granted',
    isAgent: state.isAgent,
    issued: state.issued,
    redeemed: state.redeemed,
    expired: state.expired,
    revoked: state.revoked,
    outstanding: leftOf(state),
    expected: state.expected,
    expectedLow: Math.min(state.expected, bound(low)),
    expectedHigh: Math.max(state.expected, bound(high)),
    considerationMinor: state.considerationMinor,
    allocatedMinor: state.allocatedMinor,
    recognisedMinor: state.recognisedMinor,
    liabilityMinor: state.isSale ? state.allocatedMinor - state.recognisedMinor : state.grantedMinor,
  }
}

type Account = JournalLine['account']

/** The month as lines of a journal: what sales put off, what was earned of it, and what points without a sale will cost. */
export function journalOf(movement: Movement): JournalLine[] {
  const lines: JournalLine[] = []
  const say = (of: JournalLine['of'], amountMinor: number, debit: Account, credit: Account) => {
    if (amountMinor === 0) return
    const [from, to] = amountMinor > 0 ? [debit, credit] : [credit, debit]
    const amount = Math.abs(amountMinor)
    lines.push({ account: from, debitMinor: amount, creditMinor: 0, of })
    lines.push({ account: to, debitMinor: 0, creditMinor: amount, of })
  }
  say('allocated', movement.allocatedMinor, 'revenue', 'contract-liability')
  say('redeemed', movement.redeemedMinor, 'contract-liability', 'revenue')
  say('breakage', movement.breakageMinor, 'contract-liability', 'revenue')
  say('revoked', movement.revokedMinor, 'contract-liability', 'revenue')
  say('estimate', movement.estimateMinor, 'contract-liability', 'revenue')
  say('granted', movement.grantedChangeMinor, 'marketing-expense', 'marketing-provision')
  return lines
}
