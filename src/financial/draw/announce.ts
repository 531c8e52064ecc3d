import { randomBytes } from 'node:crypto'
import type { House } from '#kernel/house.ts'
import { declareAsset } from '#kernel/ledger/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { assetOf } from './enter.ts'
import { sha256 } from './ranking.ts'
import type { DrawTerms } from './rules.ts'
import { lockAlone, requireDraw, type StoredDraw } from './store.ts'

/** Announces a draw: 256 random bits are sealed away, their hash is public from now on. The same id announces it once. */
export async function announceDraw(
  house: House,
  terms: DrawTerms,
  { drawId, by }: { readonly drawId: string; readonly by: string },
): Promise<StoredDraw> {
  const now = house.clock.now()
  if (Date.parse(terms.closesAt) <= now.getTime()) throw refuse('invalid', 'draw:refusal.in-the-past')
  const { zone } = await house.settings.business()
  const seed = randomBytes(32)
  return house.database.transaction(async transaction => {
    const fresh = await transaction.query(
      `insert into draw.draw (draw_id, terms, zone, opens_at, closes_at, seed_hash, announced_at, announced_by)
       values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (draw_id) do nothing returning 1`,
      [drawId, JSON.stringify(terms), zone, opening(terms, now), terms.closesAt, sha256(seed), now, by],
    )
    if (fresh.length > 0) {
      await transaction.query('insert into draw.seed (draw_id, seed) values ($1, $2)', [drawId, seed])
      await declareAsset(house, transaction, assetOf(drawId), 'ticket')
      await house.live.announce(transaction, ['draws'])
    }
    return requireDraw(transaction, drawId)
  })
}

/** Orders from before the announcement earn nothing: nobody had read the terms, and they were passed over when they came. */
function opening(terms: DrawTerms, now: Date): Date {
  return new Date(Math.max(Date.parse(terms.opensAt), now.getTime()))
}

/** Changes a draw that has not opened: the seed and its hash stay. */
export async function changeDraw(house: House, drawId: string, terms: DrawTerms): Promise<StoredDraw> {
  const now = house.clock.now()
  if (Date.parse(terms.closesAt) <= now.getTime()) throw refuse('invalid', 'draw:refusal.in-the-past')
  return house.database.transaction(async transaction => {
    await lockAlone(transaction, drawId)
    const draw = await requireDraw(transaction, drawId)
    if (draw.opensAt <= now || draw.cancelledAt !== null) throw refuse('conflict', 'draw:refusal.opened')
    await transaction.query('update draw.draw set terms = $2, opens_at = $3, closes_at = $4 where draw_id = $1', [
      drawId,
      JSON.stringify(terms),
      opening(terms, now),
      terms.closesAt,
    ])
    await house.live.announce(transaction, ['draws'])
    return requireDraw(transaction, drawId)
  })
}

/** Calls a draw off, which can be done only before it closes: later, the result would already be decided. */
export async function cancelDraw(house: House, drawId: string, reason: string): Promise<StoredDraw> {
  const now = house.clock.now()
  return house.database.transaction(async transaction => {
    await lockAlone(transaction, drawId)
    const draw = await requireDraw(transaction, drawId)
    if (draw.closedAt !== null || draw.closesAt <= now) throw refuse('conflict', 'draw:refusal.closed')
    if (draw.cancelledAt === null) {
      await transaction.query('update draw.draw set cancelled_at = $2, cancelled_reason = $3 where draw_id = $1', [
        drawId,
        now,
        reason,
      ])
      await house.live.announce(transaction, ['draws'])
    }
    return requireDraw(transaction, drawId)
  })
}
