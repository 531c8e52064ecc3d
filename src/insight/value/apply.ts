import { pagesOfPurchaseSums, type Situation } from '#insight/rhythm/index.ts'
import { type Day, dayNumber } from '#kernel/clock/index.ts'
import { openSnapshot, type Queryable, type Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import type { Progress } from '#kernel/jobs/index.ts'
import { type Base, baseOf, type Member } from './base.ts'
import { tenthsOf } from './concentration.ts'
import type { ValueSettings } from './contract.ts'
import { findingsOf } from './findings.ts'
import { standingOn } from './history.ts'
import { allMargins, type MarginOf, marginsOf } from './margins.ts'
import { learnedFrom, type ValueModel } from './model.ts'
import { historiesOf } from './money-log.ts'
import { copyLines, copyTarget, nextSnapshotNo, saveSnapshot, saveValued, type ValuedRow, valueAlone } from './store.ts'
import { type Learned, sum, type Terms, type Worth, worthOf, yearDays } from './worth.ts'

/** Models of a whole base work with tables of days; the larger a page, the more customers share one. */
const pageSize = 100_000

/** Sums over everybody that one pass gathers. */
export interface Totals {
  readonly customers: number
  readonly equityMinor: number
  readonly yearMinor: number
  readonly grossMinor: number
  readonly newCustomersInYear: number
  /** Customers who are more likely here than gone, and what they are worth. */
  readonly present: { readonly customers: number; readonly worthMinor: number }
}

/**
 * Values everybody who had bought by the reading day and keeps the result as a new snapshot: one pass through the folded
 * purchases, written by COPY in the transaction that replaces what was kept before. Readers see the old or the new whole.
 */
export async function valueEverybody(
  house: House,
  model: ValueModel,
  {
    situation,
    settings,
    panelBase,
    progress,
  }: {
    readonly situation: Situation
    readonly settings: ValueSettings
    /** Customers from whom intervals and levers are told; a fair part of the base. */
    readonly panelBase: Base
    readonly progress: Progress
  },
): Promise<{ readonly snapshotNo: number; readonly customers: number }> {
  const { asOfOn } = situation
  const marginOf = await house.database.transaction(transaction => allMargins(transaction, settings))
  const valuation = { learned: learnedFrom(model), situation, settings, marginOf, progress }
  return house.database.transaction(async transaction => {
    await valueAlone(transaction)
    const number = await nextSnapshotNo(transaction)
    await transaction.query('delete from value.customer')
    const pass = newPass()
    // While a table is being filled its connection answers nothing, and the pool may be full of those who wait for this to end.
    const base = await openSnapshot(house.database.connection, 0)
    try {
      await transaction.copy(copyTarget, linesOf(valuation, base, pass, { snapshotNo: number, asOfOn }))
    } finally {
      await base.close()
    }
    const worth = pass.worth.subarray(0, pass.totals.customers)
    const findings = await findingsOf(model, {
      panelBase,
      marginOf,
      settings,
      totals: pass.totals,
      deciles: tenthsOf(worth),
    })
    await saveSnapshot(transaction, {
      snapshotNo: number,
      fitNo: model.fitNo,
      asOfOn,
      valuedAt: house.clock.now(),
      customers: pass.totals.customers,
      equityMinor: pass.totals.equityMinor,
      currency: situation.currency,
      settings,
      findings,
    })
    await house.live.announce(transaction, ['value'])
    return { snapshotNo: number, customers: pass.totals.customers }
  })
}

interface Valuation {
  readonly learned: Learned
  readonly situation: Situation
  readonly settings: ValueSettings
  readonly marginOf: MarginOf
  readonly progress: Progress
}

interface Pass {
  totals: Totals
  /** Worth of each customer so far; grows by doubling. */
  worth: Float64Array
}

function newPass(): Pass {
  const totals = { customers: 0, equityMinor: 0, yearMinor: 0, grossMinor: 0, newCustomersInYear: 0 }
  return { totals: { ...totals, present: { customers: 0, worthMinor: 0 } }, worth: new Float64Array(1 << 14) }
}

async function* linesOf(
  { learned, situation, settings, marginOf, progress }: Valuation,
  queryable: Queryable,
  pass: Pass,
  { snapshotNo, asOfOn }: { readonly snapshotNo: number; readonly asOfOn: Day },
): AsyncIterable<string> {
  const [count] = await queryable.query<{ total: number }>('select count(*) as total from rhythm.state')
  for await (const members of pagesOfMembers(queryable, situation)) {
    if (progress.signal.aborted) throw new Error('stopped before all customers were valued; the job runs again')
    const base = baseOf(members)
    const terms = termsOf(settings, base, marginOf)
    const worth = worthOf(learned, base, terms)
    take(pass, members, { worth, on: dayNumber(asOfOn) })
    const done = pass.totals.customers
    await progress.report({ done, total: Math.max(done, count!.total), unit: 'customers' })
    yield copyLines(rowsOfWorth(base, worth), snapshotNo, asOfOn)
  }
}

export function termsOf(settings: ValueSettings, base: Pick<Base, 'partyIds'>, marginOf: MarginOf): Terms {
  const { annualDiscountShare } = settings
  // One margin for all needs no column.
  if (settings.margins.length === 0) return { annualDiscountShare, marginShare: marginOf('') }
  return { annualDiscountShare, marginShare: Float64Array.from(base.partyIds, marginOf) }
}

function take(
  pass: Pass,
  members: readonly Member[],
  { worth, on }: { readonly worth: Worth; readonly on: number },
): void {
  const { totals } = pass
  const customers = totals.customers + members.length
  if (pass.worth.length < customers) {
    const larger = new Float64Array(Math.max(customers, 2 * pass.worth.length))
    larger.set(pass.worth)
    pass.worth = larger
  }
  pass.worth.set(worth.worthMinor, totals.customers)
  let newCustomers = 0
  let present = 0
  let presentMinor = 0
  members.forEach((member, row) => {
    if (member.firstOn > on - yearDays) newCustomers++
    if (worth.alive && worth.alive[row]! < 0.5) return
    present++
    presentMinor += worth.worthMinor[row]!
  })
  pass.totals = {
    customers,
    equityMinor: totals.equityMinor + sum(worth.worthMinor),
    yearMinor: totals.yearMinor + sum(worth.yearMinor),
    grossMinor: totals.grossMinor + worth.grossMinor,
    newCustomersInYear: totals.newCustomersInYear + newCustomers,
    present: {
      customers: totals.present.customers + present,
      worthMinor: totals.present.worthMinor + presentMinor,
    },
  }
}

/** The base as of the reading day; whoever bought later than it (an order dated ahead) is read from the log. */
async function* pagesOfMembers(queryable: Queryable, situation: Situation): AsyncIterable<Member[]> {
  const on = dayNumber(situation.asOfOn)
  for await (const sums of pagesOfPurchaseSums(queryable, situation.asOfOn, pageSize)) {
    const ahead = sums.filter(row => row.lastOn > on).map(row => row.partyId)
    const standings = new Map(
      (await historiesOf(queryable, ahead, situation)).map(history => [history.partyId, standingOn(history, on)]),
    )
    yield sums.flatMap(({ partyId, purchaseDays, firstOn, lastOn, logGapSum, netMinor }): Member[] => {
      if (lastOn <= on) {
        const recency = lastOn - firstOn
        return [{ partyId, purchaseDays, firstOn, recency, observed: on - firstOn, logGapSum, netMinor }]
      }
      const standing = standings.get(partyId)
      return standing ? [{ partyId, ...standing }] : []
    })
  }
}

export function* rowsOfWorth(base: Base, worth: Worth): Iterable<ValuedRow> {
  for (let row = 0; row < base.partyIds.length; row++) {
    yield {
      partyId: base.partyIds[row]!,
      worthMinor: worth.worthMinor[row]!,
      yearMinor: worth.yearMinor[row]!,
      lifetimeMinor: worth.lifetimeMinor?.[row] ?? null,
      atStakeMinor: worth.atStakeMinor?.[row] ?? null,
      alive: worth.alive?.[row] ?? null,
      expectedPurchases: worth.expectedPurchases[row]!,
      spendMinor: worth.spendMinor[row]!,
    }
  }
}

/** Values these parties anew from the log, by the newest model; answers with those who had bought by the reading day. */
export async function valueParties(
  transaction: Transaction,
  model: ValueModel,
  {
    partyIds,
    situation,
    settings,
    snapshotNo,
  }: {
    readonly partyIds: readonly string[]
    readonly situation: Situation
    readonly settings: ValueSettings
    readonly snapshotNo: number
  },
): Promise<Set<string>> {
  const on = dayNumber(situation.asOfOn)
  const members = (await historiesOf(transaction, partyIds, situation)).flatMap(history => {
    const standing = standingOn(history, on)
    return standing ? [{ partyId: history.partyId, ...standing }] : []
  })
  if (members.length === 0) return new Set()
  const base = baseOf(members)
  const marginOf = await marginsOf(transaction, base.partyIds, settings)
  const worth = worthOf(learnedFrom(model), base, termsOf(settings, base, marginOf))
  await saveValued(transaction, [...rowsOfWorth(base, worth)], { snapshotNo, asOfOn: situation.asOfOn })
  return new Set(base.partyIds)
}
