import { z } from 'zod'
import { distributed } from '#kernel/database/index.ts'
import { job } from '#kernel/jobs/index.ts'
import type { Programme } from '#kernel/room.ts'
import { forgetSharing } from './forget.ts'
import { contributeForAll } from './households.ts'
import { sharingRoutes } from './routes.ts'
import { sharingSettings } from './rules.ts'

const asset = z.string()
const amount = z.int()
const gift = z.object({ giftId: z.string(), asset, amount })
const householdId = z.string()

const contributeJob = job({
  name: 'sharing.contribute',
  input: z.object({}),
  visible: false,
  run: async house => ({ contributed: await contributeForAll(house) }),
})

/** What customers do with what they have between themselves: gifts, and a pool for a household. */
export const sharingProgramme: Programme = {
  name: 'financial/sharing',
  level: 'financial',
  needs: [],
  discretionary: false,
  config: sharingSettings,
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'sharing.member': distributed('party_id'),
    'sharing.gift': distributed('party_id'),
    'sharing.code': distributed('code_hash'),
    'sharing.miss': distributed('party_id'),
    'sharing.household': distributed('household_id'),
    'sharing.household_member': distributed('party_id'),
    'sharing.spending': distributed('household_id'),
  },
  vocabulary: {
    'sharing.gift-given': gift,
    'sharing.gift-received': gift,
    'sharing.joined': z.object({ householdId }),
    'sharing.left': z.object({ householdId }),
    'sharing.spent': z.object({ householdId, asset, amount }),
  },
  routes: sharingRoutes,
  forget: forgetSharing,
  jobs: [contributeJob],
  schedules: [{ job: 'sharing.contribute', cron: '23 * * * *' }],
}
