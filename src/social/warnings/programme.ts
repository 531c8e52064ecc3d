import { maySee } from '#kernel/access/index.ts'
import { distributed } from '#kernel/database/index.ts'
import { route } from '#kernel/operation.ts'
import type { Programme } from '#kernel/room.ts'
import * as contract from './contract.ts'
import { warningsEffect } from './effect.ts'
import { hear, heardKinds, refold } from './hear.ts'
import { listWarnings } from './list.ts'
import { planJob } from './plan.ts'
import { changeSettings, readSettings } from './settings.ts'

/** Tells the right people in time about customers who are later than usual, and measures whether that helped. */
export const warningsProgramme: Programme = {
  name: 'social/warnings',
  level: 'social',
  needs: [],
  discretionary: true,
  config: contract.warningsSettings,
  migrations: new URL('./migrations/', import.meta.url),
  tables: { 'warnings.alert': distributed('party_id') },
  listens: heardKinds,
  hear,
  refold,
  routes: [
    route(contract.listWarnings, (house, { query, caller }) =>
      // The sentence that says why is another one with money and without.
      listWarnings(house, { ...query, money: maySee(caller, 'money') }),
    ),
    route(contract.warningsEffect, house => warningsEffect(house)),
    route(contract.readWarningsSettings, house => readSettings(house)),
    route(contract.changeWarningsSettings, (house, { body }) => changeSettings(house, body)),
  ],
  jobs: [planJob],
  schedules: [{ job: 'warnings.plan', cron: '5 * * * *' }],
}
