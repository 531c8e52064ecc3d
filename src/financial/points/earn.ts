import type { Day } from '#kernel/clock/index.ts'
import { addDays, startOfDay } from '#kernel/clock/index.ts'
import { isHeldOut, saltOf } from '#kernel/control-group.ts'
import type { PurchaseLine } from '#kernel/events/index.ts'
import { type Birthday, birthMonthsIn } from '#kernel/parties/index.ts'
import { addMonths, endOfDay, firstDayOf, lastDayOf, lastUsableDay, periodOf, weekdayOf } from './calendar.ts'
import { isKept, type Purchase } from './facts.ts'
import type { Campaign, EarningRule, Expiry, ItemMatch, Period, PointsRules } from './rules.ts'

/** A published state of the rules, and the instant from which it holds. */
export interface Edition {
  readonly editionId: string
  readonly startsAt: number
  readonly zone: string
  readonly rules: PointsRules
}

/** What the rules lean on besides the facts. Editions are in the order in which they start. */
export interface Ground {
  readonly editions: readonly Edition[]
  readonly categoryOf: (sku: string) => string | undefined
}

/** Whether a rule asks to which groups products belong. */
export function asksForGroups(editions: readonly Edition[]): boolean {
  return JSON.stringify(editions.map(edition => edition.rules)).includes('"kind":"category"')
}

export interface Member {
  /** Null for anybody: a basket that is quoted before it is known whose it is. */
  readonly partyId: string | null
  /** Null where it is not known. */
  readonly birthday: Birthday | null
  /** Oldest first, from before the programme too. */
  readonly purchases: readonly Purchase[]
  /** The first purchase ever lies before these: none of them is it. */
  readonly isPart?: boolean
}

/** Why points were given: a translation key with what stands in its sentence. */
export interface Reason {
  readonly key: string
  readonly values: Readonly<
    Record<
      string,
      string | number | { readonly amountMinor: number; readonly currency: string } | { readonly day: Day }
    >
  >
}

/** What one rule gives for one order, day or period. */
export interface Earning {
  /** Names what is rewarded and by which rule, for ever. */
  readonly key: string
  readonly ruleId: string
  readonly editionId: string
  readonly eventId: string | null
  /** Whose sale earned it, and who therefore issues it; null for what the programme itself gives. */
  readonly merchant: string | null
  readonly at: number
  readonly on: Day
  points: number
  /** What is left of them after all refunds so far. */
  kept: number
  readonly reason: Reason
  readonly maturesAt: number | null
  readonly expiresAt: number | null
  /** What more than one customer shares, and how much of it there is. */
  readonly budgets: readonly Budget[]
}

export interface Budget {
  readonly key: string
  readonly limit: number
}

type Mutable = Earning & { readonly refundedMinor: number; readonly ofMinor: number }

/**
 * All that a customer has earned by the editions in force when it happened: a pure function of the facts, so that live
 * posting, replay and tests are one code, and the order in which facts arrive cannot matter.
 *
 * Example: 1 point per ¥10 and an order of ¥128.50, half of it returned -> 12 points, 6 of them kept.
 */
export function earningsOf(ground: Ground, member: Member): Earning[] {
  const first = ground.editions[0]
  if (!first) return []
  const given: Mutable[] = []
  const seen: Seen = { firstKept: member.isPart ? '' : null, days: new Set(), birthYears: new Set() }
  for (const purchase of member.purchases) {
    if (isKept(purchase)) seen.firstKept ??= purchase.eventId
    const edition = editionAt(ground, purchase.at)
    if (edition && purchase.currency === edition.rules.currency) {
      earnForOrder(given, { ground, edition, member, purchase, seen })
    }
  }
  if (ground.editions.some(({ rules }) => rules.earning.some(isOfPeriod))) earnForPeriods(given, ground, member)
  return capped(ground, given)
}

/** The edition in force at an instant. */
export function editionAt({ editions }: Pick<Ground, 'editions'>, at: number): Edition | undefined {
  for (let index = editions.length - 1; index >= 0; index--) {
    if (editions[index]!.startsAt <= at) return editions[index]
  }
  return undefined
}

interface Seen {
  firstKept: string | null
  readonly days: Set<string>
  readonly birthYears: Set<string>
}

interface OrderGround {
  readonly ground: Ground
  readonly edition: Edition
  readonly member: Member
  readonly purchase: Purchase
  readonly seen: Seen
}

function earnForOrder(given: Mutable[], { ground, edition, member, purchase, seen }: OrderGround): void {
  const { rules, zone, editionId } = edition
  const { on, at, eventId, orderRef, refundedMinor } = purchase
  const ofMinor = purchase.amountMinor
  const times = usableBetween(edition, on, member)
  const isBirthMonth =
    member.birthday !== null && birthMonthsIn(member.birthday, Number(on.slice(0, 4))).includes(Number(on.slice(5, 7)))
  const give = (key: string, ruleId: string, points: number, reason: Reason, budgets: readonly Budget[] = []) => {
    if (points <= 0) return
    const { merchant } = purchase
    const base = { key, ruleId, editionId, eventId, merchant, at, on, reason, refundedMinor, ofMinor }
    given.push({ ...base, ...times, points, kept: points, budgets: [...budgets, ...shared(rules, on)] })
  }
  let earned = 0
  for (const rule of rules.earning) {
    const key = `${eventId}/${rule.ruleId}`
    if (rule.kind === 'spend') {
      const baseMinor = earningMinor(ground, rules, purchase, rule.match)
      const points = share(baseMinor, rule.points, rule.perMinor)
      earned += points
      const { currency } = rules
      const per = { amountMinor: rule.perMinor, currency }
      const base = { amountMinor: baseMinor, currency }
      give(key, rule.ruleId, points, ofOrder('spend', orderRef, { count: points, rate: rule.points, per, base }))
    } else if (rule.kind === 'item') {
      const units = unitsOf(ground, rules, purchase, rule.match)
      const points = rule.points * units
      earned += points
      give(key, rule.ruleId, points, ofOrder('item', orderRef, { count: points, rate: rule.points, units }))
    } else if (rule.kind === 'visit' && isKept(purchase) && onWeekday(rule.weekdays, on)) {
      const visit = `${on}/${rule.ruleId}`
      if (seen.days.has(visit)) continue
      seen.days.add(visit)
      giveWhole({
        ...times,
        key: visit,
        rule,
        at: startOfDay(on, zone).getTime(),
        reason: reasonOf('visit', rule, { day: { day: on } }),
      })
    } else if (rule.kind === 'first' && seen.firstKept === eventId) {
      giveWhole({ ...times, key, rule, at, reason: ofOrder('first', orderRef, { count: rule.points }) })
    } else if (rule.kind === 'birthday' && isBirthMonth && isKept(purchase)) {
      const year = `${on.slice(0, 4)}/${rule.ruleId}`
      if (seen.birthYears.has(year)) continue
      seen.birthYears.add(year)
      giveWhole({
        ...times,
        key: `birthday ${year}`,
        rule,
        at,
        reason: reasonOf('birthday', rule, { year: on.slice(0, 4) }),
      })
    }
  }
  for (const campaign of rules.campaigns) {
    if (earned === 0 || !isOn(campaign, on, isBirthMonth) || isLeftOut(campaign, member)) continue
    const points = Math.floor((earned * (campaign.percent - 100)) / 100)
    const { budgetPoints, name, percent } = campaign
    const budget = budgetPoints === null ? [] : [{ key: `${editionId}/${campaign.ruleId}`, limit: budgetPoints }]
    const reason = ofOrder('campaign', orderRef, { count: points, name, percent, base: earned })
    give(`${eventId}/${campaign.ruleId}`, campaign.ruleId, points, reason, budget)
  }

  /** What is given for a day or a month, not for an order: part of an order given back takes nothing of it. */
  function giveWhole(
    one: Pick<Earning, 'key' | 'at' | 'reason' | 'maturesAt' | 'expiresAt'> & { rule: EarningRule },
  ): void {
    const { rule, ...rest } = one
    const { ruleId, points } = rule
    const whole = { refundedMinor: 0, ofMinor: 1, budgets: shared(rules, on) }
    given.push({ ...rest, ...whole, ruleId, editionId, eventId: null, merchant: null, on, points, kept: points })
  }
}

function reasonOf(kind: EarningRule['kind'], rule: EarningRule, values: Reason['values']): Reason {
  return { key: `points:reason.${kind}`, values: { count: rule.points, ...values } }
}

/** With the order's own number where it has one. */
function ofOrder(kind: string, orderRef: string | null, values: Reason['values']): Reason {
  return orderRef === null
    ? { key: `points:reason.${kind}`, values }
    : { key: `points:reason.${kind}-order`, values: { ...values, order: orderRef } }
}

function onWeekday(weekdays: readonly number[], on: Day): boolean {
  return weekdays.length === 0 || weekdays.includes(weekdayOf(on))
}

function isOn(campaign: Campaign, on: Day, isBirthMonth: boolean): boolean {
  if (on < campaign.fromOn || on > campaign.untilOn) return false
  return onWeekday(campaign.weekdays, on) && (isBirthMonth || !campaign.onlyBirthMonth)
}

/** Whether a customer is among those who do not get a campaign, so that its effect can be seen. Always the same ones. */
export function isLeftOut({ ruleId, holdOutPercent = 0 }: Campaign, { partyId }: Pick<Member, 'partyId'>): boolean {
  return partyId !== null && isHeldOut(partyId, saltOf(actOf(ruleId)), holdOutPercent / 100)
}

/** A campaign is offered freely; what it gave is owed. */
export function actOf(ruleId: string) {
  return { programme: 'points', treatment: ruleId, discretionary: true }
}

/** What everybody shares in the month of a day. */
function shared({ caps }: PointsRules, on: Day): Budget[] {
  return caps.everybodyPerMonth === null ? [] : [{ key: `everybody ${on.slice(0, 7)}`, limit: caps.everybodyPerMonth }]
}

interface Usable {
  readonly maturesAt: number | null
  readonly expiresAt: number | null
}

/** From when until when points of a day can be used by a member. */
function usableBetween(edition: Edition, on: Day, member: Member): Usable {
  const { expiry } = edition.rules
  if (expiry.kind !== 'activity') return usableFrom(edition, on)
  const { maturesAt } = usableFrom(edition, on)
  return { maturesAt, expiresAt: endOfDay(lastUsableDay(keptAliveOn(member, on, expiry), expiry)!, edition.zone) }
}

const keepers = new WeakMap<Member, Map<Expiry, ReadonlyMap<Day, Day>>>()

/**
 * The last of the purchases that kept points of a day alive, each made before those of the one before it were over.
 *
 * Example: three months; bought in January, March, May and December: points of January live by the purchase in May.
 */
function keptAliveOn(member: Member, on: Day, expiry: Extract<Expiry, { kind: 'activity' }>): Day {
  let chains = keepers.get(member)
  if (!chains) {
    chains = new Map()
    keepers.set(member, chains)
  }
  let lasts = chains.get(expiry)
  if (!lasts) {
    lasts = lastOfChains([...new Set(member.purchases.map(purchase => purchase.on))].sort(), expiry)
    chains.set(expiry, lasts)
  }
  const until = lastUsableDay(on, expiry)!
  for (const [day, last] of lasts) if (day >= on) return day <= until ? last : on
  return on
}

/** For each day the last one that is reached from it without a gap that is too long; in the order of the days. */
function lastOfChains(days: readonly Day[], expiry: Expiry): ReadonlyMap<Day, Day> {
  const lasts: [Day, Day][] = []
  for (const day of days.toReversed()) {
    const next = lasts.at(-1)
    lasts.push([day, next !== undefined && next[0] <= lastUsableDay(day, expiry)! ? next[1] : day])
  }
  return new Map(lasts.reverse())
}

const usable = new WeakMap<Edition, Map<Day, Usable>>()

/** The same for every member, but for what their later purchases do: asked a million times in a replay, answered once a day. */
function usableFrom(edition: Edition, on: Day): Usable {
  let days = usable.get(edition)
  if (!days) {
    days = new Map()
    usable.set(edition, days)
  }
  let times = days.get(on)
  if (!times) {
    const { rules, zone } = edition
    const last = lastUsableDay(on, rules.expiry)
    times = {
      maturesAt: rules.pendingDays === 0 ? null : startOfDay(addDays(on, rules.pendingDays), zone).getTime(),
      expiresAt: last === null ? null : endOfDay(last, zone),
    }
    days.set(on, times)
  }
  return times
}

function matches({ categoryOf }: Ground, match: ItemMatch, line: PurchaseLine): boolean {
  if (match.kind === 'all') return true
  const name = match.kind === 'sku' ? line.sku : categoryOf(line.sku)
  return name !== undefined && match.values.includes(name)
}

/**
 * What of an order earns by a rule. Where only some items count, they carry their share of what was paid, so that a discount
 * on the whole order lowers them too.
 *
 * Example: ¥90 paid for items of ¥60 and ¥40 of which the first counts -> ¥54.
 */
function earningMinor(ground: Ground, rules: PointsRules, purchase: Purchase, match: ItemMatch): number {
  const { exclude } = rules
  let paid = purchase.amountMinor
  if (exclude.tax) paid -= purchase.taxMinor
  if (exclude.paidWithPoints) paid -= purchase.paidWithPointsMinor
  if (exclude.paidWithGiftCard) paid -= purchase.paidWithGiftCardMinor
  if (paid <= 0) return 0
  if (match.kind === 'all' && exclude.items === null) return paid
  let counting = 0
  let all = 0
  for (const line of purchase.lines) {
    all += line.amountMinor
    if (matches(ground, match, line) && !isExcluded(ground, rules, line)) counting += line.amountMinor
  }
  if (purchase.lines.length === 0) return match.kind === 'all' ? paid : 0
  if (counting <= 0 || all <= 0) return 0
  return counting >= all ? paid : share(paid, counting, all)
}

function isExcluded(ground: Ground, { exclude }: PointsRules, line: PurchaseLine): boolean {
  return exclude.items !== null && matches(ground, exclude.items, line)
}

function unitsOf(ground: Ground, rules: PointsRules, purchase: Purchase, match: ItemMatch): number {
  let thousandths = 0
  for (const line of purchase.lines) {
    if (line.quantity > 0 && matches(ground, match, line) && !isExcluded(ground, rules, line))
      thousandths += line.quantity
  }
  return Math.floor(thousandths / 1000)
}

/** amount × part / whole, rounded down and exact, also where the product leaves the whole numbers of JavaScript. */
function share(amount: number, part: number, whole: number): number {
  const product = amount * part
  if (product <= Number.MAX_SAFE_INTEGER) return Math.floor(product / whole)
  return Number((BigInt(amount) * BigInt(part)) / BigInt(whole))
}

const isOfPeriod = (rule: EarningRule) => rule.kind === 'regularity' || rule.kind === 'volume'

/**
 * Rewards for steady custom. A period is judged by the edition in force when it began, so that nobody loses what was
 * promised to them in the middle of it; the first edition judges the period in which it starts, from its start on.
 */
function earnForPeriods(given: Mutable[], ground: Ground, member: Member): void {
  const start = ground.editions[0]!.startsAt
  const kept = member.purchases.filter(purchase => purchase.at >= start && isKept(purchase))
  for (const edition of ground.editions) {
    const isJudge = (on: Day, period: Period) => {
      const from = Math.max(start, startOfDay(firstDayOf(on, period), edition.zone).getTime())
      return editionAt(ground, from) === edition
    }
    const theirs = kept.filter(purchase => purchase.currency === edition.rules.currency)
    for (const rule of edition.rules.earning) {
      if (rule.kind === 'volume') {
        for (const [period, purchases] of Map.groupBy(theirs, each => periodOf(each.on, rule.per))) {
          if (!isJudge(purchases[0]!.on, rule.per)) continue
          const reached = whichReaches(purchases, rule.atLeastMinor)
          if (!reached) continue
          const least = { amountMinor: rule.atLeastMinor, currency: edition.rules.currency }
          const reason = reasonOf('volume', rule, { period, least })
          given.push(ofPeriod(edition, rule, { name: period, member, reached, per: rule.per, reason }))
        }
      } else if (rule.kind === 'regularity') {
        let before = ''
        let run = 0
        for (const [month, purchases] of Map.groupBy(theirs, each => each.on.slice(0, 7))) {
          run = before !== '' && addMonths(`${before}-01`, 1).startsWith(month) ? run + 1 : 1
          before = month
          const reached = purchases[0]!
          if (run % rule.months !== 0 || !isJudge(reached.on, 'month')) continue
          const reason = reasonOf('regularity', rule, { months: rule.months, period: month })
          given.push(ofPeriod(edition, rule, { name: month, member, reached, per: 'month', reason }))
        }
      }
    }
  }
}

/** The purchase that brought what was kept of all so far to an amount. */
function whichReaches(purchases: readonly Purchase[], atLeastMinor: number): Purchase | undefined {
  let sumMinor = 0
  for (const purchase of purchases) {
    sumMinor += purchase.amountMinor - purchase.refundedMinor
    if (sumMinor >= atLeastMinor) return purchase
  }
  return undefined
}

function ofPeriod(
  edition: Edition,
  { ruleId, points }: EarningRule,
  given: { name: string; member: Member; reached: Purchase; per: Period; reason: Reason },
): Mutable {
  const { name, member, reached, per, reason } = given
  const { at, on } = reached
  const { editionId, rules } = edition
  // Until the period is over and its returns are in, a refund may still undo it.
  const times = usableBetween(edition, lastDayOf(on, per), member)
  const matured = { ...times, maturesAt: times.maturesAt ?? endOfDay(lastDayOf(on, per), edition.zone) }
  const who = { ruleId, editionId, eventId: null, merchant: null }
  const base = { key: `${name}/${ruleId}`, ...who, at, on, points, kept: points, reason }
  return { ...base, ...matured, refundedMinor: 0, ofMinor: 1, budgets: shared(rules, on) }
}

/**
 * Cuts what is beyond a customer's caps, oldest first, then takes back the refunded share of what is left, rounded down once
 * over all refunds of the order. A refund makes no new room under a cap.
 */
function capped(ground: Ground, given: Mutable[]): Earning[] {
  const hasCaps = ground.editions.some(({ rules }) => rules.caps.perDay !== null || rules.caps.perMonth !== null)
  if (hasCaps) {
    const byId = new Map(ground.editions.map(edition => [edition.editionId, edition]))
    const used = new Map<string, number>()
    given.sort((one, other) => one.at - other.at || (one.key < other.key ? -1 : 1))
    for (const earning of given) {
      const { caps } = byId.get(earning.editionId)!.rules
      const limits = [
        [earning.on, caps.perDay],
        [earning.on.slice(0, 7), caps.perMonth],
      ] as const
      for (const [period, limit] of limits) {
        if (limit !== null) earning.points = Math.min(earning.points, Math.max(0, limit - (used.get(period) ?? 0)))
      }
      for (const [period] of limits) used.set(period, (used.get(period) ?? 0) + earning.points)
    }
  }
  const whole: Earning[] = []
  for (const { refundedMinor, ofMinor, ...earning } of given) {
    if (earning.points === 0) continue
    const back = refundedMinor === 0 ? 0 : share(earning.points, Math.min(refundedMinor, ofMinor), ofMinor)
    whole.push({ ...earning, kept: earning.points - back })
  }
  return whole
}
