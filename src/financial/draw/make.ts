import { addDays, localDay, startOfDay } from '#kernel/clock/index.ts'
import type { Transaction } from '#kernel/database/index.ts'
import { type NewEvent, systemSource } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { because, declareAsset, type PostingRequest, post } from '#kernel/ledger/index.ts'
import { assert, refuse } from '#kernel/refusal.ts'
import { closeIfDue } from './close.ts'
import { keyOf, rankingOf, winnersOf } from './ranking.ts'
import { type Prize, unitsOf } from './rules.ts'
import { readAwards, requireDraw, type StoredDraw } from './store.ts'

/**
 * Draws: reveals the seed, ranks all tickets by it, and awards the prizes down the ranking, in one transaction. A second
 * time is refused; were it not, the primary key of the result would.
 */
export async function makeDraw(
  house: House,
  drawId: string,
  { publicValue = null, by }: { readonly publicValue?: string | null; readonly by: string },
): Promise<StoredDraw> {
  const now = house.clock.now()
  // Fixed by itself, so that no till waits for a list and holds what the prizes are posted to.
  await house.database.transaction(transaction => closeIfDue(house, transaction, drawId))
  return house.database.transaction(async transaction => {
    const draw = await closeIfDue(house, transaction, drawId)
    if (draw.cancelledAt !== null) throw refuse('conflict', 'draw:refusal.cancelled')
    if (draw.drawnAt !== null) throw refuse('conflict', 'draw:refusal.drawn')
    if (draw.closedAt === null) throw refuse('conflict', 'draw:refusal.not-closed')
    if ((draw.terms.publicValueName === null) !== (publicValue === null)) {
      throw refuse('invalid', 'draw:refusal.public-value')
    }
    const [sealed] = await transaction.query<{ seed: Buffer }>('select seed from draw.seed where draw_id = $1', [
      drawId,
    ])
    await transaction.query(
      'insert into draw.result (draw_id, seed, public_value, drawn_at, drawn_by) values ($1, $2, $3, $4, $5)',
      [drawId, sealed!.seed.toString('hex'), publicValue, now, by],
    )
    const drawn = await requireDraw(transaction, drawId)
    const units = unitsOf(draw.terms.prizes)
    await award(
      house,
      transaction,
      drawn,
      units.map(prize => ({ prize, replaces: null })),
    )
    await house.live.announce(transaction, ['draws'])
    return drawn
  })
}

interface Unit {
  readonly prize: Prize
  readonly replaces: number | null
}

/** Gives these prizes to the next of the ranking who were awarded nothing yet; what nobody is left for stays. */
async function award(house: House, transaction: Transaction, draw: StoredDraw, units: readonly Unit[]): Promise<void> {
  const { drawId, terms, zone } = draw
  const now = house.clock.now()
  const before = await readAwards(transaction, drawId)
  const holders = await transaction.query<{ holder: string; partyId: string }>(
    'select holder, party_id as "partyId" from draw.ticket where draw_id = $1 order by serial',
    [drawId],
  )
  const ranking = rankingOf(keyOf(Buffer.from(draw.seed!, 'hex'), draw.publicValue), holders.length)
  const winners = winnersOf(ranking, serial => holders[serial - 1]!.holder, {
    count: units.length,
    awarded: before.map(each => each.holder),
  })
  const claimUntil = startOfDay(addDays(localDay(now, zone), terms.claimDays + 1), zone)
  const events: NewEvent[] = []
  const requests: PostingRequest[] = []
  const rows = winners.map((serial, index) => {
    const { prize, replaces } = units[index]!
    const { partyId } = holders[serial - 1]!
    const order = before.length + index + 1
    const isPosted = prize.kind === 'points'
    if (prize.kind === 'points') {
      requests.push({
        author: { actor: 'financial/draw', reason: because('draw', terms.name) },
        instructions: [
          {
            act: 'issue',
            key: `draw ${drawId} award ${order}`,
            partyId,
            asset: 'points',
            amount: prize.points,
            from: 'expense:draw',
            issuer: 'points',
            source: `draw ${drawId} award ${order}`,
            occurredAt: now.getTime(),
            expiresAt: startOfDay(addDays(localDay(now, zone), prize.usableDays + 1), zone).getTime(),
          },
        ],
      })
    }
    events.push({
      kind: 'draw.won',
      partyId,
      occurredAt: now,
      payload: {
        drawId,
        prizeId: prize.prizeId,
        order,
        claimUntil: isPosted ? null : claimUntil.toISOString(),
      },
    })
    return { order, serial, partyId, prizeId: prize.prizeId, replaces, isPosted }
  })
  if (rows.length === 0) return
  await transaction.query(
    `insert into draw.award (draw_id, award_order, serial, party_id, prize_id, replaces, state, claim_until, ended_at)
     select $1, o, s, p, z, r, case when i then 'posted' else 'waiting' end, case when i then null else $8::timestamptz end,
       case when i then $9::timestamptz end
     from unnest($2::int4[], $3::int8[], $4::uuid[], $5::text[], $6::int4[], $7::boolean[]) as t (o, s, p, z, r, i)`,
    [
      drawId,
      rows.map(row => row.order),
      rows.map(row => row.serial),
      rows.map(row => row.partyId),
      rows.map(row => row.prizeId),
      rows.map(row => row.replaces),
      rows.map(row => row.isPosted),
      claimUntil,
      now,
    ],
  )
  if (requests.length > 0) await declareAsset(house, transaction, 'points', 'points')
  for (const [outcome] of await post(house, transaction, requests)) {
    assert(outcome!.state === 'posted', `a prize is posted (${JSON.stringify(outcome)})`)
  }
  await house.events.record(transaction, systemSource, events)
}

/** Prizes that nobody came for go to the next of the same ranking, the earliest award first. Answers how many passed on. */
export async function passOn(house: House, drawId: string): Promise<number> {
  const now = house.clock.now()
  return house.database.transaction(async transaction => {
    const draw = await closeIfDue(house, transaction, drawId)
    const lapsed = await transaction.query<{ order: number; partyId: string; prizeId: string }>(
      `update draw.award set state = 'lapsed', ended_at = $2 where draw_id = $1 and state = 'waiting' and claim_until <= $2
       returning award_order as "order", party_id as "partyId", prize_id as "prizeId"`,
      [drawId, now],
    )
    if (lapsed.length === 0) return 0
    lapsed.sort((one, other) => one.order - other.order)
    await house.events.record(
      transaction,
      systemSource,
      lapsed.map(({ partyId, prizeId, order }) => ({
        kind: 'draw.lapsed',
        partyId,
        occurredAt: now,
        payload: { drawId, prizeId, order },
      })),
    )
    const units = lapsed.map(({ order, prizeId }) => ({
      prize: draw.terms.prizes.find(prize => prize.prizeId === prizeId)!,
      replaces: order,
    }))
    await award(house, transaction, draw, units)
    await house.live.announce(transaction, ['draws'])
    return lapsed.length
  })
}

/** The winner has the prize in hand. Said again it changes nothing; after the time is over it is refused. */
export async function claimAward(
  house: House,
  drawId: string,
  order: number,
  by: string,
): Promise<{ order: number; state: 'claimed' }> {
  const now = house.clock.now()
  await house.database.transaction(async transaction => {
    const [claimed] = await transaction.query<{ partyId: string; prizeId: string }>(
      `update draw.award set state = 'claimed', ended_at = $3, ended_by = $4
       where draw_id = $1 and award_order = $2 and state = 'waiting' and claim_until > $3
       returning party_id as "partyId", prize_id as "prizeId"`,
      [drawId, order, now, by],
    )
    if (claimed) {
      const { partyId, prizeId } = claimed
      const payload = { drawId, prizeId, order }
      await house.events.record(transaction, systemSource, [
        { kind: 'draw.claimed', partyId, occurredAt: now, payload },
      ])
      await house.live.announce(transaction, ['draws'])
      return
    }
    const [known] = await transaction.query<{ state: string }>(
      'select state from draw.award where draw_id = $1 and award_order = $2',
      [drawId, order],
    )
    if (!known || known.state === 'posted') throw refuse('not-found', 'draw:refusal.unknown-award')
    if (known.state !== 'claimed') throw refuse('conflict', 'draw:refusal.lapsed')
  })
  return { order, state: 'claimed' }
}
