import { readSituation } from '#insight/rhythm/index.ts'
import { addDays, type Day } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import { type Route, route } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import { modelNamed } from './candidates.ts'
import * as contract from './contract.ts'
import { literatureFor } from './economics.ts'
import { fewestWhoReturned } from './learn.ts'
import { listValuedCustomers } from './list.ts'
import { bridgeSpans, lookBack } from './look-back.ts'
import { stampOf } from './model.ts'
import { customerValue } from './portrait.ts'
import { changeSettings, readSettings } from './settings.ts'
import { currentModel, currentSnapshot, readBridgeOf, readPast, readSaid, saveBridge } from './store.ts'

const mostSaid = 400

export const valueRoutes: readonly Route[] = [
  route(contract.readValue, readValue),
  route(contract.listValued, (house, { query }) => listValuedCustomers(house, query)),
  route(contract.readCustomerValue, (house, { params }) => customerValue(house, params.partyId)),
  route(contract.readBridge, (house, { query }) => readBridge(house, query)),
  route(contract.readValueSettings, house => readSettings(house)),
  route(contract.changeValueSettings, (house, { body }) => changeSettings(house, body)),
  route(contract.fitValueNow, async house => ({
    runId: await house.database.transaction(transaction =>
      house.jobs.enqueue(transaction, 'value.fit', {}, { key: 'value.fit' }),
    ),
  })),
]

async function readValue(house: House) {
  const { asOfOn, history, currency } = await readSituation(house)
  const snapshot = await currentSnapshot(house.database)
  const model = await currentModel(house)
  const reading = { asOfOn, history }
  const learning = { customersWhoReturned: await countReturned(house), customersNeeded: fewestWhoReturned }
  // What was valued in another currency says nothing in this one; the next fit will.
  if (!snapshot || !model || snapshot.currency !== currency) {
    const state = learning.customersWhoReturned < fewestWhoReturned ? ('too-few' as const) : ('none' as const)
    return { reading, currency, state, ...learning, base: null, trend: [], said: [], model: null }
  }
  const { snapshotNo, customers, equityMinor, findings } = snapshot
  const past = await readPast(house.database, snapshotNo)
  const { deciles, ...told } = findings
  return {
    reading,
    currency,
    state: 'ready' as const,
    ...learning,
    base: {
      snapshotNo,
      asOfOn: snapshot.asOfOn,
      valuedAt: snapshot.valuedAt.toISOString(),
      customers,
      ...told,
      rivals: [...told.rivals],
      literature: literatureFor(told.levers.retentionShare, told.annualDiscountShare),
      deciles: deciles.map(decile => ({ customers: decile.customers, worthMinor: decile.worthMinor })),
      stamp: stampOf(model),
    },
    trend: [...past, { asOfOn: snapshot.asOfOn, equityMinor, customers }],
    said: await readSaid(house.database, currency, mostSaid),
    model: {
      fitNo: model.fitNo,
      customers: model.customers,
      parameters: Object.fromEntries(
        modelNamed(model.model).parameterNames.map(name => [name, model.parameters[name]!]),
      ),
      spendParameters: { ...model.spend.parameters },
      warnings: [...model.warnings],
      candidates: [...model.candidates],
      holdout: model.holdout,
    },
  }
}

async function countReturned(house: House): Promise<number> {
  const [row] = await house.database.query<{ customers: number }>(
    'select count(*) as customers from rhythm.state where purchase_days > 1',
  )
  return row!.customers
}

/** Told beforehand for a quarter and a year; for other days the log is read, and the answer kept. */
async function readBridge(house: House, query: { readonly from?: Day | undefined; readonly to?: Day | undefined }) {
  const situation = await readSituation(house)
  const snapshot = await currentSnapshot(house.database)
  const model = await currentModel(house)
  const { currency } = situation
  if (!snapshot || !model || snapshot.fitNo !== model.fitNo || snapshot.currency !== currency) {
    return { currency, bridge: null }
  }
  const toOn = query.to ?? snapshot.asOfOn
  const fromOn = query.from ?? addDays(toOn, -bridgeSpans[1])
  if (!(fromOn < toOn && toOn <= snapshot.asOfOn)) {
    throw refuse('invalid', 'value:refusal.bridge-days', { last: snapshot.asOfOn })
  }
  const known = await readBridgeOf(house.database, snapshot.snapshotNo, { fromOn, toOn })
  if (known) return { currency, bridge: known }
  const { bridges } = await lookBack(house, { model, snapshot, situation, days: [], spans: [{ fromOn, toOn }] })
  await house.database.transaction(transaction => saveBridge(transaction, snapshot.snapshotNo, bridges[0]!))
  return { currency, bridge: bridges[0]! }
}
