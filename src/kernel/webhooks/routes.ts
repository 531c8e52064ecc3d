import type { House } from '#kernel/house.ts'
import { type Caller, route } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import * as contract from './contract.ts'
import {
  changeEndpoint,
  createEndpoint,
  removeEndpoint,
  replay,
  requireEndpoint,
  retryDelivery,
  rotateSecret,
  sendTest,
} from './endpoints.ts'
import { readSettings, writeSettings } from './settings.ts'
import { listDeliveries, readDelivery, readEndpoints } from './store.ts'

/** Webhooks carry what happens at every merchant: a key of one merchant has no part in them. */
function mustSpeakForAll(caller: Caller): void {
  if (caller.kind === 'key' && caller.merchantId !== null) throw refuse('forbidden', 'access:refusal.key-not-allowed')
}

/** Every route of the room asks for this first. */
function guarded<Asked extends { readonly caller: Caller }, Reply>(
  handle: (house: House, asked: Asked) => Promise<Reply>,
): (house: House, asked: Asked) => Promise<Reply> {
  return async (house, asked) => {
    mustSpeakForAll(asked.caller)
    return handle(house, asked)
  }
}

export const webhooksRoutes = [
  route(
    contract.listWebhooks,
    guarded(async house => ({
      items: await readEndpoints(house.database, house.clock.now()),
      kinds: [...house.events.kinds],
      allowPrivate: (await readSettings(house)).allowPrivate,
    })),
  ),
  route(
    contract.createWebhook,
    guarded((house, { body }) => createEndpoint(house, body)),
  ),
  route(
    contract.changeWebhook,
    guarded((house, { params, body }) => changeEndpoint(house, params.endpointId, body)),
  ),
  route(
    contract.removeWebhook,
    guarded(async (house, { params }) => {
      await removeEndpoint(house, params.endpointId)
      return undefined
    }),
  ),
  route(
    contract.rotateWebhookSecret,
    guarded((house, { params, body }) => rotateSecret(house, params.endpointId, body.overlapHours)),
  ),
  route(
    contract.testWebhook,
    guarded((house, { params }) => sendTest(house, params.endpointId)),
  ),
  route(
    contract.listDeliveries,
    guarded(async (house, { params, query }) => {
      await requireEndpoint(house, params.endpointId)
      return listDeliveries(house.database, params.endpointId, query)
    }),
  ),
  route(
    contract.readDelivery,
    guarded(async (house, { params }) => {
      const found = await readDelivery(house.database, params.endpointId, params.messageId)
      if (!found) throw refuse('not-found', 'webhooks:refusal.message-unknown')
      return found
    }),
  ),
  route(
    contract.retryDelivery,
    guarded((house, { params }) => retryDelivery(house, params.endpointId, params.messageId)),
  ),
  route(
    contract.replayDeliveries,
    guarded(async (house, { params, body }) => ({
      events: await replay(house, params.endpointId, {
        from: new Date(body.from),
        to: new Date(body.to),
        countOnly: body.countOnly,
      }),
    })),
  ),
  route(
    contract.changeWebhookSettings,
    guarded(async (house, { body }) => {
      await writeSettings(house, body)
      return body
    }),
  ),
]
