import { z } from 'zod'
import { appendOnly, distributed, local, reference } from '#kernel/database/index.ts'
import type { Programme } from '#kernel/room.ts'
import { rewardClaims } from './claims.ts'
import { catchUpJob, hear, heardKinds, refold } from './collect.ts'
import { dueJob } from './due.ts'
import { endTaken } from './forget.ts'
import { rewardsRoutes } from './routes.ts'
import { rewardTerms } from './rules.ts'

const fact = z.object({
  takenId: z.guid(),
  rewardId: z.guid(),
  price: z.int(),
  /** The stamp card that was filled for it. */
  cardId: z.guid().optional(),
  /** Where it was taken; of a use, where it was used. */
  merchant: z.string().optional(),
})

/** What points and stamps can be turned into: a catalogue, single-use codes, cards of stamps. */
export const rewardsProgramme: Programme = {
  name: 'financial/rewards',
  level: 'financial',
  needs: ['points', 'tiers'],
  discretionary: false,
  config: rewardTerms,
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'rewards.reward': local,
    'rewards.reserved': local,
    'rewards.taken': distributed('party_id'),
    'rewards.code': appendOnly(distributed('code_hash')),
    'rewards.secret': local,
    'rewards.wrong_code': local,
    'rewards.taker': distributed('party_id'),
    'rewards.collector': distributed('party_id'),
    'rewards.card': reference,
    'rewards.stamp': distributed('party_id'),
  },
  vocabulary: {
    'reward.taken': fact,
    'reward.used': fact,
    'reward.use-undone': fact,
    'reward.returned': fact,
    'reward.expired': fact,
  },
  listens: heardKinds,
  hear,
  refold,
  forget: endTaken,
  claims: rewardClaims,
  routes: rewardsRoutes,
  jobs: [dueJob, catchUpJob],
  schedules: [{ job: 'rewards.due', cron: '23 * * * *' }],
}
