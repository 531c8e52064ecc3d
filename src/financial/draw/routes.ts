import type { House } from '#kernel/house.ts'
import { actorOf } from '#kernel/ledger/index.ts'
import { route } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Room } from '#kernel/room.ts'
import { announceDraw, cancelDraw, changeDraw } from './announce.ts'
import { ticketList } from './close.ts'
import * as contract from './contract.ts'
import { claimAward, makeDraw } from './make.ts'
import { drawsOf, publicProof, showDraw, showDraws } from './read.ts'
import { requireDraw } from './store.ts'

export const drawRoutes: NonNullable<Room['routes']> = [
  route(contract.listDraws, async house => {
    const { currency } = await house.settings.business()
    return { items: await showDraws(house), currency }
  }),
  route(contract.readDraw, (house, { params }) => showDraw(house, params.drawId)),
  route(contract.createDraw, async (house, { body, caller }) => {
    const { drawId } = await announceDraw(house, body, { drawId: house.newId(), by: actorOf(caller) })
    return justDraw(house, drawId)
  }),
  route(contract.changeDraw, async (house, { params, body }) => {
    await changeDraw(house, params.drawId, body)
    return justDraw(house, params.drawId)
  }),
  route(contract.cancelDraw, async (house, { params, body }) => {
    await cancelDraw(house, params.drawId, body.reason)
    return justDraw(house, params.drawId)
  }),
  route(contract.makeDraw, async (house, { params, body, caller }) => {
    await makeDraw(house, params.drawId, { publicValue: body.publicValue ?? null, by: actorOf(caller) })
    return justDraw(house, params.drawId)
  }),
  route(contract.claimAward, (house, { params, caller }) =>
    claimAward(house, params.drawId, params.order, actorOf(caller)),
  ),
  route(contract.drawProof, (house, { params }) => publicProof(house, params.drawId)),
  route(contract.drawTickets, async (house, { params }) => {
    const draw = await requireDraw(house.database, params.drawId)
    if (draw.closedAt === null) throw refuse('conflict', 'draw:refusal.not-closed')
    return ticketList(house.database, params.drawId) as never
  }),
  route(contract.partyDraws, async (house, { params }) => ({ items: await drawsOf(house, params.partyId) })),
  route(contract.memberDraws, async (house, { caller }) => {
    if (caller.kind !== 'member') throw refuse('forbidden', 'draw:refusal.unknown')
    return { items: await drawsOf(house, caller.id) }
  }),
]

async function justDraw(house: House, drawId: string): Promise<contract.Draw> {
  return (await showDraw(house, drawId)).draw
}
