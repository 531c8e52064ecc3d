import { distributed, reference } from '#kernel/database/index.ts'
import type { Programme } from '#kernel/room.ts'
import { creditRoutes } from './routes.ts'
import { creditRules } from './rules.ts'

/** Stored money and visit cards: paid in advance, owed until used. */
export const creditProgramme: Programme = {
  name: 'financial/credit',
  level: 'financial',
  needs: [],
  discretionary: false,
  config: creditRules,
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'credit.card': reference,
    'credit.top_up': distributed('party_id'),
    'credit.sold_card': distributed('party_id'),
    'credit.withdrawal': distributed('party_id'),
  },
  routes: creditRoutes,
}
