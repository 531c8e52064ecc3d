import type { RecordedEvent } from '#kernel/events/index.ts'

/**
 * What is sent: Standard Webhooks' three fields. The party's id stands for the customer; who they are is asked of the API by
 * those who may know, so that an erased customer lives on in nobody's queue.
 *
 * Example: `{"type":"promise.kept","timestamp":"2026-03-01T09:00:00.000Z","data":{"eventId":…,"partyId":…,"payload":{…}}}`.
 */
export function bodyOf(event: Pick<RecordedEvent, 'eventId' | 'kind' | 'partyId' | 'occurredAt' | 'payload'>): string {
  return JSON.stringify({
    type: event.kind,
    timestamp: event.occurredAt.toISOString(),
    data: { eventId: event.eventId, partyId: event.partyId, payload: event.payload },
  })
}

/** A message goes by the id of its event: the same over attempts, endpoints and replays. */
export const messageOf = (event: Parameters<typeof bodyOf>[0]) => ({
  messageId: event.eventId,
  partyId: event.partyId,
  kind: event.kind,
  body: bodyOf(event),
})

export const testKind = 'webhook.test'

export function testBody(messageId: string, at: Date): string {
  return JSON.stringify({
    type: testKind,
    timestamp: at.toISOString(),
    data: { eventId: messageId, partyId: null, payload: { greeting: 'If the signature is right, you are connected.' } },
  })
}
