import { addDays, localDay } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import { actorOf } from '#kernel/ledger/index.ts'
import { minorDigits } from '#kernel/locale/index.ts'
import { route } from '#kernel/operation.ts'
import type { Room } from '#kernel/room.ts'
import * as contract from './contract.ts'
import { editionAt } from './earn.ts'
import { adjust, memberHistory, memberPoints, quote } from './member.ts'
import { draftSettings, publish, settingsName } from './publish.ts'
import { editionsFrom, pointsAsset } from './reconcile.ts'
import { costMinor, type Moved, type Replay, replay } from './replay.ts'
import { type PointsRules, usualRules, worthOf } from './rules.ts'
import * as store from './store.ts'

export const pointsRoutes: NonNullable<Room['routes']> = [
  route(contract.readProgramme, readProgramme),
  route(contract.savePointsDraft, async (house, { body }) => {
    await house.database.transaction(async transaction => {
      await house.settings.write(transaction, settingsName, { draft: body.rules })
      await house.live.announce(transaction, ['points'])
    })
    return body
  }),
  route(contract.publishProgramme, async (house, { body, caller }) =>
    shown(await publish(house, { ...body, by: actorOf(caller) })),
  ),
  route(contract.whatIfPoints, whatIf),
  route(contract.quotePoints, (house, { body }) => quote(house, body)),
  route(contract.memberPoints, (house, { params }) => memberPoints(house, params.partyId)),
  route(contract.memberPointsHistory, (house, { params, query }) =>
    memberHistory(house.database, params.partyId, { before: query.before, limit: query.limit }),
  ),
  route(contract.adjustPoints, (house, { params, body, caller, idempotencyKey }) =>
    adjust(house, caller, { ...params, ...body, requestKey: idempotencyKey ?? house.newId() }),
  ),
]

function shown({ editionId, number, rules, startsAt, publishedAt }: store.StoredEdition): contract.PointsEdition {
  return { editionId, number, rules, startsAt: startsAt.toISOString(), publishedAt: publishedAt.toISOString() }
}

async function readProgramme(house: House) {
  const { currency, zone } = await house.settings.business()
  const now = house.clock.now()
  const editions = await store.readEditions(house.database)
  const { draft } = await house.settings.read(settingsName, draftSettings)
  const running = editionAt({ editions: editionsFrom(editions) }, now.getTime())
  const current = editions.find(each => each.editionId === running?.editionId)
  const isPast = (each: store.StoredEdition) => each.startsAt <= now && each !== current
  const groups = await store.categories(house.database)
  return {
    current: current ? shown(current) : null,
    coming: editions.filter(each => each.startsAt > now).map(shown),
    past: editions.filter(isPast).map(shown),
    draft,
    usual: usualRules(currency, minorDigits(currency)),
    categories: [...new Set(groups.values())].sort().slice(0, 200),
    figures: await figures(house, now),
    todayOn: localDay(now, zone),
  }
}

async function figures(house: House, now: Date) {
  const month = 30 * 86_400_000
  const [held] = await house.database.query<{ members: number; pending: number; available: number; owedBack: number }>(
    `select count(*) as members, coalesce(sum(pending), 0)::bigint as pending,
       coalesce(sum(available), 0)::bigint as available, coalesce(sum(debt), 0)::bigint as "owedBack"
     from ledger.holding where asset = $1`,
    [pointsAsset],
  )
  const [moved] = await house.database.query<{ earned: number; used: number }>(
    `select coalesce(sum(amount) filter (where code = 'issue'), 0)::bigint as earned,
       coalesce(sum(amount) filter (where code in ('capture', 'spend')), 0)::bigint as used
     from ledger.posting where asset = $1 and occurred_at > $2 and code in ('issue', 'capture', 'spend')`,
    [pointsAsset, new Date(now.getTime() - month)],
  )
  const [going] = await house.database.query<{ points: number }>(
    `select coalesce(sum(available + pending), 0)::bigint as points from ledger.lot
     where asset = $1 and available + pending > 0 and expires_at > $2 and expires_at <= $3`,
    [pointsAsset, now, new Date(now.getTime() + month)],
  )
  return {
    ...held!,
    earnedLast30Days: moved!.earned,
    usedLast30Days: moved!.used,
    expiringNext30Days: going!.points,
  }
}

async function whatIf(
  house: House,
  { body }: { body: { rules: PointsRules; fromOn?: string | undefined; untilOn?: string | undefined } },
) {
  const { zone } = await house.settings.business()
  const now = house.clock.now()
  const running = editionAt({ editions: editionsFrom(await store.readEditions(house.database)) }, now.getTime())
  const untilOn = body.untilOn ?? localDay(now, zone)
  const fromOn = body.fromOn ?? addDays(untilOn, -364)
  const current = running?.rules.currency === body.rules.currency ? running.rules : null
  const compared = await replay(house, { draft: body.rules, current, zone }, { fromOn, untilOn })
  const names = await namesOf(house, [...compared.winners, ...compared.losers])
  const named = (moved: readonly Moved[]) => moved.map(each => ({ ...each, partyName: names.get(each.partyId) ?? '' }))
  return {
    fromOn,
    untilOn,
    currency: body.rules.currency,
    now: valued(compared.now, body.rules),
    before: compared.before && current ? valued(compared.before, current) : null,
    more: compared.more,
    same: compared.same,
    fewer: compared.fewer,
    winners: named(compared.winners),
    losers: named(compared.losers),
  }
}

function valued(replayed: Replay, rules: PointsRules) {
  const { outstanding } = replayed
  return { ...replayed, costMinor: costMinor(replayed, rules), outstandingMinor: worthOf(outstanding, rules) }
}

async function namesOf(house: House, moved: readonly Moved[]): Promise<Map<string, string>> {
  const rows = await house.database.query<{ partyId: string; name: string }>(
    'select party_id as "partyId", name from parties.party where party_id = any ($1)',
    [moved.map(each => each.partyId)],
  )
  return new Map(rows.map(row => [row.partyId, row.name]))
}
