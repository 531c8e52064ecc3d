import { z } from 'zod'
import { appendOnly, distributed, local, reference } from '#kernel/database/index.ts'
import { job } from '#kernel/jobs/index.ts'
import type { Programme } from '#kernel/room.ts'
import { closeIfDue } from './close.ts'
import { hear, heardKinds, refold } from './enter.ts'
import { passOn } from './make.ts'
import { drawRoutes } from './routes.ts'
import { drawTerms } from './rules.ts'

const drawId = z.string()
const prizeId = z.string()
const order = z.int()

/** Fixes the lists of draws that have closed, and passes on prizes that nobody came for. */
const dueJob = job({
  name: 'draw.due',
  input: z.object({}),
  visible: false,
  async run(house) {
    const now = house.clock.now()
    const closing = await house.database.query<{ drawId: string }>(
      `select draw_id as "drawId" from draw.draw where closed_at is null and cancelled_at is null and closes_at <= $1`,
      [now],
    )
    for (const due of closing) {
      await house.database.transaction(transaction => closeIfDue(house, transaction, due.drawId))
    }
    const unclaimed = await house.database.query<{ drawId: string }>(
      `select distinct draw_id as "drawId" from draw.award where state = 'waiting' and claim_until <= $1`,
      [now],
    )
    let passed = 0
    for (const due of unclaimed) passed += await passOn(house, due.drawId)
    return { closed: closing.length, passed }
  },
})

/** The lucky draw: tickets for what customers do, and a result that anybody can check. */
export const drawProgramme: Programme = {
  name: 'financial/draw',
  level: 'financial',
  needs: ['points'],
  discretionary: false,
  config: drawTerms,
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'draw.draw': reference,
    'draw.seed': appendOnly(local),
    'draw.member': distributed('party_id'),
    'draw.entry': distributed('party_id'),
    'draw.given': appendOnly(distributed('party_id')),
    'draw.ticket': distributed('draw_id'),
    'draw.result': distributed('draw_id'),
    'draw.award': distributed('draw_id'),
  },
  vocabulary: {
    'draw.entered': z.object({ drawId, tickets: z.int(), seedHash: z.string() }),
    'draw.won': z.object({ drawId, prizeId, order, claimUntil: z.iso.datetime().nullable() }),
    'draw.claimed': z.object({ drawId, prizeId, order }),
    'draw.lapsed': z.object({ drawId, prizeId, order }),
  },
  listens: heardKinds,
  hear,
  refold,
  routes: drawRoutes,
  jobs: [dueJob],
  schedules: [{ job: 'draw.due', cron: '* * * * *' }],
}
