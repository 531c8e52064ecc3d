import { countCustomers, readSituation } from '#insight/rhythm/index.ts'
import { maySee } from '#kernel/access/index.ts'
import type { House } from '#kernel/house.ts'
import { type Route, route } from '#kernel/operation.ts'
import * as contract from './contract.ts'
import { stageOf } from './customer.ts'
import { stretchesOf } from './epochs.ts'
import { countingDays, countsOn, firstDay, flowBetween } from './flows.ts'
import { ratesWithin } from './rates.ts'
import { timelineOf } from './store.ts'

export const stageRoutes: readonly Route[] = [
  route(contract.readStages, readStages),
  route(contract.stageFlow, (house, { query, caller }) =>
    flowBetween(house, { ...query, money: maySee(caller, 'money') }),
  ),
  route(contract.stageTrend, async (house, { query }) => {
    const { asOfOn, history } = await readSituation(house)
    const firstOn = await firstDay(house.database)
    const days = firstOn && firstOn <= asOfOn ? countingDays(firstOn, asOfOn, query.months) : []
    const counts = days.length > 0 ? await countsOn(house.database, days) : []
    return {
      reading: { asOfOn, history },
      points: days.map((on, index) => ({ on, customers: counts[index]! })),
    }
  }),
  route(contract.stageRates, (house, { query }) => ratesWithin(house, query.withinDays)),
  route(contract.customerStage, (house, { params }) => stageOf(house, params.partyId)),
]

async function readStages(house: House) {
  const { all, types, reading } = await countCustomers(house)
  const { epochs } = await timelineOf(house, house.database)
  return {
    reading,
    customers: all,
    stages: contract.stage.options.map(stage => ({
      stage,
      ruleKey: `rhythm:type.${stage}.rule`,
      customers: types[stage],
      share: all === 0 ? 0 : types[stage] / all,
    })),
    firstOn: await firstDay(house.database),
    toldFromOn: stretchesOf(epochs)[0]?.epoch.saidOn ?? null,
  }
}
