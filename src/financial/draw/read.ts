import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { ticketsOf } from './close.ts'
import type { Draw, DrawDetail, PartyDraws } from './contract.ts'
import { chanceOf } from './entries.ts'
import { unitsOf } from './rules.ts'
import * as store from './store.ts'

interface Taking {
  readonly tickets: number
  readonly members: number
}

/** How many tickets and holders each draw has now. */
async function countsOf(queryable: Queryable, drawIds: readonly string[]): Promise<Map<string, Taking>> {
  const rows = await queryable.query<Taking & { drawId: string }>(
    `select draw_id as "drawId", sum(tickets)::bigint as tickets, count(*) as members
     from draw.member where draw_id = any ($1) and tickets > 0 group by draw_id`,
    [drawIds],
  )
  return new Map(rows.map(row => [row.drawId, row]))
}

function stateOf(draw: store.StoredDraw, now: Date): Draw['state'] {
  if (draw.cancelledAt !== null) return 'cancelled'
  if (draw.drawnAt !== null) return 'drawn'
  if (draw.closedAt !== null) return 'closed'
  if (draw.opensAt > now) return 'planned'
  return draw.closesAt > now ? 'open' : 'closing'
}

export function shownDraw(draw: store.StoredDraw, taking: Taking | undefined, now: Date): Draw {
  const { drawId, terms, seedHash, cancelledReason } = draw
  const { name, prizes, rules, currency, mostTickets, claimDays, publicValueName } = terms
  return {
    drawId,
    state: stateOf(draw, now),
    name,
    terms: terms.terms,
    prizes,
    rules,
    currency,
    mostTickets,
    opensAt: draw.opensAt.toISOString(),
    closesAt: draw.closesAt.toISOString(),
    claimDays,
    publicValueName,
    seedHash,
    tickets: draw.tickets ?? taking?.tickets ?? 0,
    members: taking?.members ?? 0,
    prizeUnits: unitsOf(prizes).length,
    cancelledReason,
  }
}

/** The seed is in here only once it is in the result, which the draw itself writes. */
export function shownProof({ listHash, closedAt, drawnAt, seed, publicValue }: store.StoredDraw): DrawDetail['proof'] {
  return {
    listHash,
    closedAt: closedAt?.toISOString() ?? null,
    drawnAt: drawnAt?.toISOString() ?? null,
    seed,
    publicValue,
  }
}

export async function showDraws(house: House): Promise<Draw[]> {
  const draws = await store.readDraws(house.database)
  const counts = await countsOf(
    house.database,
    draws.map(draw => draw.drawId),
  )
  const now = house.clock.now()
  return draws.map(draw => shownDraw(draw, counts.get(draw.drawId), now))
}

export async function showDraw(house: House, drawId: string): Promise<DrawDetail> {
  const draw = await store.requireDraw(house.database, drawId)
  const counts = await countsOf(house.database, [drawId])
  const awards = await store.readAwards(house.database, drawId)
  return {
    draw: shownDraw(draw, counts.get(drawId), house.clock.now()),
    proof: shownProof(draw),
    awards: awards.map(({ holder: _, claimUntil, endedAt, ...award }) => ({
      ...award,
      claimUntil: claimUntil?.toISOString() ?? null,
      claimedAt: award.state === 'claimed' ? (endedAt?.toISOString() ?? null) : null,
    })),
  }
}

/** All that a draw publishes; names nobody. */
export async function publicProof(house: House, drawId: string) {
  const draw = await store.requireDraw(house.database, drawId)
  const counts = await countsOf(house.database, [drawId])
  const { name, seedHash, publicValueName, tickets, prizes } = shownDraw(draw, counts.get(drawId), house.clock.now())
  const awards = await store.readAwards(house.database, drawId)
  return {
    format: 'guanxi-draw-1' as const,
    drawId,
    name,
    seedHash,
    publicValueName,
    tickets,
    prizes: prizes.map(({ prizeId, name, count }) => ({ prizeId, name, count })),
    ...shownProof(draw),
    awards: awards.map(({ order, serial, ticket, prizeId, replaces, state }) => ({
      order,
      serial,
      ticket,
      prizeId,
      replaces,
      state,
    })),
  }
}

/** The draws that somebody holds tickets of, with those that are open to everybody. */
export async function drawsOf(
  house: House,
  partyId: string,
): Promise<(PartyDraws['items'][number] & { ticketIds: { ticket: string; serial: number | null }[] })[]> {
  const { database, clock } = house
  const now = clock.now()
  const own = await database.query<{ drawId: string; tickets: number }>(
    `select draw_id as "drawId", tickets from draw.member where party_id = $1 and tickets > 0
     union select draw_id, 0 from draw.draw d where cancelled_at is null and opens_at <= $2 and closes_at > $2
       and not exists (select from draw.member m where m.party_id = $1 and m.draw_id = d.draw_id and m.tickets > 0)`,
    [partyId, now],
  )
  const mine = new Map(own.map(row => [row.drawId, row.tickets]))
  const draws = await store.drawsById(database, [...mine.keys()])
  const counts = await countsOf(database, [...mine.keys()])
  const items = []
  for (const stored of draws) {
    const draw = shownDraw(stored, counts.get(stored.drawId), now)
    const tickets = mine.get(stored.drawId)!
    const awards = stored.drawnAt ? await store.readAwards(database, stored.drawId) : []
    const isOver = draw.state === 'drawn' || draw.state === 'cancelled'
    items.push({
      draw,
      proof: shownProof(stored),
      tickets,
      chance: isOver ? null : chanceOf(tickets, draw.tickets, draw.prizeUnits),
      won: awards
        .filter(award => award.partyId === partyId)
        .map(({ order, prizeId, state, claimUntil }) => ({
          order,
          prizeId,
          prize: draw.prizes.find(prize => prize.prizeId === prizeId)?.name ?? prizeId,
          state,
          claimUntil: claimUntil?.toISOString() ?? null,
        })),
      ticketIds: tickets > 0 ? await ticketsOf(database, partyId, stored) : [],
    })
  }
  return items
}
