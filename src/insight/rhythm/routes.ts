import { z } from 'zod'
import { maySee } from '#kernel/access/index.ts'
import { unattributedTotals } from '#kernel/files/index.ts'
import type { House } from '#kernel/house.ts'
import { type Route, route } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import * as contract from './contract.ts'
import * as customers from './customers.ts'
import { readCycleRules, writeCycleRules } from './cycles.ts'
import { fewestCustomersWithGaps } from './model.ts'
import { rhythmOf, stripsOf } from './portrait.ts'
import { settingsName, situationOf } from './reading.ts'
import { sparingly } from './sparingly.ts'
import { currentModel } from './store.ts'

const mostStrips = 100

export const rhythmRoutes: readonly Route[] = [
  route(contract.listCustomers, (house, { query, caller }) => {
    // The order of a list tells what its column hides.
    const sort = query.sort === 'spend' && !maySee(caller, 'money') ? 'last' : query.sort
    return customers.listCustomers(house, { ...query, sort })
  }),
  route(contract.countCustomers, house => customers.countCustomers(house)),
  route(contract.customerRhythm, (house, { params }) => rhythmOf(house, params.partyId)),
  route(contract.rhythmStrips, (house, { query }) => {
    const ids = z.array(z.uuid()).max(mostStrips).safeParse(query.ids.split(',').filter(Boolean))
    if (!ids.success) throw refuse('invalid', 'rhythm:refusal.ids')
    return stripsOf(house, ids.data)
  }),
  route(contract.readRhythm, readRhythm),
  route(contract.fitRhythmNow, async house => ({
    runId: await house.database.transaction(transaction =>
      house.jobs.enqueue(transaction, 'rhythm.fit', {}, { key: 'rhythm.fit' }),
    ),
  })),
  route(contract.rhythmTotals, async house => {
    const { asOfOn, history, currency } = await situationOf(house)
    const totals = await customers.totals(house.database)
    const without = (await unattributedTotals(house)).find(total => total.currency === currency)
    return {
      reading: { asOfOn, history },
      currency,
      customers: totals.customers,
      purchases: totals.purchases,
      revenueMinor: totals.revenue,
      refundMinor: totals.refund,
      withoutCustomerMinor: without?.amountMinor ?? null,
    }
  }),
  route(contract.readRhythmSettings, house => house.settings.read(settingsName, contract.rhythmSettings)),
  route(contract.changeRhythmSettings, (house, { body }) => changeSettings(house, body)),
  route(contract.listCycleRules, async house => ({ items: await readCycleRules(house.database) })),
  route(contract.changeCycleRules, async (house, { body }) => {
    const items = body.items.map(rule => ({ ...rule, ruleId: rule.ruleId ?? house.newId() }))
    await house.database.transaction(async transaction => {
      await writeCycleRules(transaction, items)
      await house.jobs.enqueue(transaction, 'rhythm.rebuild', {}, { key: 'rhythm.rebuild' })
      await house.live.announce(transaction, ['rhythm'])
    })
    return { items }
  }),
]

/** A new horizon or reading day asks a new question of the past, so the model is learned and checked anew. */
export async function changeSettings(house: House, settings: contract.RhythmSettings) {
  await house.database.transaction(async transaction => {
    await house.settings.write(transaction, settingsName, settings)
    await house.jobs.enqueue(transaction, 'rhythm.fit', {}, { key: 'rhythm.fit' })
    await house.live.announce(transaction, ['rhythm', 'customers', 'settings'])
  })
  return settings
}

const countBuyers = sparingly(async house => {
  const [base] = await house.database.query<{ customers: number; withGaps: number }>(
    `select count(*) filter (where purchase_days > 0) as customers, count(*) filter (where purchase_days > 1) as "withGaps"
     from rhythm.state`,
  )
  return base!
})

async function readRhythm(house: House) {
  const { asOfOn, history } = await situationOf(house)
  const model = await currentModel(house)
  const base = await countBuyers(house, '')
  return {
    reading: { asOfOn, history },
    state: model?.kind ?? ('none' as const),
    customers: base.customers,
    customersWithGaps: base.withGaps,
    customersNeeded: fewestCustomersWithGaps,
    model: model && {
      modelId: model.modelId,
      fittedAt: model.fittedAt.toISOString(),
      asOfOn: model.asOfOn,
      customers: model.customers,
      parameters: model.parameters,
      logLikelihood: model.logLikelihood,
      warnings: [...model.warnings],
    },
    calibration: model?.calibration ? { ...model.calibration, bins: [...model.calibration.bins] } : null,
  }
}
