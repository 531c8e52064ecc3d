import { maySee } from '#kernel/access/index.ts'
import type { House } from '#kernel/house.ts'
import { type Caller, type Route, route } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import { settingsName, soonAfter } from './check.ts'
import * as contract from './contract.ts'
import { modelNamed, models } from './models.ts'
import { fitsOf, healthOf } from './report.ts'
import { noteRequest } from './store.ts'
import type { WatchedModel } from './watched.ts'

export const healthRoutes: readonly Route[] = [
  route(contract.listModels, async (house, { caller }) => ({
    items: await Promise.all(models.filter(model => maySeeModel(model, caller)).map(model => healthOf(house, model))),
    settings: await house.settings.read(settingsName, contract.healthSettings),
  })),
  route(contract.listFits, (house, { params, query, caller }) =>
    fitsOf(house, watched(params.model, caller), query.limit),
  ),
  route(contract.fitModel, async (house, { params, caller }) => ({
    runId: await fitByHand(house, watched(params.model, caller), caller),
  })),
  route(contract.changeHealthSettings, async (house, { body }) => {
    await house.database.transaction(async transaction => {
      await house.settings.write(transaction, settingsName, body)
      await house.live.announce(transaction, ['models', 'settings'])
    })
    return body
  }),
]

/** A model whose figures are money is not there for those who may not see money. */
function maySeeModel(model: WatchedModel, caller: Caller): boolean {
  return !model.isMoney || maySee(caller, 'money')
}

function watched(name: contract.WatchedModelName, caller: Caller): WatchedModel {
  const model = modelNamed(name)
  if (!model || !maySeeModel(model, caller)) throw refuse('not-found', 'health:refusal.not-watched')
  return model
}

async function fitByHand(house: House, model: WatchedModel, caller: Caller): Promise<string> {
  return house.database.transaction(async transaction => {
    const runId = await house.jobs.enqueue(transaction, model.job, {}, { key: model.job })
    await house.jobs.enqueue(
      transaction,
      'health.check',
      {},
      { key: 'health.check', runAt: soonAfter(house.clock.now()) },
    )
    await noteRequest(transaction, {
      runId,
      model: model.name,
      because: 'hand',
      askedBy: caller.kind === 'nobody' ? null : caller.name,
      askedAt: house.clock.now(),
    })
    await house.live.announce(transaction, ['models'])
    return runId
  })
}
