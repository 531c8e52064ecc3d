import { z } from 'zod'
import { operation } from '#kernel/operation.ts'
import { drawTerms, entryRule, prize } from './rules.ts'

export { type DrawTerms, drawTerms, type EntryRule, type Prize, rewardedKinds } from './rules.ts'

const instant = z.iso.datetime()
const hex = z.string().regex(/^[0-9a-f]{64}$/)
/** Of any shape: the demo makes its ids from their names. */
const drawId = z.guid()
const params = z.object({ drawId })

/** `closed`: no more tickets, the list is fixed; `drawn`: the seed is known to all. */
export const drawStates = ['planned', 'open', 'closing', 'closed', 'drawn', 'cancelled'] as const
export const awardStates = ['waiting', 'claimed', 'posted', 'lapsed'] as const

export const draw = z.object({
  drawId,
  state: z.enum(drawStates),
  name: z.string(),
  terms: z.string(),
  prizes: z.array(prize),
  rules: z.array(entryRule),
  currency: z.string(),
  mostTickets: z.int().nullable(),
  opensAt: instant,
  closesAt: instant,
  claimDays: z.int(),
  publicValueName: z.string().nullable(),
  /** SHA-256 of the seed: published before the first ticket, so that the seed cannot be chosen afterwards. */
  seedHash: hex,
  tickets: z.int(),
  members: z.int(),
  prizeUnits: z.int(),
  cancelledReason: z.string().nullable(),
})
export type Draw = z.infer<typeof draw>

/** What was fixed at the closing, and what came out. The seed is null until the draw has been made. */
export const proof = z.object({
  listHash: hex.nullable(),
  closedAt: instant.nullable(),
  drawnAt: instant.nullable(),
  seed: hex.nullable(),
  publicValue: z.string().nullable(),
})

const award = z.object({
  order: z.int().min(1),
  serial: z.int().min(1),
  ticket: z.string(),
  prizeId: z.string(),
  /** The award that lapsed and made room for this one. */
  replaces: z.int().nullable(),
  state: z.enum(awardStates),
})

export const listDraws = operation({
  id: 'listDraws',
  method: 'GET',
  path: '/api/draws',
  summary: 'Lucky draws, those that are running first',
  permission: 'draws.read',
  reply: z.object({ items: z.array(draw), currency: z.string() }),
})

export const readDraw = operation({
  id: 'readDraw',
  method: 'GET',
  path: '/api/draws/{drawId}',
  summary: 'One draw: prizes, rules, what was published before, and who won',
  permission: 'draws.read',
  params,
  reply: z.object({
    draw,
    proof,
    awards: z.array(
      award.extend({
        partyId: z.uuid(),
        partyName: z.string(),
        claimUntil: instant.nullable(),
        claimedAt: instant.nullable(),
      }),
    ),
  }),
  refusals: ['draw:refusal.unknown'],
})
export type DrawDetail = z.infer<typeof readDraw.reply>

export const createDraw = operation({
  id: 'createDraw',
  method: 'POST',
  path: '/api/draws',
  summary: 'Announces a draw; its seed is made and the hash of the seed is published at once',
  permission: 'draws.manage',
  body: drawTerms,
  reply: draw,
  status: 201,
  once: true,
  refusals: ['draw:refusal.in-the-past'],
})

export const changeDraw = operation({
  id: 'changeDraw',
  method: 'PUT',
  path: '/api/draws/{drawId}',
  summary: 'Changes a draw that has not opened yet',
  permission: 'draws.manage',
  params,
  body: drawTerms,
  reply: draw,
  refusals: ['draw:refusal.opened', 'draw:refusal.in-the-past', 'draw:refusal.unknown'],
})

export const cancelDraw = operation({
  id: 'cancelDraw',
  method: 'POST',
  path: '/api/draws/{drawId}/cancel',
  summary: 'Calls a draw off before it closes; the reason is shown to everybody, and it can never be drawn',
  permission: 'draws.manage',
  params,
  body: z.object({ reason: z.string().trim().min(3).max(500) }),
  reply: draw,
  refusals: ['draw:refusal.closed', 'draw:refusal.unknown'],
})

export const makeDraw = operation({
  id: 'makeDraw',
  method: 'POST',
  path: '/api/draws/{drawId}/draw',
  summary: 'Draws, once and for ever, after the closing',
  permission: 'draws.manage',
  params,
  body: z.object({ publicValue: z.string().trim().min(1).max(200).optional() }),
  reply: draw,
  refusals: [
    'draw:refusal.drawn',
    'draw:refusal.not-closed',
    'draw:refusal.cancelled',
    'draw:refusal.public-value',
    'draw:refusal.unknown',
  ],
})

export const claimAward = operation({
  id: 'claimAward',
  method: 'POST',
  path: '/api/draws/{drawId}/awards/{order}/claim',
  summary: 'The winner came and took the prize',
  permission: 'till.use',
  params: params.extend({ order: z.coerce.number().int().min(1).max(1_000_000) }),
  reply: z.object({ order: z.int(), state: z.enum(awardStates) }),
  refusals: ['draw:refusal.unknown-award', 'draw:refusal.lapsed'],
})

export const drawProof = operation({
  id: 'drawProof',
  method: 'GET',
  path: '/api/draws/{drawId}/proof',
  summary: 'What anybody needs to check a draw: hashes, seed, prizes and awards. Names nobody',
  permission: 'public',
  params,
  reply: proof.extend({
    format: z.literal('guanxi-draw-1'),
    drawId,
    name: z.string(),
    seedHash: hex,
    publicValueName: z.string().nullable(),
    tickets: z.int(),
    prizes: z.array(z.object({ prizeId: z.string(), name: z.string(), count: z.int() })),
    awards: z.array(award),
  }),
  refusals: ['draw:refusal.unknown'],
})

export const drawTickets = operation({
  id: 'drawTickets',
  method: 'GET',
  path: '/api/draws/{drawId}/tickets.csv',
  summary:
    'The list of tickets as it was fixed at the closing: serial, ticket, and a mark that is the same for one holder',
  permission: 'public',
  params,
  reply: z.string(),
  format: 'csv',
  refusals: ['draw:refusal.unknown', 'draw:refusal.not-closed'],
})

const entered = z.object({
  draw,
  proof,
  tickets: z.int(),
  /** How likely it is to win at least once, as things stand now; null where it is over or nobody takes part. */
  chance: z.number().nullable(),
  won: z.array(
    z.object({
      order: z.int(),
      prizeId: z.string(),
      prize: z.string(),
      state: z.enum(awardStates),
      claimUntil: instant.nullable(),
    }),
  ),
})

export const partyDraws = operation({
  id: 'partyDraws',
  method: 'GET',
  path: '/api/parties/{partyId}/draws',
  summary: 'The draws that a customer takes part in: tickets, chance, and what was won',
  permission: 'draws.read',
  params: z.object({ partyId: z.uuid() }),
  reply: z.object({ items: z.array(entered) }),
})
export type PartyDraws = z.infer<typeof partyDraws.reply>

export const memberDraws = operation({
  id: 'memberDraws',
  method: 'GET',
  path: '/api/member/draws',
  summary: 'My tickets, what they may win, and how to check that the draw is fair',
  permission: 'member',
  reply: z.object({
    items: z.array(
      entered.extend({ ticketIds: z.array(z.object({ ticket: z.string(), serial: z.int().nullable() })) }),
    ),
  }),
})
