import { createHash } from 'node:crypto'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { assetOf } from './enter.ts'
import { lockAlone, requireDraw, type StoredDraw } from './store.ts'

/**
 * Fixes the list of tickets at the first moment after the closing at which nobody is writing one: gives out serials from 1
 * in the order in which tickets were earned, keeps the list, and the hash of the list. What was earned or given back before the
 * closing but told only now still counts; what is told after this does not. Answers the draw as it is then, locked.
 *
 * Serials are given out here and not in the transaction of a purchase: there, one counter would make all tills of all shops
 * wait for each other, and what is refunded would leave gaps.
 */
export async function closeIfDue(house: House, transaction: Transaction, drawId: string): Promise<StoredDraw> {
  await lockAlone(transaction, drawId)
  const draw = await requireDraw(transaction, drawId)
  const now = house.clock.now()
  if (draw.closedAt !== null || draw.cancelledAt !== null || draw.closesAt > now) return draw
  await transaction.query(
    `insert into draw.ticket (draw_id, serial, ticket, holder, party_id)
     select $1, row_number() over (order by e.lot_id, e.place), ${ticketOf('e.lot_id', 'e.place')},
       substr(encode(sha256(convert_to($1::text || '/' || e.party_id, 'UTF8')), 'hex'), 1, 16), e.party_id
     from (${ticketsHeld} where m.draw_id = $1) as e`,
    [drawId, assetOf(drawId)],
  )
  const hash = createHash('sha256')
  for await (const text of ticketList(transaction, drawId)) hash.update(text)
  await transaction.query(
    `update draw.draw set closed_at = $2, list_hash = $3,
       tickets = (select count(*) from draw.ticket where draw_id = $1) where draw_id = $1`,
    [drawId, now, hash.digest('hex')],
  )
  await house.live.announce(transaction, ['draws'])
  return requireDraw(transaction, drawId)
}

/**
 * Every single ticket that is not taken back: what has expired counts, because tickets expire at the very closing. Of a lot that
 * was taken back in part, the first tickets stay.
 */
const ticketsHeld = `select l.party_id, l.lot_id, place
  from draw.member m
  join ledger.lot l on l.party_id = m.party_id and l.asset = $2
  cross join lateral generate_series(1, l.pending + l.available + l.held + l.expired) as place`

/** The name of a ticket: tells its holder's app which one it is, and nobody else whose. */
const ticketOf = (lotId: string, place: string) =>
  `substr(encode(sha256(convert_to(${lotId} || '/' || ${place}, 'UTF8')), 'hex'), 1, 20)`

const atOnce = 20_000

/** The published list, to the letter: its SHA-256 is the `listHash`. */
export async function* ticketList(queryable: Queryable, drawId: string): AsyncGenerator<string> {
  yield 'serial,ticket,holder\n'
  for (let last = 0; ; ) {
    const rows = await queryable.query<{ serial: number; ticket: string; holder: string }>(
      'select serial, ticket, holder from draw.ticket where draw_id = $1 and serial > $2 order by serial limit $3',
      [drawId, last, atOnce],
    )
    if (rows.length > 0) yield rows.map(row => `${row.serial},${row.ticket},${row.holder}\n`).join('')
    if (rows.length < atOnce) return
    last = rows.at(-1)!.serial
  }
}

const mostShown = 500

/** The tickets of one customer by name, with their serials once they have one. */
export async function ticketsOf(
  queryable: Queryable,
  partyId: string,
  draw: StoredDraw,
): Promise<{ ticket: string; serial: number | null }[]> {
  if (draw.closedAt !== null) {
    return queryable.query(
      'select ticket, serial from draw.ticket where party_id = $1 and draw_id = $2 order by serial limit $3',
      [partyId, draw.drawId, mostShown],
    )
  }
  return queryable.query(
    `select ${ticketOf('e.lot_id', 'e.place')} as ticket, null::bigint as serial
     from (${ticketsHeld} where m.draw_id = $1 and m.party_id = $3) as e order by e.lot_id, e.place limit $4`,
    [draw.drawId, assetOf(draw.drawId), partyId, mostShown],
  )
}
