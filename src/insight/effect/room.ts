import { readValueSettings, valueMarginShare } from '#insight/value/index.ts'
import { localDay } from '#kernel/clock/index.ts'
import { appendOnly, distributed, reference } from '#kernel/database/index.ts'
import { route } from '#kernel/operation.ts'
import type { Room } from '#kernel/room.ts'
import * as contract from './contract.ts'
import { measureEffects } from './measure.ts'

/** What discretionary acts changed: who was reached by lot, who was left out, and what both did afterwards. */
export const effectRoom: Room = {
  name: 'insight/effect',
  migrations: new URL('./migrations/', import.meta.url),
  tables: { 'effect.treatment': reference, 'effect.assignment': appendOnly(distributed('party_id')) },
  routes: [
    route(contract.readEffects, async house => {
      const { currency, zone } = await house.settings.business()
      const settings = await readValueSettings(house)
      return {
        currency,
        asOfOn: localDay(house.clock.now(), zone),
        isMarginAssumed: settings.marginShare === null,
        marginShare: valueMarginShare(settings),
        items: await measureEffects(house),
      }
    }),
  ],
}
