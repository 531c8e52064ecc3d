import { randomBytes } from 'node:crypto'
import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { requireMerchant } from '#kernel/merchants/index.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Receiver, System } from './contract.ts'
import { receive } from './receive.ts'
import { sampleOf } from './sample.ts'
import { type Headers, signed } from './signature.ts'
import { receivers, secretsAt } from './store.ts'

/** Opens an address. Where the system makes its own secret that is given; else one is made here and shown once. */
export async function createReceiver(
  house: House,
  wish: {
    system: System
    name: string
    merchantId: string | null
    secret?: string | undefined
    createdBy: string | null
  },
): Promise<{ receiver: Receiver; secret: string | null }> {
  const receiverId = house.newId()
  const now = house.clock.now()
  const made = wish.secret === undefined ? newSecret() : null
  if (wish.merchantId !== null) await requireMerchant(house.database, wish.merchantId)
  await house.database.transaction(async transaction => {
    await transaction.query(
      `insert into receivers.receiver (receiver_id, system, name, merchant_id, created_at, created_by)
       values ($1, $2, $3, $4, $5, $6)`,
      [receiverId, wish.system, wish.name, wish.merchantId, now, wish.createdBy],
    )
    await insertSecret(house, transaction, receiverId, wish.secret ?? made!)
    await house.live.announce(transaction, ['webhooks'])
  })
  return { receiver: await readReceiver(house, receiverId), secret: made }
}

export async function readReceiver(house: House, receiverId: string): Promise<Receiver> {
  const [receiver] = await receivers(house.database, house.clock.now(), receiverId)
  if (!receiver) throw refuse('not-found', 'receivers:refusal.unknown')
  return receiver
}

export async function changeReceiver(
  house: House,
  receiverId: string,
  change: { name?: string | undefined; isPaused?: boolean | undefined },
): Promise<Receiver> {
  await readReceiver(house, receiverId)
  await house.database.transaction(async transaction => {
    await transaction.query(
      'update receivers.receiver set name = coalesce($2, name), is_paused = coalesce($3, is_paused) where receiver_id = $1',
      [receiverId, change.name ?? null, change.isPaused ?? null],
    )
    await house.live.announce(transaction, ['webhooks'])
  })
  return readReceiver(house, receiverId)
}

/** Closed for good: the secrets are gone at once, the list of what arrived goes with time. */
export async function closeReceiver(house: House, receiverId: string): Promise<void> {
  await readReceiver(house, receiverId)
  await house.database.transaction(async transaction => {
    await transaction.query('delete from receivers.secret where receiver_id = $1', [receiverId])
    await transaction.query('update receivers.receiver set closed_at = $2 where receiver_id = $1', [
      receiverId,
      house.clock.now(),
    ])
    await house.live.announce(transaction, ['webhooks'])
  })
}

/** A new secret counts at once; those before it go on counting for a while, because the other side changes later or earlier. */
export async function addSecret(
  house: House,
  receiverId: string,
  wish: { secret?: string | undefined; oldEndInHours: number },
): Promise<{ receiver: Receiver; secret: string | null }> {
  await readReceiver(house, receiverId)
  const made = wish.secret === undefined ? newSecret() : null
  const endsAt = new Date(house.clock.now().getTime() + wish.oldEndInHours * 3_600_000)
  await house.database.transaction(async transaction => {
    await transaction.query(
      `update receivers.secret set ends_at = least(coalesce(ends_at, 'infinity'), $2::timestamptz) where receiver_id = $1`,
      [receiverId, endsAt],
    )
    await insertSecret(house, transaction, receiverId, wish.secret ?? made!)
    await house.live.announce(transaction, ['webhooks'])
  })
  return { receiver: await readReceiver(house, receiverId), secret: made }
}

/** Sends a made-up order to the address, signed with the newest secret: checked and read like any other, not recorded. */
export async function tryReceiver(house: House, receiverId: string) {
  const { system } = await readReceiver(house, receiverId)
  const now = house.clock.now()
  const [secret = ''] = await secretsAt(house.database, receiverId, now)
  const { headers, body } = sampleOf(system, house.newId(), now)
  const signature: Headers = signed(system, body, secret, now)
  return receive(house, receiverId, { headers: { ...headers, ...signature }, body, isTrial: true })
}

async function insertSecret(house: House, transaction: Transaction, receiverId: string, secret: string): Promise<void> {
  await transaction.query(
    'insert into receivers.secret (secret_id, receiver_id, secret, created_at) values ($1, $2, $3, $4)',
    [house.newId(), receiverId, secret, house.clock.now()],
  )
}

const newSecret = () => randomBytes(32).toString('base64url')
