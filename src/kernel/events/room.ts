import { appendOnly, distributed, local, reference } from '#kernel/database/index.ts'
import type { Room } from '#kernel/room.ts'
import { forgetEvents } from './forget.ts'
import { eventsRoutes } from './routes.ts'
import {
  clientJoined,
  clientSaidToBeOne,
  clientTracked,
  clientViewed,
  purchaseRecorded,
  refundRecorded,
} from './vocabulary.ts'

export const eventsRoom: Room = {
  name: 'kernel/events',
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'events.event': appendOnly(distributed('party_id'), { delete: true }),
    'events.key': appendOnly(distributed('key'), { delete: true }),
    'events.property': appendOnly(distributed('party_id'), { delete: true }),
    'events.source': appendOnly(reference),
    'events.problem': local,
    'events.withdrawal': local,
  },
  vocabulary: {
    'purchase.recorded': purchaseRecorded,
    'refund.recorded': refundRecorded,
    'client.tracked': clientTracked,
    'client.joined': clientJoined,
    'client.said-to-be-one': clientSaidToBeOne,
    'client.viewed': clientViewed,
  },
  forget: forgetEvents,
  routes: eventsRoutes,
}
