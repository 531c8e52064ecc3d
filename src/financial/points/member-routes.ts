import { ownParty } from '#kernel/access/index.ts'
import { route } from '#kernel/operation.ts'
import type { Room } from '#kernel/room.ts'
import * as contract from './contract-member.ts'
import { memberHistory, memberPoints } from './member.ts'

/** A member's own points; whose they are is never asked of the request. */
export const pointsMemberRoutes: NonNullable<Room['routes']> = [
  route(contract.myPoints, (house, { caller }) => memberPoints(house, ownParty(caller))),
  route(contract.myPointsHistory, (house, { caller, query }) =>
    memberHistory(house.database, ownParty(caller), { before: query.before, limit: query.limit }),
  ),
]
