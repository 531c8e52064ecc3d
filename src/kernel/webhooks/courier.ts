import type { House } from '#kernel/house.ts'
import { forgetWishes } from './outbox.ts'
import type { AddressRule } from './public-address.ts'
import { askedWait, deadAfter, nextAttemptAt, restAfter } from './rules.ts'
import { type Outcome, post, type Resolve } from './send.ts'
import { readSettings } from './settings.ts'
import { signedHeaders } from './signature.ts'
import { type Claimed, claim, noteAnswering, noteFailing, restUntil, secretsOf, setState, settle } from './store.ts'

/** Messages under way to one endpoint at the same time. */
const mostAtOnce = 8

export interface CourierParts {
  readonly resolve?: Resolve
  readonly timeout?: number
  readonly signal?: AbortSignal
}

interface Lane {
  readonly endpointId: string
  readonly url: string
}

/**
 * Sends everything that is due, to all endpoints side by side, so that a slow one delays nobody else. Answers how many attempts
 * were made. Safe to run in several processes at once: each message is leased under an attempt number, and a worker that died
 * leaves it to the next after half a minute.
 */
export async function deliverDue(house: House, parts: CourierParts = {}): Promise<number> {
  const lanes = await house.database.query<Lane>(
    `select endpoint_id as "endpointId", url from webhooks.endpoint e
     where state = 'active' and (rests_until is null or rests_until <= $1)
       and exists (select from webhooks.delivery d where d.endpoint_id = e.endpoint_id and d.state = 'waiting' and d.next_at <= $1)`,
    [house.clock.now()],
  )
  if (lanes.length === 0) return 0
  const rule = await readSettings(house)
  const counts = await Promise.all(lanes.map(lane => deliverLane(house, lane, { ...parts, rule })))
  return counts.reduce((sum, count) => sum + count, 0)
}

type LaneParts = CourierParts & { readonly rule: AddressRule }

/** One endpoint, until nothing is due or it fails. */
async function deliverLane(house: House, lane: Lane, parts: LaneParts): Promise<number> {
  let count = 0
  while (!parts.signal?.aborted) {
    const claimed = await claim(house.database, lane.endpointId, house.clock.now(), mostAtOnce)
    if (claimed.length === 0) return count
    const secrets = await secretsOf(house.database, lane.endpointId, house.clock.now())
    const outcomes = await Promise.all(claimed.map(message => attempt(house, lane, { message, secrets, parts })))
    count += claimed.length
    if (outcomes.some(({ fault }) => fault !== null)) return count
  }
  return count
}

async function attempt(
  house: House,
  lane: Lane,
  { message, secrets, parts }: { message: Claimed; secrets: readonly string[]; parts: LaneParts },
): Promise<Outcome> {
  const { outcome, at, milliseconds } = await sendOnce(house, { ...lane, ...message, secrets }, parts)
  // Cut short by our own closing, it says nothing of the receiver: its lease ends and it is sent again.
  if (parts.signal?.aborted && outcome.status === null) return outcome
  await noteAttempt(house, { ...lane, ...message }, { outcome, at, milliseconds })
  return outcome
}

/** Signs for this instant and posts. */
export async function sendOnce(
  house: House,
  message: {
    readonly url: string
    readonly messageId: string
    readonly body: string
    readonly secrets: readonly string[]
  },
  parts: LaneParts,
): Promise<{ outcome: Outcome; at: Date; milliseconds: number }> {
  const at = house.clock.now()
  const began = house.clock.elapsed()
  const headers = signedHeaders(message, message.secrets, at)
  const outcome = await post({ url: message.url, body: message.body, headers }, parts)
  return { outcome, at, milliseconds: Math.round(house.clock.elapsed() - began) }
}

/**
 * Writes down how an attempt went and what it says about the endpoint: 410 ends it, and a message that ran out of attempts while
 * nothing arrived for three days pauses it.
 */
export async function noteAttempt(
  house: House,
  message: {
    readonly endpointId: string
    readonly messageId: string
    readonly attempt: number
    readonly tries: number
  },
  how: { readonly outcome: Outcome; readonly at: Date; readonly milliseconds: number },
): Promise<void> {
  const { endpointId, messageId } = message
  const { fault, retryAfter } = how.outcome
  const now = house.clock.now()
  const isLast = fault === 'gone' || nextAttemptAt(message.tries, now, '') === undefined
  const nextAt = fault && !isLast ? nextAttemptAt(message.tries, now, `${endpointId} ${messageId}`) : undefined
  const stopped = await house.database.transaction(async transaction => {
    if (!(await settle(transaction, message, { ...how, nextAt }))) return false
    await house.live.announce(transaction, ['webhooks'])
    if (fault === null) {
      await noteAnswering(transaction, endpointId, now)
      return false
    }
    const { failures, failingSince } = await noteFailing(transaction, endpointId, how.at)
    await restUntil(transaction, endpointId, now, Math.max(restAfter(failures), askedWait(retryAfter) ?? 0))
    const isDead = isLast && now.getTime() - failingSince.getTime() >= deadAfter
    if (fault !== 'gone' && !isDead) return false
    const state = fault === 'gone' ? 'disabled' : 'paused'
    return await setState(transaction, endpointId, { state, reason: fault === 'gone' ? 'gone' : 'unreachable', now })
  })
  if (!stopped) return
  forgetWishes(house)
  house.log.warn({ endpointId, fault }, 'a webhook endpoint takes nothing any more and is not sent to')
}
