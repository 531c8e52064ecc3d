import { appendOnly, distributed } from '#kernel/database/index.ts'
import type { Programme } from '#kernel/room.ts'
import { tillRoutes } from './routes.ts'
import { tillRules } from './rules.ts'

/** The till and the shop's software: what a basket earns, what pays for it, with and without a line. */
export const tillProgramme: Programme = {
  name: 'financial/till',
  level: 'financial',
  needs: ['points', 'credit', 'rewards', 'coalition'],
  discretionary: false,
  config: tillRules,
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'till.hold': distributed('party_id'),
    'till.sale': distributed('party_id'),
    'till.refund': appendOnly(distributed('party_id')),
    'till.offline_item': distributed('party_id'),
  },
  routes: tillRoutes,
}
