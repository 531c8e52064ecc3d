import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import type { DeliveryOutcome, Receiver, System } from './contract.ts'

export interface OpenReceiver {
  readonly receiverId: string
  readonly system: System
  readonly merchantId: string | null
  readonly isPaused: boolean
}

export async function openReceiver(queryable: Queryable, receiverId: string): Promise<OpenReceiver | undefined> {
  const [row] = await queryable.query<OpenReceiver>(
    `select receiver_id as "receiverId", system, merchant_id as "merchantId", is_paused as "isPaused" from receivers.receiver
     where receiver_id = $1 and closed_at is null`,
    [receiverId],
  )
  return row
}

/** The secrets that count now, the newest first. */
export async function secretsAt(queryable: Queryable, receiverId: string, now: Date): Promise<string[]> {
  const rows = await queryable.query<{ secret: string }>(
    `select secret from receivers.secret where receiver_id = $1 and (ends_at is null or ends_at > $2)
     order by created_at desc, secret_id desc`,
    [receiverId, now],
  )
  return rows.map(row => row.secret)
}

export async function countRefused(queryable: Queryable, receiverId: string, now: Date): Promise<void> {
  await queryable.query(
    'update receivers.receiver set refused_count = refused_count + 1, last_refused_at = $2 where receiver_id = $1',
    [receiverId, now],
  )
}

export async function wasDelivered(queryable: Queryable, receiverId: string, key: string): Promise<boolean> {
  const rows = await queryable.query('select from receivers.delivery where receiver_id = $1 and delivery_key = $2', [
    receiverId,
    key,
  ])
  return rows.length > 0
}

export async function noteAgain(house: House, receiverId: string, key: string): Promise<void> {
  await house.database.transaction(async transaction => {
    await transaction.query(
      'update receivers.delivery set times = times + 1 where receiver_id = $1 and delivery_key = $2',
      [receiverId, key],
    )
    await tally(transaction, receiverId, 'duplicate')
    await house.live.announce(transaction, ['webhooks'])
  })
}

/** Of two deliveries of one thing at the same time one is noted first; what they said is recorded once in any case. */
export async function noteDelivery(
  house: House,
  receiverId: string,
  delivery: {
    readonly key: string
    readonly topic: string
    readonly outcome: DeliveryOutcome
    readonly reason: string | null
    readonly orderRef: string | null
    readonly receivedAt: Date
  },
): Promise<void> {
  const { key, topic, outcome, reason, orderRef, receivedAt } = delivery
  await house.database.transaction(async transaction => {
    await transaction.query(
      `insert into receivers.delivery as d (receiver_id, delivery_key, delivery_id, received_at, topic, outcome, reason, order_ref)
       values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (receiver_id, delivery_key) do update set times = d.times + 1`,
      [receiverId, key, house.newId(), receivedAt, topic, outcome, reason, orderRef],
    )
    await tally(transaction, receiverId, outcome)
    await house.live.announce(transaction, ['webhooks'])
  })
}

async function tally(queryable: Queryable, receiverId: string, outcome: DeliveryOutcome): Promise<void> {
  await queryable.query(
    `insert into receivers.tally as t (receiver_id, outcome, deliveries) values ($1, $2, 1)
     on conflict (receiver_id, outcome) do update set deliveries = t.deliveries + 1`,
    [receiverId, outcome],
  )
}

interface Row {
  readonly receiver_id: string
  readonly system: System
  readonly name: string
  readonly merchant_id: string | null
  readonly is_paused: boolean
  readonly refused_count: number
  readonly last_refused_at: Date | null
  readonly last_received_at: Date | null
  readonly secrets: readonly { secretId: string; end: string; createdAt: string; endsAt: string | null }[] | null
  readonly counts: Readonly<Record<DeliveryOutcome, number>> | null
}

/** Receivers that are open, or one of them; of a secret its last four characters. */
export async function receivers(queryable: Queryable, now: Date, receiverId?: string): Promise<Receiver[]> {
  const rows = await queryable.query<Row>(
    `select r.*, (select max(received_at) from receivers.delivery d where d.receiver_id = r.receiver_id) as last_received_at,
       (select json_agg(json_build_object('secretId', secret_id, 'end', right(secret, 4), 'createdAt', created_at, 'endsAt', ends_at)
          order by created_at desc, secret_id desc)
        from receivers.secret s where s.receiver_id = r.receiver_id and (ends_at is null or ends_at > $1)) as secrets,
       (select json_object_agg(outcome, deliveries) from receivers.tally t where t.receiver_id = r.receiver_id) as counts
     from receivers.receiver r where closed_at is null and ($2::uuid is null or receiver_id = $2) order by created_at, receiver_id`,
    [now, receiverId ?? null],
  )
  const iso = (instant: Date | string | null) => (instant === null ? null : new Date(instant).toISOString())
  return rows.map(row => ({
    receiverId: row.receiver_id,
    system: row.system,
    name: row.name,
    merchantId: row.merchant_id,
    path: `/in/${row.receiver_id}`,
    isPaused: row.is_paused,
    secrets: (row.secrets ?? []).map(({ secretId, end, createdAt, endsAt }) => ({
      secretId,
      end,
      createdAt: iso(createdAt)!,
      endsAt: iso(endsAt),
    })),
    counts: {
      taken: 0,
      duplicate: 0,
      ignored: 0,
      problem: 0,
      test: 0,
      ...row.counts,
      refused: Number(row.refused_count),
    },
    lastReceivedAt: iso(row.last_received_at),
    lastRefusedAt: iso(row.last_refused_at),
  }))
}

export async function deliveries(queryable: Queryable, receiverId: string, limit: number) {
  const rows = await queryable.query<{
    deliveryId: string
    receivedAt: Date
    topic: string
    outcome: DeliveryOutcome
    reason: string | null
    orderRef: string | null
    times: number
  }>(
    `select delivery_id as "deliveryId", received_at as "receivedAt", topic, outcome, reason, order_ref as "orderRef", times
     from receivers.delivery where receiver_id = $1 order by received_at desc, delivery_id desc limit $2`,
    [receiverId, limit],
  )
  return rows.map(row => ({ ...row, receivedAt: row.receivedAt.toISOString() }))
}
