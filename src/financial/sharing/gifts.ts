import type { Queryable, Transaction } from '#kernel/database/index.ts'
import { systemSource } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { because, digest } from '#kernel/ledger/index.ts'
import { type Identifier, recogniseParties } from '#kernel/parties/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { keepCode, markUsed, newCode, openCode } from './codes.ts'
import type { Gift } from './contract.ts'
import { type Giver, veiled, whyNotGiven } from './giving.ts'
import { lockMember, postOrRefuse, usable } from './holdings.ts'
import { type SharingSettings, sharingSettings } from './rules.ts'

export const settingsName = 'sharing'

export async function readSettings(house: House, queryable: Queryable = house.database): Promise<SharingSettings> {
  return house.settings.read(settingsName, sharingSettings, queryable)
}

export interface Giving {
  readonly giverId: string
  readonly asset: string
  readonly amount: number
  readonly to: ({ readonly by: 'identifier' } & Identifier) | { readonly by: 'link' }
  /** Names the request for ever: the same again gives nothing more. */
  readonly requestKey: string
  readonly actor: string
  /** A customer on their own; not staff on behalf of who stands before them. */
  readonly isOwn: boolean
  readonly note?: string | undefined
}

const hour = 3_600_000
const day = 24 * hour
const mostMisses = 10

/** Gives value to another customer at once, or sets it aside for whoever has the code. Its time to live goes along. */
export async function give(house: House, giving: Giving) {
  const { giverId, asset, amount, to, actor, note } = giving
  const receiverId = to.by === 'identifier' ? await findReceiver(house, giving, to) : null
  if (receiverId === giverId) throw refuse('invalid', 'sharing:refusal.to-self')
  const giftId = digest(`gift ${actor} ${giving.requestKey}`)
  const now = house.clock.now()
  return house.database.transaction(async transaction => {
    await lockMember(transaction, giverId)
    const known = await readGift(transaction, giverId, giftId)
    if (known) {
      if (known.asset !== asset || known.amount !== amount || (receiverId && known.toPartyId !== receiverId)) {
        throw refuse('conflict', 'ledger:refusal.key-used')
      }
      return {
        giftId,
        state: known.state,
        receiver: await nameOf(transaction, known.toPartyId),
        code: null,
        until: iso(known.until),
      }
    }
    const settings = await readSettings(house, transaction)
    const refused = whyNotGiven(settings.gifts, await giverOf(house, transaction, giving, settings), asset, amount)
    if (refused) throw refuse('conflict', refused.code, refused.details)
    const author = { actor, reason: because('gift', note) }
    const base = { partyId: giverId, asset, occurredAt: now.getTime() }
    let until: Date | null = null
    let code: string | null = null
    if (receiverId) {
      await postOrRefuse(house, transaction, author, [
        { ...base, key: `gift ${giftId}`, act: 'transfer', toPartyId: receiverId, amount, as: `gift ${giftId}` },
      ])
    } else {
      const latest = now.getTime() + settings.gifts.linkDays * day
      await postOrRefuse(house, transaction, author, [
        { ...base, key: `gift ${giftId} set aside`, act: 'hold', holdId: giftId, amount, until: latest },
      ])
      until = await promisedUntil(transaction, giverId, giftId, new Date(latest))
      code = newCode()
      await keepCode(transaction, code, { kind: 'gift', partyId: giverId, subject: giftId, until })
    }
    const state = receiverId ? 'given' : 'waiting'
    await transaction.query(
      `insert into sharing.gift (party_id, gift_id, to_party_id, asset, amount, state, given_at, given_by, until)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [giverId, giftId, receiverId, asset, amount, state, now, actor, until],
    )
    await tell(house, transaction, 'sharing.gift-given', giverId, { giftId, asset, amount })
    if (receiverId) await tell(house, transaction, 'sharing.gift-received', receiverId, { giftId, asset, amount })
    await house.live.announce(transaction, ['points', 'ledger'])
    return { giftId, state, receiver: await nameOf(transaction, receiverId), code, until: iso(until) } as const
  })
}

const iso = (instant: Date | null) => instant?.toISOString() ?? null

/** A code never promises longer than what was set aside lives. */
async function promisedUntil(transaction: Transaction, giverId: string, holdId: string, latest: Date): Promise<Date> {
  const [row] = await transaction.query<{ first: Date | null }>(
    `select min(l.expires_at) as first from ledger.hold h cross join jsonb_array_elements(h.parts) as part
     join ledger.lot l on l.party_id = h.party_id and l.lot_id = (part->>'lotId')::uuid
     where h.party_id = $1 and h.hold_id = $2`,
    [giverId, holdId],
  )
  return row?.first && row.first < latest ? row.first : latest
}

async function findReceiver(house: House, { giverId, isOwn }: Giving, { kind, value }: Identifier): Promise<string> {
  const { database, clock } = house
  const now = clock.now()
  if (isOwn) {
    const [row] = await database.query<{ misses: number }>(
      'select count(*) as misses from sharing.miss where party_id = $1 and missed_at > $2',
      [giverId, new Date(now.getTime() - day)],
    )
    if (row!.misses >= mostMisses) throw refuse('too-many', 'sharing:refusal.too-many-misses')
  }
  const [found] = await recogniseParties(house, database, [{ identifiers: [{ kind, value }] }])
  if (found) return found
  // Kept although the gift is refused, so that nobody can try numbers for ever.
  if (isOwn) {
    await database.query('insert into sharing.miss (party_id, missed_at, miss_id) values ($1, $2, $3)', [
      giverId,
      now,
      house.newId(),
    ])
  }
  throw refuse('not-found', 'sharing:refusal.nobody')
}

async function giverOf(
  house: House,
  transaction: Transaction,
  { giverId, asset, isOwn }: Giving,
  settings: SharingSettings,
): Promise<Giver> {
  const now = house.clock.now()
  const [given] = await transaction.query<{ givenToday: number; giftsToday: number }>(
    `select coalesce(sum(amount) filter (where asset = $2), 0)::bigint as "givenToday", count(*) as "giftsToday"
     from sharing.gift where party_id = $1 and given_at > $3 and state <> 'returned'`,
    [giverId, asset, new Date(now.getTime() - day)],
  )
  const received = await transaction.query<{ source: string }>(
    `select 'gift ' || gift_id as source from sharing.gift
     where to_party_id = $1 and asset = $2 and coalesce(ended_at, given_at) > $3`,
    [giverId, asset, new Date(now.getTime() - settings.gifts.onwardDays * day)],
  )
  const [profile] = await transaction.query<{ createdAt: Date; changedAt: Date }>(
    'select created_at as "createdAt", changed_at as "changedAt" from parties.party where party_id = $1',
    [giverId],
  )
  const wasChanged = isOwn && profile && profile.changedAt.getTime() > profile.createdAt.getTime()
  return {
    ...given!,
    available: await usable(transaction, giverId, asset, { now }),
    lately:
      received.length > 0
        ? await usable(transaction, giverId, asset, { now, sources: received.map(each => each.source) })
        : 0,
    changedHoursAgo: wasChanged ? (now.getTime() - profile.changedAt.getTime()) / hour : null,
  }
}

/** Takes a gift by its code: what was set aside is released and moves on in one step, or nothing happens. */
export async function claimGift(
  house: House,
  partyId: string,
  code: string,
): Promise<{ giftId: string; asset: string; amount: number }> {
  const now = house.clock.now()
  return house.database.transaction(async transaction => {
    const { partyId: giverId, subject: giftId, until, usedBy } = await openCode(transaction, code, 'gift')
    const gift = (await readGift(transaction, giverId, giftId))!
    const { asset, amount } = gift
    if (usedBy === partyId) return { giftId, asset, amount }
    if (giverId === partyId) throw refuse('conflict', 'sharing:refusal.own-gift')
    if (usedBy !== null || gift.state !== 'waiting' || until <= now)
      throw refuse('conflict', 'sharing:refusal.code-used')
    const base = { partyId: giverId, asset, occurredAt: now.getTime() }
    await postOrRefuse(house, transaction, { actor: `member:${partyId}`, reason: because('gift') }, [
      { ...base, key: `gift ${giftId} release`, act: 'release', holdId: giftId },
      { ...base, key: `gift ${giftId}`, act: 'transfer', toPartyId: partyId, amount, as: `gift ${giftId}` },
    ])
    await transaction.query(
      `update sharing.gift set state = 'claimed', to_party_id = $3, ended_at = $4 where party_id = $1 and gift_id = $2`,
      [giverId, giftId, partyId, now],
    )
    await markUsed(transaction, code, partyId)
    await tell(house, transaction, 'sharing.gift-received', partyId, { giftId, asset, amount })
    await house.live.announce(transaction, ['points', 'ledger'])
    return { giftId, asset, amount }
  })
}

/** Takes back what nobody has claimed. What is never claimed comes back by itself: the ledger lets the hold lapse. */
export async function takeBackGift(
  house: House,
  giverId: string,
  giftId: string,
): Promise<{ giftId: string; state: 'returned' }> {
  const now = house.clock.now()
  await house.database.transaction(async transaction => {
    const [gift] = await transaction.query<{ asset: string; state: string; until: Date | null }>(
      'select asset, state, until from sharing.gift where party_id = $1 and gift_id = $2 for update',
      [giverId, giftId],
    )
    if (!gift) throw refuse('not-found', 'sharing:refusal.no-such-gift')
    if (gift.state === 'returned') return
    if (gift.state !== 'waiting') throw refuse('conflict', 'sharing:refusal.code-used')
    const [open] = await transaction.query(
      `select 1 from ledger.hold where party_id = $1 and hold_id = $2 and state = 'open' and until > $3`,
      [giverId, giftId, now],
    )
    if (open) {
      const base = { partyId: giverId, asset: gift.asset, occurredAt: now.getTime() }
      await postOrRefuse(house, transaction, { actor: 'financial/sharing', reason: because('gift') }, [
        { ...base, key: `gift ${giftId} taken back`, act: 'release', holdId: giftId },
      ])
    }
    await transaction.query(
      `update sharing.gift set state = 'returned', ended_at = $3 where party_id = $1 and gift_id = $2`,
      [giverId, giftId, now],
    )
    await house.live.announce(transaction, ['points', 'ledger'])
  })
  return { giftId, state: 'returned' }
}

interface StoredGift {
  readonly asset: string
  readonly amount: number
  readonly toPartyId: string | null
  readonly state: Gift['state']
  readonly until: Date | null
}

async function readGift(queryable: Queryable, giverId: string, giftId: string): Promise<StoredGift | undefined> {
  const [gift] = await queryable.query<StoredGift>(
    `select asset, amount, to_party_id as "toPartyId", state, until from sharing.gift
     where party_id = $1 and gift_id = $2 for update`,
    [giverId, giftId],
  )
  return gift
}

async function nameOf(queryable: Queryable, partyId: string | null): Promise<string | null> {
  if (partyId === null) return null
  const [row] = await queryable.query<{ name: string }>('select name from parties.party where party_id = $1', [partyId])
  return veiled(row?.name ?? '')
}

async function tell(
  house: House,
  transaction: Transaction,
  kind: 'sharing.gift-given' | 'sharing.gift-received',
  partyId: string,
  payload: { readonly giftId: string; readonly asset: string; readonly amount: number },
): Promise<void> {
  await house.events.record(transaction, systemSource, [{ kind, partyId, occurredAt: house.clock.now(), payload }])
}

/** The last gifts of a customer in both directions, and what could be given now. Customers see others veiled, staff do not. */
export async function giftsOf(house: House, partyId: string, isOwn: boolean) {
  const { database, clock } = house
  const now = clock.now()
  const rows = await database.query<
    Pick<Gift, 'giftId' | 'direction' | 'asset' | 'amount' | 'state'> & {
      name: string | null
      givenAt: Date
      until: Date | null
    }
  >(
    `select g.gift_id as "giftId", case when g.party_id = $1 then 'given' else 'received' end as direction, g.asset, g.amount,
       case when g.state = 'waiting' and g.until <= $2 then 'returned' else g.state end as state, p.name,
       g.given_at as "givenAt", g.until
     from sharing.gift g
     left join parties.party p on p.party_id = case when g.party_id = $1 then g.to_party_id else g.party_id end
     where g.party_id = $1 or g.to_party_id = $1 order by g.given_at desc, g.gift_id limit 50`,
    [partyId, now],
  )
  const { gifts } = await readSettings(house)
  const giftable = []
  for (const asset of gifts.isActive ? gifts.assets : []) {
    giftable.push({ asset, available: await usable(database, partyId, asset, { now }) })
  }
  return {
    items: rows.map(({ name, givenAt, until, ...gift }) => ({
      ...gift,
      other: name === null ? null : isOwn ? veiled(name) : name,
      givenAt: givenAt.toISOString(),
      until: gift.state === 'waiting' ? iso(until) : null,
    })),
    giftable,
  }
}
