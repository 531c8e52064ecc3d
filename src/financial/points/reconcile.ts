import { startOfDay } from '#kernel/clock/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { RecordedEvent } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { digest, type Instruction, type PostingRequest, post } from '#kernel/ledger/index.ts'
import { birthMonthsIn, holdersKnownTo, profileIdsKnownTo } from '#kernel/parties/index.ts'
import { assert } from '#kernel/refusal.ts'
import { asksForGroups, type Earning, type Edition, earningsOf, type Ground, type Member } from './earn.ts'
import { moneyKinds, purchasesOf } from './facts.ts'
import * as store from './store.ts'
import { firstRules, isPlain, touchedFrom } from './touched.ts'

/** Names the programme in the ledger, as issuer and as author. */
export const issuer = 'points'
export const pointsAsset = 'points'
const author = { actor: 'financial/points' }

export function editionsFrom(stored: readonly store.StoredEdition[]): Edition[] {
  return stored.map(({ editionId, rules, zone, startsAt }) => ({
    editionId,
    rules,
    zone,
    startsAt: startsAt.getTime(),
  }))
}

/** The rules, and the groups of products where a rule asks for them. */
export async function groundOf(transaction: Queryable, editions: readonly Edition[]): Promise<Ground> {
  const groups = asksForGroups(editions) ? await store.categories(transaction) : new Map<string, string>()
  return { editions, categoryOf: sku => groups.get(sku) }
}

/** The facts of these customers as the log now stands. */
export async function membersOf(
  house: House,
  transaction: Transaction,
  partyIds: readonly string[],
  zone: string,
): Promise<Map<string, Member>> {
  const events = Map.groupBy(await house.events.history(transaction, partyIds, moneyKinds), event => event.partyId)
  const birthdays = await store.birthdays(transaction, partyIds)
  return new Map(
    partyIds.map(partyId => [
      partyId,
      { partyId, birthday: birthdays.get(partyId) ?? null, purchases: purchasesOf(events.get(partyId) ?? [], zone) },
    ]),
  )
}

/**
 * Works out what these customers have earned from all that is known of them, and posts what differs from what was posted: so
 * the order in which purchases, refunds and corrections arrive cannot matter, and doing it again changes nothing. Runs in
 * the transaction that recorded the facts. Where it is told what was heard, what that cannot touch is not looked at.
 */
export async function reconcile(
  house: House,
  transaction: Transaction,
  partyIds: readonly string[],
  heard: readonly RecordedEvent[] = [],
): Promise<void> {
  const stored = await store.readEditions(transaction)
  if (stored.length === 0 || partyIds.length === 0) return
  const holders = await holdersKnownTo(house, transaction, partyIds)
  const sorted = [...new Set(partyIds.map(id => holders.get(id) ?? id))].sort()
  // What was posted for a profile that was merged since stays where it lies, and counts for who was kept.
  const profileIds = await profileIdsKnownTo(house, transaction, sorted)
  const holderOf = new Map([...profileIds].flatMap(([id, theirs]) => theirs.map(each => [each, id] as const)))
  const locked = await store.lockMembers(transaction, [...holderOf.keys()], house.clock.now())
  const editions = editionsFrom(stored)
  const ground = await groundOf(transaction, editions)
  const profiles = await store.profiles(transaction, sorted)
  const plain = locked.flatMap(({ partyId, plainAt }) => {
    const { changedAt } = profiles.get(partyId) ?? {}
    return plainAt && changedAt && changedAt < plainAt && profileIds.get(partyId)?.length === 1 ? [partyId] : []
  })
  const part = await partOf(house, transaction, { plain, profiles, heard, editions })
  const isPart = (partyId: string) => part.partyIds.has(partyId)
  const whole = sorted.filter(partyId => !isPart(partyId))
  const wholeProfiles = whole.flatMap(partyId => profileIds.get(partyId)!)
  const ofAll = whole.length > 0
  const lines = [...part.lines, ...(ofAll ? await store.readLines(transaction, wholeProfiles) : [])]
  const posted = Map.groupBy(lines, line => holderOf.get(line.partyId)!)
  const told = [...part.events, ...(ofAll ? await house.events.history(transaction, whole, moneyKinds) : [])]
  const events = Map.groupBy(told, event => event.partyId)
  const now = house.clock.now().getTime()
  const due = new Map(
    sorted.map(partyId => {
      const birthday = profiles.get(partyId)?.birthday ?? null
      const purchases = purchasesOf(events.get(partyId) ?? [], stored[0]!.zone)
      return [partyId, earningsOf(ground, { partyId, birthday, purchases, isPart: isPart(partyId) })]
    }),
  )
  const steps = sorted.flatMap(partyId => stepsFor(partyId, due.get(partyId)!, posted.get(partyId) ?? []))
  const written = await takeSteps(house, transaction, { steps, editions })
  const known = Map.groupBy([...lines, ...written], line => line.partyId)
  const extensions = [...holderOf].flatMap(([partyId, holderId]) =>
    extensionsOf(partyId, { editions, due: due.get(holderId)!, lines: known.get(partyId) ?? [], now }),
  )
  await post(
    house,
    transaction,
    extensions.map(instruction => ({ instructions: [instruction], author })),
  )
  const changed = locked.flatMap(({ partyId, plainAt }) => {
    if (!whole.includes(partyId)) return []
    const becomes = profileIds.get(partyId)!.length === 1 && (events.get(partyId) ?? []).every(isPlain)
    const stays = becomes ? plain.includes(partyId) : plainAt === null
    return stays ? [] : [{ partyId, plainAt: becomes ? new Date(now) : null }]
  })
  await store.writePlain(transaction, changed)
}

interface Part {
  /** Of whom less than everything is looked at. */
  readonly partyIds: ReadonlySet<string>
  readonly events: readonly RecordedEvent[]
  readonly lines: readonly store.Line[]
}

/** What the events can touch of those whose history is of purchases alone, and whose first purchase is known to lie before. */
async function partOf(
  house: House,
  transaction: Transaction,
  given: {
    readonly plain: readonly string[]
    readonly profiles: ReadonlyMap<string, store.Profile>
    readonly heard: readonly RecordedEvent[]
    readonly editions: readonly Edition[]
  },
): Promise<Part> {
  const { profiles, heard, editions } = given
  const nothing = { partyIds: new Set<string>(), events: [], lines: [] }
  const from = touchedFrom(heard, editions)
  if (from === null) return nothing
  const since = startOfDay(from, editions[0]!.zone)
  // A lunar birthday may come twice in a year: what the first brought lies before.
  const plain = given.plain.filter(partyId => {
    const { birthday } = profiles.get(partyId)!
    return birthday === null || birthMonthsIn(birthday, Number(from.slice(0, 4))).length < 2
  })
  if (plain.length === 0) return nothing
  const firsts = firstRules(editions)
  const lines = await store.readLines(transaction, plain, { since, ruleIds: firsts })
  const before = lines.filter(line => line.occurredAt < since && line.kept > 0)
  const welcomed = new Set(firsts.length === 0 ? plain : before.map(line => line.partyId))
  return {
    partyIds: welcomed,
    events: welcomed.size === 0 ? [] : await house.events.history(transaction, [...welcomed], moneyKinds, since),
    lines: lines.filter(line => line.occurredAt >= since && welcomed.has(line.partyId)),
  }
}

/**
 * A purchase keeps alive what was earned by rules that say so. Lots of other editions keep the rule that made them; what was
 * given by hand lives as long as the longest.
 */
function extensionsOf(
  partyId: string,
  given: {
    readonly editions: readonly Edition[]
    readonly due: readonly Earning[]
    readonly lines: readonly store.Line[]
    readonly now: number
  },
): Instruction[] {
  const { editions, due, lines, now } = given
  return editions.flatMap(({ editionId, rules }) => {
    if (rules.expiry.kind !== 'activity') return []
    const until = Math.max(0, ...due.filter(each => each.editionId === editionId).map(each => each.expiresAt!))
    if (until <= now || !lines.some(line => line.editionId === editionId && line.kept > 0)) return []
    const others = lines.filter(line => line.editionId !== editionId)
    const except = [...new Set(others.map(sourceOf))].sort()
    const key = `points ${partyId} alive until ${until}${except.length === 0 ? '' : ` but ${digest(except.join())}`}`
    return [{ act: 'extend', key, partyId, asset: pointsAsset, occurredAt: now, until, except }]
  })
}

/** `grow` issues more for a line, `shrink` takes back what is no longer due of one generation of it. */
export type Step =
  | {
      readonly kind: 'grow'
      readonly partyId: string
      readonly earning: Earning
      readonly generation: number
      readonly points: number
      readonly kept: number
    }
  | { readonly kind: 'shrink'; readonly line: store.Line; readonly kept: number }

/**
 * How what was posted becomes what is due. What a line lost is taken from its latest generation first, because a share that
 * was taken back is never given back by the ledger: what is due again is issued anew.
 *
 * Example: 12 points posted, 6 of them due after a refund -> shrink to 6; the refund is withdrawn -> grow by 6.
 */
export function stepsFor(partyId: string, due: readonly Earning[], posted: readonly store.Line[]): Step[] {
  const steps: Step[] = []
  const known = Map.groupBy(posted, line => line.lineKey)
  for (const earning of due) {
    const lines = known.get(earning.key)
    known.delete(earning.key)
    if (!lines) {
      const { points, kept } = earning
      if (kept > 0) steps.push({ kind: 'grow', partyId, earning, generation: 1, points, kept })
      continue
    }
    const have = lines.reduce((sum, line) => sum + line.kept, 0)
    const more = earning.kept - have
    if (more > 0) {
      steps.push({
        kind: 'grow',
        partyId,
        earning,
        generation: Math.max(...lines.map(line => line.generation)) + 1,
        points: more,
        kept: more,
      })
    } else if (more < 0) steps.push(...shrinkBy(lines, -more))
  }
  for (const lines of known.values()) {
    steps.push(
      ...shrinkBy(
        lines,
        lines.reduce((sum, line) => sum + line.kept, 0),
      ),
    )
  }
  return steps
}

function shrinkBy(lines: readonly store.Line[], points: number): Step[] {
  const steps: Step[] = []
  let left = points
  for (const line of lines.toReversed()) {
    const part = Math.min(left, line.kept)
    if (part > 0) steps.push({ kind: 'shrink', line, kept: line.kept - part })
    left -= part
  }
  return steps
}

async function takeSteps(
  house: House,
  transaction: Transaction,
  { steps, editions }: { steps: readonly Step[]; editions: readonly Edition[] },
): Promise<readonly store.Line[]> {
  const granted = await withinBudgets(transaction, steps)
  if (granted.length === 0) return []
  const now = house.clock.now().getTime()
  const requests: PostingRequest[] = []
  const lines: store.Line[] = []
  const say = (instruction: Instruction) => requests.push({ instructions: [instruction], author })
  for (const step of granted) {
    const line = step.kind === 'grow' ? lineOf(step) : { ...step.line, kept: step.kept }
    lines.push(line)
    const source = sourceOf(line)
    const base = { partyId: line.partyId, asset: pointsAsset, source }
    const occurredAt = line.occurredAt.getTime()
    if (step.kind === 'grow') {
      const { maturesAt } = step.earning
      const edition = editions.find(each => each.editionId === step.earning.editionId)!
      const expiresAt = usableUntil(step.earning, edition, now)
      say({
        ...base,
        act: 'issue',
        key: `points ${line.partyId} ${source}`,
        occurredAt,
        amount: line.issued,
        from: `issuance:${step.earning.merchant ?? issuer}`,
        issuer: step.earning.merchant ?? issuer,
        ...(maturesAt !== null && { maturesAt }),
        ...(expiresAt !== null && { expiresAt }),
      })
    }
    if (line.kept < line.issued) {
      say({
        ...base,
        act: 'revoke',
        key: `points ${line.partyId} ${source} keeps ${line.kept}`,
        occurredAt: now,
        numerator: line.issued - line.kept,
        denominator: line.issued,
      })
    }
  }
  const outcomes = await post(house, transaction, requests)
  for (const [outcome] of outcomes)
    assert(outcome!.state === 'posted', `points are posted (${JSON.stringify(outcome)})`)
  await store.writeLines(transaction, lines)
  await house.live.announce(transaction, ['points'])
  return lines
}

/** What was issued for a line, under one name in the ledger. */
export function sourceOf({ lineKey, generation }: Pick<store.Line, 'lineKey' | 'generation'>): string {
  return `${lineKey}#${generation}`
}

function lineOf({ partyId, earning, generation, points, kept }: Extract<Step, { kind: 'grow' }>): store.Line {
  const { key, editionId, ruleId, eventId, at, reason } = earning
  const occurredAt = new Date(at)
  return { partyId, lineKey: key, generation, editionId, ruleId, eventId, occurredAt, issued: points, kept, reason }
}

/** Points told of after their time was over get some days of grace, rather than nothing. */
function usableUntil({ expiresAt }: Earning, { rules }: Edition, now: number): number | null {
  if (expiresAt === null || expiresAt > now) return expiresAt
  return now + rules.lateGraceDays * 86_400_000
}

/** Whoever comes first is served first: what the budgets no longer hold is not issued, and what was given stays given. */
async function withinBudgets(transaction: Transaction, steps: readonly Step[]): Promise<Step[]> {
  const budgets = steps.flatMap(step => (step.kind === 'grow' ? step.earning.budgets : []))
  if (budgets.length === 0) return [...steps]
  const used = await store.lockBudgets(transaction, [...new Set(budgets.map(budget => budget.key))])
  const granted = steps.map((step): Step => {
    if (step.kind === 'shrink') return step
    const room = step.earning.budgets.map(({ key, limit }) => Math.max(0, limit - used.get(key)!))
    const points = Math.min(step.points, ...room)
    for (const { key } of step.earning.budgets) used.set(key, used.get(key)! + points)
    return { ...step, points, kept: Math.max(0, step.kept - (step.points - points)) }
  })
  await store.writeBudgets(transaction, used)
  return granted.filter(step => step.kind === 'shrink' || step.points > 0)
}
