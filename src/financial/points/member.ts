import { addDays, type Day, localDay, startOfDay } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { askForAdjustment, becauseOf, joinedProfiles } from '#kernel/ledger/index.ts'
import type { Caller } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import { endOfDay, firstDayOf, lastUsableDay } from './calendar.ts'
import { adjustmentReasons, type MemberPoints, type PointsReason, type pointsMoves } from './contract.ts'
import { type Edition, earningsOf, editionAt } from './earn.ts'
import { type MoneyEvent, moneyKinds, purchasesOf } from './facts.ts'
import { editionsFrom, groundOf, pointsAsset } from './reconcile.ts'
import { worthOf } from './rules.ts'
import * as store from './store.ts'

/** An instant at which something ends at the end of a day: the last day on which it still holds. */
const lastDay = (instant: Date, zone: string): Day => localDay(new Date(instant.getTime() - 1), zone)

/** The line of a lot, by what it was issued for. */
const ofLot = `left join points.line n on n.party_id = l.party_id and n.line_key || '#' || n.generation = l.source`

/** What a customer has now: what has matured or expired meanwhile counts as such, whether or not the ledger has booked it. */
export async function memberPoints(house: House, partyId: string): Promise<MemberPoints> {
  const queryable = house.database
  const now = house.clock.now()
  const [stored, { zone, currency: own }] = await Promise.all([
    store.readEditions(queryable),
    house.settings.business(),
  ])
  const current = editionAt({ editions: editionsFrom(stored) }, now.getTime())
  const profileIds = await joinedProfiles(queryable, partyId)
  const rows = await queryable.query<{
    lotId: string
    pending: number
    available: number
    held: number
    maturesAt: Date | null
    expiresAt: Date | null
    reason: PointsReason | null
  }>(
    `select l.lot_id as "lotId", l.pending, l.available, l.held, l.matures_at as "maturesAt", l.expires_at as "expiresAt", n.reason
     from ledger.lot l ${ofLot}
     where l.party_id = any ($1) and l.asset = $2 and l.pending + l.available + l.held > 0
       and (l.expires_at is null or l.expires_at > $3 or l.held > 0)
     order by l.expires_at nulls last, l.matures_at nulls first, l.lot_id`,
    [profileIds, pointsAsset, now],
  )
  const [holding] = await queryable.query<{ debt: number }>(
    'select sum(debt)::bigint as debt from ledger.holding where party_id = any ($1) and asset = $2',
    [profileIds, pointsAsset],
  )
  const lots = rows.map(({ maturesAt, expiresAt, ...lot }) => {
    const isMature = maturesAt === null || maturesAt <= now
    return {
      ...lot,
      pending: isMature ? 0 : lot.pending,
      available: lot.available + (isMature ? lot.pending : 0),
      usableFromOn: isMature ? null : localDay(maturesAt, zone),
      lastUsableOn: expiresAt === null ? null : lastDay(expiresAt, zone),
    }
  })
  const sum = (of: 'pending' | 'available' | 'held') => lots.reduce((total, lot) => total + lot[of], 0)
  const owed = holding?.debt ?? 0
  // What matured since the ledger last looked first pays what is owed back.
  const paid = Math.min(owed, sum('available'))
  const available = sum('available') - paid
  const next = lots.find(lot => lot.lastUsableOn !== null && lot.available + lot.pending > 0)
  const expiring = lots.filter(lot => lot.lastUsableOn === next?.lastUsableOn)
  const rules = current?.rules ?? stored.at(-1)?.rules
  return {
    isRunning: current !== undefined,
    available,
    pending: sum('pending'),
    held: sum('held'),
    owedBack: owed - paid,
    worthMinor: rules ? worthOf(available, rules) : 0,
    currency: rules?.currency ?? own,
    nextExpiry: next
      ? {
          points: expiring.reduce((total, lot) => total + lot.available + lot.pending, 0),
          lastUsableOn: next.lastUsableOn!,
        }
      : null,
    lots,
  }
}

type Move = (typeof pointsMoves)[number]

interface MoveRow {
  readonly transactionId: string
  readonly kind: Move
  readonly code: string
  readonly points: number
  readonly occurredAt: Date
  readonly postedReason: string | null
  readonly reason: PointsReason | null
}

/**
 * Every change of what a customer has, newest first. What only moves between the customer's own accounts (maturing, holding,
 * paying what is owed, or bringing over between profiles of one person) is none; what refunds take of points that had expired already neither.
 */
export async function memberHistory(
  queryable: Queryable,
  partyId: string,
  page: { readonly before: string | undefined; readonly limit: number },
) {
  const [beforeId, beforeKind] = page.before?.split('_') ?? []
  const profileIds = await joinedProfiles(queryable, partyId)
  const rows = await queryable.query<MoveRow>(
    `select m."transactionId", m.kind, m.code, m.points, m.occurred_at as "occurredAt", t.reason as "postedReason", n.reason
     from (
       select party_id, transaction_id as "transactionId", min(occurred_at) as occurred_at, min(code) as code,
         case code when 'issue' then 'earned' when 'revoke' then 'taken-back' when 'capture' then 'used' when 'spend' then 'used'
           when 'return' then 'returned' when 'expire' then 'expired' when 'adjust' then 'adjusted' when 'overdraw' then 'used'
           when 'compensate' then 'received' when 'grant' then 'received' when 'open' then 'received'
           when 'transfer' then case when to_account = 'transit' then 'given' else 'received' end end as kind,
         sum(case when from_account in ('pending', 'available', 'held', 'debt') then -amount else amount end)::bigint as points
       from ledger.posting
       where party_id = any ($1) and asset = $2 and from_account not like 'breakage%'
         and code in ('issue', 'revoke', 'capture', 'spend', 'return', 'expire', 'adjust', 'transfer', 'overdraw', 'compensate',
           'grant', 'open')
         and (from_account in ('pending', 'available', 'held', 'debt') or to_account in ('pending', 'available', 'held', 'debt'))
       group by 1, 2, 5) as m
     join ledger.transaction t on t.party_id = m.party_id and t.transaction_id = m."transactionId" and t.actor <> 'kernel/ledger'
     left join points.line n on n.party_id = m.party_id and m.kind in ('earned', 'taken-back')
       and n.line_key || '#' || n.generation = regexp_replace(substr(t.key, 45), ' keeps [0-9]+$', '')
     where $3::uuid is null or (m."transactionId", m.kind) < ($3::uuid, $4)
     order by m."transactionId" desc, m.kind desc limit $5`,
    [profileIds, pointsAsset, beforeId ?? null, beforeKind ?? null, page.limit + 1],
  )
  const items = rows.slice(0, page.limit)
  const last = items.at(-1)
  return {
    items: items.map(({ transactionId, kind, code, points, occurredAt, postedReason, reason }) => ({
      moveId: `${transactionId}_${kind}`,
      kind,
      points,
      occurredAt: occurredAt.toISOString(),
      reason: reason ?? saidBy(postedReason) ?? whyOf(code) ?? usually(kind, postedReason),
    })),
    next: rows.length > page.limit && last ? `${last.transactionId}_${last.kind}` : null,
  }
}

const whys: Readonly<Record<string, string>> = { compensate: 'compensation', grant: 'promotion', open: 'carried' }

/** What came otherwise than by a purchase says where from. */
function whyOf(code: string): PointsReason | undefined {
  const why = whys[code]
  return why === undefined ? undefined : { key: `points:adjustment.${why}`, values: {} }
}

/** What programmes note beside what they post and members are told; where it is about an order, a reward or a draw, by its name. */
const told = new Set('reward reward-back order order-back draw offline gift household top-up top-up-back'.split(' '))
const named = new Set('reward reward-back order order-back draw'.split(' '))

function saidBy(posted: string | null): PointsReason | undefined {
  const { what, about } = becauseOf(posted ?? '') ?? { what: '', about: '' }
  if (!told.has(what)) return undefined
  return about !== '' && named.has(what)
    ? { key: `points:reason.${what}-named`, values: { name: about } }
    : { key: `points:reason.${what}`, values: {} }
}

/** Where nothing was noted: what such a change usually is. Only reasons that were chosen are told; what somebody wrote is for the house. */
function usually(kind: Move, posted: string | null): PointsReason {
  if (kind !== 'adjusted') return { key: `points:reason.usually-${kind}`, values: {} }
  const known = adjustmentReasons.find(reason => reason === posted)
  return { key: `points:adjustment.${known ?? 'by-hand'}`, values: {} }
}

/** What somebody, or anybody, would earn with a basket at this moment: what all their earnings would grow by. */
export async function quote(
  house: House,
  basket: { readonly partyId?: string | undefined; readonly amountMinor: number } & object,
) {
  const { database } = house
  const now = house.clock.now()
  const stored = await store.readEditions(database)
  const editions = editionsFrom(stored)
  const edition = editionAt({ editions }, now.getTime())
  if (!edition) {
    return { points: 0, worthMinor: 0, currency: null, usableFrom: null, lastUsableOn: null, lines: [] }
  }
  const { partyId, ...payload } = basket
  const { rules, zone } = edition
  const { currency } = rules
  const today = localDay(now, zone)
  const buying: MoneyEvent = {
    eventId: house.newId(),
    kind: 'purchase.recorded',
    occurredAt: now,
    payload: { ...payload, currency },
  }
  const { history, isPart } =
    partyId === undefined ? { history: [], isPart: false } : await whatMatters(house, partyId, edition, today)
  const birthdays = partyId === undefined ? undefined : await store.birthdays(database, [partyId])
  const ground = await groundOf(database, editions)
  const earnedWith = (events: readonly MoneyEvent[]) =>
    earningsOf(ground, {
      partyId: partyId ?? null,
      birthday: birthdays?.get(partyId!) ?? null,
      purchases: purchasesOf(events, stored[0]!.zone).sort((one, other) => one.at - other.at),
      isPart,
    })
  const before = new Map(earnedWith(history).map(earning => [earning.key, earning.kept]))
  const lines = earnedWith([...history, buying])
    .map(({ key, kept, reason }) => ({ points: kept - (before.get(key) ?? 0), reason }))
    .filter(line => line.points > 0)
  const points = lines.reduce((sum, line) => sum + line.points, 0)
  return {
    points,
    worthMinor: worthOf(points, rules),
    currency,
    usableFrom: new Date(endOfDay(addDays(today, rules.pendingDays - 1), zone)).toISOString(),
    lastUsableOn: lastUsableDay(today, rules.expiry),
    lines,
  }
}

/**
 * The part of a history that a purchase of today can touch: its month, for caps and birthdays; its quarter or year where a rule
 * looks at them; all of it where a rule counts months in a row, or where it is not known that the first purchase lies before. What
 * lies before earns the same with today's purchase as without it.
 */
async function whatMatters(house: House, partyId: string, { rules, zone }: Edition, today: Day) {
  const { database, events } = house
  const whole = async () => ({ history: await events.history(database, [partyId], moneyKinds), isPart: false })
  const firstRules = rules.earning.flatMap(rule => (rule.kind === 'first' ? [rule.ruleId] : []))
  if (rules.earning.some(rule => rule.kind === 'regularity')) return await whole()
  const periods = rules.earning.flatMap(rule => (rule.kind === 'volume' ? [rule.per] : []))
  const firsts = ['month' as const, ...periods].map(period => firstDayOf(today, period)).sort()
  // A day more, since an earlier edition may have counted its days in another zone.
  const since = startOfDay(addDays(firsts[0]!, -1), zone)
  const welcomed =
    firstRules.length === 0 || (await store.wasGivenBefore(database, { partyId, ruleIds: firstRules, since }))
  if (!welcomed) return await whole()
  // A refund may be dated before the order that it names, so all of them count; there are few.
  const bought = await events.history(database, [partyId], ['purchase.recorded'], since)
  const refunded = await events.history(database, [partyId], ['refund.recorded'])
  return { history: [...bought, ...refunded], isPart: true }
}

/** Gives or takes points by hand; what is given expires as if it had been earned today. */
export async function adjust(
  house: House,
  caller: Caller,
  asked: {
    readonly partyId: string
    readonly points: number
    readonly reason: string
    readonly requestKey: string
  },
): Promise<{ state: 'waiting' | 'posted' | 'declined'; available: number }> {
  const { partyId, points, reason, requestKey } = asked
  const now = house.clock.now()
  const edition = editionAt({ editions: editionsFrom(await store.readEditions(house.database)) }, now.getTime())
  if (!edition) throw refuse('conflict', 'points:refusal.not-running')
  const last = points > 0 ? lastUsableDay(localDay(now, edition.zone), edition.rules.expiry) : null
  const { state } = await askForAdjustment(house, caller, {
    partyId,
    asset: pointsAsset,
    amount: points,
    reason,
    requestKey,
    expiresAt: last === null ? null : new Date(endOfDay(last, edition.zone)),
  })
  await house.database.transaction(transaction => house.live.announce(transaction, ['points']))
  return { state, available: (await memberPoints(house, partyId)).available }
}
