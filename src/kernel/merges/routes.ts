import { actorOf } from '#kernel/ledger/index.ts'
import { route } from '#kernel/operation.ts'
import { readParty } from '#kernel/parties/index.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Room } from '#kernel/room.ts'
import { decideCandidate, evidenceBetween, listCandidates } from './candidates.ts'
import * as contract from './contract.ts'
import { asIfMerged, mergeNow, undoNow } from './merge.ts'
import { sideOf } from './sides.ts'
import * as store from './store.ts'

export const mergesRoutes: NonNullable<Room['routes']> = [
  route(contract.listDuplicates, (house, { query }) => listCandidates(house.database, query.limit)),
  route(contract.dismissDuplicate, async (house, { params: { candidateId }, caller }) => {
    await decideCandidate(house, candidateId, { state: 'different', by: actorOf(caller) })
    return { candidateId }
  }),
  route(contract.reconsiderDuplicate, async (house, { params: { candidateId }, caller }) => {
    await decideCandidate(house, candidateId, { state: 'waiting', by: actorOf(caller) })
    return { candidateId }
  }),
  route(contract.searchDuplicates, house =>
    house.database.transaction(async transaction => {
      await house.jobs.enqueue(transaction, 'merges.search', {}, { key: 'merges.search' })
      return { isAskedFor: true as const }
    }),
  ),
  route(contract.previewMerge, async (house, { query: { keptId, otherId, ...choices } }) => {
    const [kept, other] = [await readParty(house.database, keptId), await readParty(house.database, otherId)]
    if (kept.partyId === other.partyId) throw refuse('conflict', 'merges:refusal.same-person')
    const asked = { keptId, otherId, choices }
    const differs = (one: string | null, another: string | null) => one !== null && another !== null && one !== another
    return {
      kept: await sideOf(house, house.database, keptId),
      other: await sideOf(house, house.database, otherId),
      merged: await asIfMerged(house, asked, (transaction, id) => sideOf(house, transaction, id)),
      evidence: await evidenceBetween(house.database, kept.partyId, other.partyId),
      conflicts: [
        ...(differs(kept.name, other.name) ? (['name'] as const) : []),
        ...(differs(kept.birthday, other.birthday) ? (['birthday'] as const) : []),
      ],
    }
  }),
  route(contract.mergeProfiles, async (house, { body: { keptId, otherId, choices }, caller }) => {
    const evidence = await evidenceBetween(house.database, keptId, otherId)
    return mergeNow(house, { keptId, otherId, choices, evidence, by: actorOf(caller) })
  }),
  route(contract.undoMerge, (house, { params, caller }) => undoNow(house, params.mergeId, actorOf(caller))),
  route(contract.listMerges, (house, { query }) => store.listMerges(house.database, query.after, query.limit)),
]
