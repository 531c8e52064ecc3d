import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { Attempt, Delivery, DeliveryFault, Endpoint } from './contract.ts'
import { leaseFor } from './rules.ts'
import type { Outcome } from './send.ts'

const hour = 3_600_000

interface EndpointRow {
  readonly endpoint_id: string
  readonly url: string
  readonly description: string
  readonly kinds: string[]
  readonly state: Endpoint['state']
  readonly reason: Endpoint['reason']
  readonly created_at: Date
  readonly stopped_at: Date | null
  readonly failing_since: Date | null
  readonly last_delivered_at: Date | null
  readonly waiting: number
  readonly failed: number
}

/** Endpoints as they are shown, oldest first: with what waits, what failed and the last day by hours. */
export async function readEndpoints(queryable: Queryable, now: Date, endpointId?: string): Promise<Endpoint[]> {
  const rows = await queryable.query<EndpointRow>(
    `select e.*, (select count(*) from webhooks.delivery d where d.endpoint_id = e.endpoint_id and d.state = 'waiting') as waiting,
       (select count(*) from webhooks.delivery d where d.endpoint_id = e.endpoint_id and d.state = 'failed') as failed
     from webhooks.endpoint e where $1::uuid is null or e.endpoint_id = $1 order by e.endpoint_id`,
    [endpointId ?? null],
  )
  const ids = rows.map(row => row.endpoint_id)
  const secrets = await queryable.query<{
    endpoint_id: string
    secret_id: string
    created_at: Date
    ends_at: Date | null
  }>(
    `select endpoint_id, secret_id, created_at, ends_at from webhooks.secret
     where endpoint_id = any($1) and (ends_at is null or ends_at > $2) order by secret_id desc`,
    [ids, now],
  )
  const from = new Date(Math.floor(now.getTime() / hour) * hour - 23 * hour)
  const counts = await queryable.query<{ endpoint_id: string; hour: number; delivered: number; failed: number }>(
    `select endpoint_id, floor(extract(epoch from at - $2::timestamptz) / 3600)::integer as hour,
       count(*) filter (where fault is null) as delivered, count(*) filter (where fault is not null) as failed
     from webhooks.attempt where endpoint_id = any($1) and at >= $2 group by 1, 2`,
    [ids, from],
  )
  return rows.map(row => ({
    endpointId: row.endpoint_id,
    url: row.url,
    description: row.description,
    kinds: row.kinds,
    state: row.state,
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
    stoppedAt: iso(row.stopped_at),
    failingSince: iso(row.failing_since),
    lastDeliveredAt: iso(row.last_delivered_at),
    waiting: row.waiting,
    failed: row.failed,
    hours: Array.from({ length: 24 }, (_, index) => {
      const found = counts.find(each => each.endpoint_id === row.endpoint_id && each.hour === index)
      return { delivered: found?.delivered ?? 0, failed: found?.failed ?? 0 }
    }),
    secrets: secrets
      .filter(secret => secret.endpoint_id === row.endpoint_id)
      .map(secret => ({
        secretId: secret.secret_id,
        createdAt: secret.created_at.toISOString(),
        endsAt: iso(secret.ends_at),
      })),
  }))
}

const iso = (instant: Date | null) => instant?.toISOString() ?? null

export interface NewDelivery {
  readonly messageId: string
  readonly partyId: string | null
  readonly kind: string
  readonly body: string
}

/**
 * Puts messages into the outbox of an endpoint, due now; what is there already stays, unless it is asked for anew. Answers how
 * many wait now that did not.
 */
export async function putDeliveries(
  transaction: Transaction,
  endpointId: string,
  messages: readonly NewDelivery[],
  when: { readonly now: Date; readonly again: boolean },
): Promise<number> {
  const put = await transaction.query(
    `insert into webhooks.delivery as d (endpoint_id, message_id, party_id, kind, body, state, attempts, tries, created_at, next_at)
     select e.endpoint_id, m, p, k, b, 'waiting', 0, 0, $6, $6
     from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) as t (m, p, k, b)
     join webhooks.endpoint e on e.endpoint_id = $1 order by m
     on conflict (endpoint_id, message_id) do update set state = 'waiting', tries = 0, next_at = excluded.next_at
       where $7 and d.state <> 'waiting'
     returning 1`,
    [
      endpointId,
      messages.map(message => message.messageId),
      messages.map(message => message.partyId),
      messages.map(message => message.kind),
      messages.map(message => message.body),
      when.now,
      when.again,
    ],
  )
  return put.length
}

export interface Claimed {
  readonly messageId: string
  readonly kind: string
  readonly body: string
  /** The number of this attempt: only who holds the last one may say how it went. */
  readonly attempt: number
  readonly tries: number
}

/** Takes messages that are due, each under its next attempt number; nobody else gets them until the lease ends. */
export async function claim(queryable: Queryable, endpointId: string, now: Date, most: number): Promise<Claimed[]> {
  return await queryable.query<Claimed>(
    `update webhooks.delivery d set attempts = attempts + 1, tries = tries + 1, leased_until = $3, last_at = $2
     from (select message_id from webhooks.delivery where endpoint_id = $1 and state = 'waiting' and next_at <= $2
             and (leased_until is null or leased_until <= $2)
           order by next_at, message_id limit $4 for update skip locked) due
     where d.endpoint_id = $1 and d.message_id = due.message_id
     returning d.message_id as "messageId", d.kind, d.body, d.attempts as attempt, d.tries`,
    [endpointId, now, new Date(now.getTime() + leaseFor), most],
  )
}

/** Notes how an attempt went. False when another worker has begun a later one: then this one says nothing any more. */
export async function settle(
  transaction: Transaction,
  attempt: { readonly endpointId: string; readonly messageId: string; readonly attempt: number },
  how: {
    readonly outcome: Outcome
    readonly at: Date
    readonly milliseconds: number
    readonly nextAt: Date | undefined
  },
): Promise<boolean> {
  const { endpointId, messageId } = attempt
  const { outcome, at, nextAt } = how
  const state = outcome.fault === null ? 'delivered' : nextAt ? 'waiting' : 'failed'
  const [mine] = await transaction.query(
    `update webhooks.delivery set state = $4, next_at = $5, leased_until = null, status = $6, fault = $7
     where endpoint_id = $1 and message_id = $2 and attempts = $3 returning 1`,
    [endpointId, messageId, attempt.attempt, state, nextAt ?? null, outcome.status, outcome.fault],
  )
  if (!mine) return false
  await transaction.query(
    `insert into webhooks.attempt (endpoint_id, message_id, attempt, at, milliseconds, status, fault, answer)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [endpointId, messageId, attempt.attempt, at, how.milliseconds, outcome.status, outcome.fault, outcome.answer],
  )
  return true
}

interface DeliveryRow {
  readonly message_id: string
  readonly kind: string
  readonly party_id: string | null
  readonly state: Delivery['state']
  readonly attempts: number
  readonly created_at: Date
  readonly next_at: Date | null
  readonly last_at: Date | null
  readonly status: number | null
  readonly fault: DeliveryFault | null
  readonly body: string
}

const deliveryOf = (row: DeliveryRow): Delivery => ({
  messageId: row.message_id,
  kind: row.kind,
  partyId: row.party_id,
  state: row.state,
  attempts: row.attempts,
  createdAt: row.created_at.toISOString(),
  nextAt: iso(row.next_at),
  lastAt: iso(row.last_at),
  status: row.status,
  fault: row.fault,
})

/** Newest first; ids are ordered by time, so the last one shown is the cursor. */
export async function listDeliveries(
  queryable: Queryable,
  endpointId: string,
  query: { readonly state?: string | undefined; readonly before?: string | undefined; readonly limit: number },
): Promise<{ items: Delivery[]; next: string | null }> {
  const rows = await queryable.query<DeliveryRow>(
    `select * from webhooks.delivery where endpoint_id = $1 and ($2::text is null or state = $2)
       and ($3::uuid is null or message_id < $3) order by message_id desc limit $4`,
    [endpointId, query.state ?? null, query.before ?? null, query.limit + 1],
  )
  const page = rows.slice(0, query.limit)
  return { items: page.map(deliveryOf), next: rows.length > query.limit ? page.at(-1)!.message_id : null }
}

export async function readDelivery(
  queryable: Queryable,
  endpointId: string,
  messageId: string,
): Promise<{ delivery: Delivery; body: string; items: Attempt[] } | undefined> {
  const [row] = await queryable.query<DeliveryRow>(
    'select * from webhooks.delivery where endpoint_id = $1 and message_id = $2',
    [endpointId, messageId],
  )
  if (!row) return undefined
  const attempts = await queryable.query<Omit<Attempt, 'at'> & { readonly at: Date }>(
    `select attempt, at, milliseconds, status, fault, answer from webhooks.attempt
     where endpoint_id = $1 and message_id = $2 order by attempt desc limit 100`,
    [endpointId, messageId],
  )
  return {
    delivery: deliveryOf(row),
    body: row.body,
    items: attempts.map(each => ({ ...each, at: each.at.toISOString() })),
  }
}

/** Secrets that sign now, the newest first. */
export async function secretsOf(queryable: Queryable, endpointId: string, now: Date): Promise<string[]> {
  const rows = await queryable.query<{ secret: string }>(
    `select secret from webhooks.secret where endpoint_id = $1 and (ends_at is null or ends_at > $2) order by secret_id desc`,
    [endpointId, now],
  )
  return rows.map(row => row.secret)
}

/** Written once a second at most, however much arrives. */
export async function noteAnswering(transaction: Transaction, endpointId: string, now: Date): Promise<void> {
  await transaction.query(
    `update webhooks.endpoint set last_delivered_at = $2, failing_since = null, failures = 0, rests_until = null
     where endpoint_id = $1 and (failing_since is not null or last_delivered_at is null or last_delivered_at < $3)`,
    [endpointId, now, new Date(now.getTime() - 1000)],
  )
}

export async function noteFailing(
  transaction: Transaction,
  endpointId: string,
  at: Date,
): Promise<{ failures: number; failingSince: Date }> {
  const [row] = await transaction.query<{ failures: number; failingSince: Date }>(
    `update webhooks.endpoint set failures = failures + 1, failing_since = coalesce(failing_since, $2)
     where endpoint_id = $1 returning failures, failing_since as "failingSince"`,
    [endpointId, at],
  )
  return row ?? { failures: 0, failingSince: at }
}

export async function restUntil(transaction: Transaction, endpointId: string, now: Date, rest: number): Promise<void> {
  if (rest === 0) return
  await transaction.query(
    'update webhooks.endpoint set rests_until = greatest(rests_until, $2) where endpoint_id = $1',
    [endpointId, new Date(now.getTime() + rest)],
  )
}

/** Begins, pauses or ends an endpoint. What begins again forgets its failures, and what waits for it is due at once. */
export async function setState(
  transaction: Transaction,
  endpointId: string,
  to: { readonly state: Endpoint['state']; readonly reason: Endpoint['reason']; readonly now: Date },
): Promise<boolean> {
  const [changed] = await transaction.query(
    `update webhooks.endpoint set state = $2, reason = $3, stopped_at = case when $2 = 'active' then null else $4::timestamptz end,
       rests_until = null, failures = 0, failing_since = case when $2 = 'active' then null else failing_since end
     where endpoint_id = $1 and state <> $2 returning 1`,
    [endpointId, to.state, to.reason, to.now],
  )
  if (changed && to.state === 'active') {
    await transaction.query(
      `update webhooks.delivery set next_at = least(next_at, $2) where endpoint_id = $1 and state = 'waiting'`,
      [endpointId, to.now],
    )
  }
  return changed !== undefined
}

/** When something is due next at an endpoint that is sent to; null when nothing waits. */
export async function nextDueAt(queryable: Queryable): Promise<Date | null> {
  const [row] = await queryable.query<{ at: Date | null }>(
    `select min(greatest(e.rests_until, (select min(next_at) from webhooks.delivery d
       where d.endpoint_id = e.endpoint_id and d.state = 'waiting'))) as at
     from webhooks.endpoint e where e.state = 'active'
       and exists (select from webhooks.delivery d where d.endpoint_id = e.endpoint_id and d.state = 'waiting')`,
  )
  return row?.at ?? null
}

/** Deletes what is done since long; the events themselves stay in the log and can be replayed. */
export async function forgetDone(queryable: Queryable, before: Date): Promise<number> {
  const gone = await queryable.query(
    `delete from webhooks.delivery where state <> 'waiting' and last_at < $1 returning 1`,
    [before],
  )
  return gone.length
}
