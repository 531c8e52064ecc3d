import { distributed, local, reference } from '#kernel/database/index.ts'
import type { Programme } from '#kernel/room.ts'
import { pointsClaims } from './claims.ts'
import { enrolJob } from './enrol.ts'
import { hear, heardKinds, refold } from './hear.ts'
import { pointsMemberRoutes } from './member-routes.ts'
import { catchUpJob } from './publish.ts'
import { pointsRoutes } from './routes.ts'
import { pointsRules } from './rules.ts'

/** The frequent-buyer programme: points for what customers buy, owed by rules that everybody can read. */
export const pointsProgramme: Programme = {
  name: 'financial/points',
  level: 'financial',
  needs: [],
  discretionary: false,
  config: pointsRules,
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'points.edition': reference,
    'points.member': distributed('party_id'),
    'points.line': distributed('party_id'),
    'points.budget': local,
  },
  listens: heardKinds,
  hear,
  refold,
  claims: pointsClaims,
  routes: [...pointsRoutes, ...pointsMemberRoutes],
  jobs: [catchUpJob, enrolJob],
  schedules: [{ job: 'points.enrol', cron: '11 * * * *' }],
}
