import { addDays, type Day, localDay, startOfDay } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { wilsonInterval } from '#statistics/index.ts'
import { minutesTaken } from './calendar.ts'
import { type Case, casesOf, type Edition, type Fact, type Ground, matches, referenceOf } from './cases.ts'
import { readFacts, readGround } from './facts.ts'
import { quantileOf, wouldKeep } from './improve.ts'
import { owedFor } from './judge.ts'
import type { PromiseTerms } from './terms.ts'

const pageSize = 2000
const worst = 5

/**
 * What terms would have meant, had they been promised from one day to another: the same pure rules that judge live, over the real
 * history, written nowhere. Nothing is judged that was not due by the last day.
 *
 * Example: 48 hours over last year's orders -> 1,412 cases, 40 broken, ¥800, the worst day the one after the feast.
 */
export async function whatIf(
  house: House,
  terms: PromiseTerms,
  asked: { readonly fromOn?: Day | undefined; readonly untilOn?: Day | undefined },
) {
  const { zone, currency } = await house.settings.business()
  const now = house.clock.now().getTime()
  const untilOn = asked.untilOn ?? localDay(new Date(now), zone)
  const fromOn = asked.fromOn ?? addDays(untilOn, -364)
  const startsAt = startOfDay(fromOn, zone).getTime()
  const endsAt = Math.min(now, startOfDay(addDays(untilOn, 1), zone).getTime())
  const edition: Edition = { editionId: '', promiseId: '', number: 1, terms, zone, startsAt }
  const total = sumUp(terms, { zone, endsAt })
  for await (const partyIds of pagesOfParties(house.database)) {
    const ground = await readGround(house, house.database, [edition], partyIds)
    for (const [partyId, facts] of await readFacts(house.database, partyIds, [edition])) {
      const until = facts.filter(fact => fact.at <= endsAt)
      total.add(casesOf([edition], until, ground.of(partyId)), until, ground.of(partyId), startsAt)
    }
  }
  return { fromOn, untilOn, currency: currencyOf(terms) ?? currency, ...total.result() }
}

export function currencyOf({ compensation }: PromiseTerms): string | null {
  return compensation.kind === 'apology' ? null : compensation.currency
}

async function* pagesOfParties(queryable: Queryable): AsyncIterable<string[]> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const rows = await queryable.query<{ partyId: string }>(
      'select party_id as "partyId" from parties.party where party_id > $1 order by party_id limit $2',
      [after, pageSize],
    )
    if (rows.length === 0) return
    yield rows.map(row => row.partyId)
    after = rows.at(-1)!.partyId
  }
}

interface Sum {
  cases: number
  broken: number
  costMinor: number
}

function sumUp(terms: PromiseTerms, { zone, endsAt }: { zone: string; endsAt: number }) {
  const months = new Map<string, Sum>()
  const days = new Map<Day, Sum>()
  const minutes: number[] = []
  const count = { kept: 0, broken: 0, open: 0, withoutReference: 0, neverEnded: 0 }
  const at = <Key>(sums: Map<Key, Sum>, key: Key): Sum => {
    const sum = sums.get(key) ?? { cases: 0, broken: 0, costMinor: 0 }
    sums.set(key, sum)
    return sum
  }
  function note(theirs: Case, ground: Ground): void {
    const { judged } = terms
    const isStopped = theirs.stoppedAt !== null
    if (judged.kind === 'timed' && isStopped)
      minutes.push(minutesTaken(judged.clock, theirs.startedAt, theirs.stoppedAt!, { ...ground, zone }))
    const isKept = theirs.dueAt !== null && isStopped && theirs.stoppedAt! <= theirs.dueAt
    const isOpen = !isKept && theirs.dueAt !== null && theirs.dueAt >= endsAt
    if (isOpen) {
      count.open++
      return
    }
    const on = localDay(new Date(theirs.startedAt), zone)
    const worthMinor = isKept ? 0 : owedFor(terms.compensation, theirs.order).worthMinor
    if (isKept) count.kept++
    else count.broken++
    if (!isKept && judged.kind === 'timed' && !isStopped) count.neverEnded++
    for (const sum of [at(months, on.slice(0, 7)), at(days, on)]) {
      sum.cases++
      if (!isKept) sum.broken++
      sum.costMinor += worthMinor
    }
  }
  return {
    add(cases: readonly Case[], facts: readonly Fact[], ground: Ground, startsAt: number): void {
      for (const theirs of cases) if (!theirs.isVoid) note(theirs, ground)
      const sought = terms.judged.kind === 'timed' ? terms.judged.start : terms.judged.broken
      if (!sought) return
      const silent = facts.filter(fact => fact.at >= startsAt && matches(sought, fact))
      count.withoutReference += silent.filter(fact => referenceOf(sought, fact) === undefined).length
    },
    result() {
      const { kept, broken, open, withoutReference, neverEnded } = count
      const decided = kept + broken
      const sorted = [...minutes].sort((one, other) => one - other)
      const interval = decided > 0 ? wilsonInterval(kept, decided) : null
      return {
        cases: decided + open,
        kept,
        broken,
        open,
        withoutReference,
        keptRate: decided > 0 ? kept / decided : null,
        interval: interval && { from: interval.low, to: interval.high },
        costMinor: [...months.values()].reduce((sum, month) => sum + month.costMinor, 0),
        months: [...months].sort(byKey).map(([month, sum]) => ({ month, ...sum })),
        worstDays: [...days]
          .filter(([, day]) => day.broken > 0)
          .sort(([one, a], [other, b]) => b.broken - a.broken || (one < other ? -1 : 1))
          .slice(0, worst)
          .map(([on, { cases, broken: bad }]) => ({ on, cases, broken: bad })),
        medianMinutes: sorted.length > 0 ? quantileOf(sorted, 0.5) : null,
        wouldKeep: wouldKeep(sorted, neverEnded),
      }
    },
  }
}

function byKey([one]: readonly [string, Sum], [other]: readonly [string, Sum]): number {
  return one < other ? -1 : 1
}
