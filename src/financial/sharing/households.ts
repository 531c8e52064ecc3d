import type { Queryable, Transaction } from '#kernel/database/index.ts'
import { systemSource } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { because, digest } from '#kernel/ledger/index.ts'
import { requireMerchant } from '#kernel/merchants/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { keepCode, markUsed, newCode, openCode } from './codes.ts'
import type { Household } from './contract.ts'
import { readSettings } from './gifts.ts'
import { lockMember, postOrRefuse, usable } from './holdings.ts'

type Contributes = 'by-hand' | 'automatically'
const day = 86_400_000
const actor = 'financial/sharing'

/** What somebody brought lies in the pool under this name, until it is spent or they leave. */
const sourceOf = (partyId: string) => `member ${partyId}`

/** The household somebody belongs to: where its pool lies in the ledger. Tills and rewards may ask. */
export async function poolOf(queryable: Queryable, partyId: string): Promise<string | null> {
  const [row] = await queryable.query<{ householdId: string }>(
    'select household_id as "householdId" from sharing.household_member where party_id = $1 and left_at is null',
    [partyId],
  )
  return row?.householdId ?? null
}

/** Does something to the household of a customer, alone: pools change in one transaction at a time. */
async function inHousehold<T>(
  house: House,
  partyId: string,
  work: (transaction: Transaction, householdId: string) => Promise<T>,
): Promise<T> {
  return house.database.transaction(async transaction => {
    await lockMember(transaction, partyId)
    const householdId = await poolOf(transaction, partyId)
    if (!householdId) throw refuse('not-found', 'sharing:refusal.no-household')
    await lockHousehold(transaction, householdId)
    // Somebody may have closed it while we waited.
    if ((await poolOf(transaction, partyId)) !== householdId) throw refuse('not-found', 'sharing:refusal.no-household')
    return work(transaction, householdId)
  })
}

async function lockHousehold(transaction: Transaction, householdId: string): Promise<void> {
  await transaction.query('select from sharing.household where household_id = $1 for update', [householdId])
}

export async function found(house: House, partyId: string, name: string, contributes: Contributes): Promise<void> {
  const now = house.clock.now()
  await house.database.transaction(async transaction => {
    const { households } = await readSettings(house, transaction)
    if (!households.isActive) throw refuse('conflict', 'sharing:refusal.households-off')
    const householdId = house.newId()
    await transaction.query(
      'insert into sharing.household (household_id, name, founder_id, founded_at) values ($1, $2, $3, $4)',
      [householdId, name, partyId, now],
    )
    await enter(house, transaction, { householdId, partyId, contributes })
  })
}

async function enter(
  house: House,
  transaction: Transaction,
  { householdId, partyId, contributes }: { householdId: string; partyId: string; contributes: Contributes },
): Promise<void> {
  const now = house.clock.now()
  await lockMember(transaction, partyId)
  if (await poolOf(transaction, partyId)) throw refuse('conflict', 'sharing:refusal.in-a-household')
  const { households } = await readSettings(house, transaction)
  const members = await membersOf(transaction, householdId)
  if (members.length >= households.mostMembers) {
    throw refuse('conflict', 'sharing:refusal.household-full', { most: households.mostMembers })
  }
  await transaction.query(
    `insert into sharing.household_member (party_id, household_id, contributes, joined_at) values ($1, $2, $3, $4)
     on conflict (party_id, household_id)
       do update set contributes = excluded.contributes, joined_at = excluded.joined_at, left_at = null`,
    [partyId, householdId, contributes, now],
  )
  await tell(house, transaction, 'sharing.joined', partyId, { householdId })
  if (contributes === 'automatically') await contributeAll(house, transaction, { householdId, partyId })
  await house.live.announce(transaction, ['points', 'ledger'])
}

async function membersOf(queryable: Queryable, householdId: string): Promise<string[]> {
  const rows = await queryable.query<{ partyId: string }>(
    `select party_id as "partyId" from sharing.household_member where household_id = $1 and left_at is null
     order by joined_at, party_id`,
    [householdId],
  )
  return rows.map(row => row.partyId)
}

export async function invite(house: House, partyId: string): Promise<{ code: string; until: string }> {
  return inHousehold(house, partyId, async (transaction, householdId) => {
    const { households } = await readSettings(house, transaction)
    if ((await membersOf(transaction, householdId)).length >= households.mostMembers) {
      throw refuse('conflict', 'sharing:refusal.household-full', { most: households.mostMembers })
    }
    const code = newCode()
    const until = new Date(house.clock.now().getTime() + households.invitationDays * day)
    await keepCode(transaction, code, { kind: 'household', partyId, subject: householdId, until })
    return { code, until: until.toISOString() }
  })
}

export async function join(house: House, partyId: string, code: string, contributes: Contributes): Promise<void> {
  const now = house.clock.now()
  await house.database.transaction(async transaction => {
    const { subject: householdId, until, usedBy } = await openCode(transaction, code, 'household')
    if (usedBy === partyId && (await poolOf(transaction, partyId)) === householdId) return
    if (usedBy !== null || until <= now) throw refuse('conflict', 'sharing:refusal.code-used')
    await lockOpen(transaction, householdId)
    await enter(house, transaction, { householdId, partyId, contributes })
    await markUsed(transaction, code, partyId)
  })
}

async function lockOpen(transaction: Transaction, householdId: string): Promise<void> {
  const [open] = await transaction.query(
    'select 1 from sharing.household where household_id = $1 and closed_at is null for update',
    [householdId],
  )
  if (!open) throw refuse('not-found', 'sharing:refusal.no-household')
}

/** Staff add somebody who stands there to the household of another. */
export async function add(house: House, partyId: string, memberId: string, contributes: Contributes): Promise<void> {
  await inHousehold(house, partyId, (transaction, householdId) =>
    enter(house, transaction, { householdId, partyId: memberId, contributes }),
  )
}

export async function changeContributes(house: House, partyId: string, contributes: Contributes): Promise<void> {
  await inHousehold(house, partyId, async (transaction, householdId) => {
    await transaction.query(
      'update sharing.household_member set contributes = $3 where party_id = $1 and household_id = $2',
      [partyId, householdId, contributes],
    )
    if (contributes === 'automatically') await contributeAll(house, transaction, { householdId, partyId })
    await house.live.announce(transaction, ['points', 'ledger'])
  })
}

export async function contribute(
  house: House,
  partyId: string,
  given: { readonly asset: string; readonly amount: number; readonly requestKey: string; readonly by: string },
): Promise<void> {
  const { asset, amount, requestKey, by } = given
  await inHousehold(house, partyId, async (transaction, householdId) => {
    const { households } = await readSettings(house, transaction)
    if (!households.assets.includes(asset)) throw refuse('conflict', 'sharing:refusal.asset')
    await postOrRefuse(house, transaction, { actor: by, reason: because('household') }, [
      {
        act: 'transfer',
        key: `household ${householdId} contribution ${digest(`${by} ${requestKey}`)}`,
        partyId,
        toPartyId: householdId,
        asset,
        amount,
        as: sourceOf(partyId),
        occurredAt: house.clock.now().getTime(),
      },
    ])
    await house.live.announce(transaction, ['points', 'ledger'])
  })
}

async function contributeAll(
  house: House,
  transaction: Transaction,
  { householdId, partyId }: { householdId: string; partyId: string },
): Promise<number> {
  const { households } = await readSettings(house, transaction)
  const now = house.clock.now()
  let moved = 0
  for (const asset of households.assets) {
    const amount = await usable(transaction, partyId, asset, { now })
    if (amount === 0) continue
    const base = { partyId, asset, occurredAt: now.getTime() }
    const as = sourceOf(partyId)
    const key = `household ${householdId} all ${house.newId()}`
    await postOrRefuse(house, transaction, { actor, reason: because('household') }, [
      { ...base, act: 'transfer', key, toPartyId: householdId, amount, as },
    ])
    moved += amount
  }
  return moved
}

/** Brings into the pools what those who wish so have earned since. */
export async function contributeForAll(house: House): Promise<number> {
  const rows = await house.database.query<{ partyId: string }>(
    `select m.party_id as "partyId" from sharing.household_member m
     join ledger.holding h on h.party_id = m.party_id and (h.available > 0 or h.due_at <= $1)
     where m.left_at is null and m.contributes = 'automatically' group by m.party_id order by m.party_id`,
    [house.clock.now()],
  )
  let moved = 0
  for (const { partyId } of rows) {
    moved += await inHousehold(house, partyId, (transaction, householdId) =>
      contributeAll(house, transaction, { householdId, partyId }),
    ).catch(error => {
      // Somebody who left or spent in this very moment has nothing to bring.
      house.log.info({ code: (error as { code?: string }).code ?? 'unknown' }, 'a contribution was not possible')
      return 0
    })
  }
  return moved
}

/** Leaves with what is left of what one brought; what others spent of it stays spent. The last to leave closes the household. */
export async function leave(house: House, partyId: string): Promise<void> {
  await inHousehold(house, partyId, (transaction, householdId) => release(house, transaction, householdId, [partyId]))
}

/** Everybody leaves, each with their own. Whoever founded it may, and staff. */
export async function close(house: House, partyId: string): Promise<void> {
  await inHousehold(house, partyId, async (transaction, householdId) =>
    release(house, transaction, householdId, await membersOf(transaction, householdId)),
  )
}

async function release(
  house: House,
  transaction: Transaction,
  householdId: string,
  leaving: readonly string[],
): Promise<void> {
  const now = house.clock.now()
  for (const partyId of leaving) {
    const [held] = await transaction.query(
      'select 1 from ledger.lot where party_id = $1 and source = $2 and held > 0 limit 1',
      [householdId, sourceOf(partyId)],
    )
    if (held) throw refuse('conflict', 'sharing:refusal.in-use')
    await giveOut(house, transaction, householdId, partyId)
    await tell(house, transaction, 'sharing.left', partyId, { householdId })
  }
  await transaction.query(
    'update sharing.household_member set left_at = $3 where household_id = $1 and party_id = any ($2) and left_at is null',
    [householdId, leaving, now],
  )
  const [next] = await membersOf(transaction, householdId)
  await transaction.query(
    next
      ? `update sharing.household set founder_id = $2 where household_id = $1 and founder_id = any ($3)`
      : `update sharing.household set closed_at = $4 where household_id = $1 and $2::uuid is null and $3::uuid[] is not null`,
    next ? [householdId, next, leaving] : [householdId, null, leaving, now],
  )
  await house.live.announce(transaction, ['points', 'ledger'])
}

/** Gives somebody what is left in the pool of what they brought, with the time it has left. */
async function giveOut(house: House, transaction: Transaction, householdId: string, partyId: string): Promise<void> {
  const now = house.clock.now()
  const assets = await transaction.query<{ asset: string }>(
    'select distinct asset from ledger.lot where party_id = $1 and source = $2 and is_alive order by asset',
    [householdId, sourceOf(partyId)],
  )
  for (const { asset } of assets) {
    const amount = await usable(transaction, householdId, asset, { now, sources: [sourceOf(partyId)] })
    if (amount === 0) continue
    await postOrRefuse(house, transaction, { actor, reason: because('household') }, [
      {
        act: 'transfer',
        key: `household ${householdId} to ${partyId} ${house.newId()}`,
        partyId: householdId,
        toPartyId: partyId,
        asset,
        amount,
        as: `household ${householdId}`,
        only: { source: sourceOf(partyId) },
        occurredAt: now.getTime(),
      },
    ])
  }
}

/** A member pays from the pool: what expires first goes first, whoever brought it. */
export async function spend(
  house: House,
  partyId: string,
  given: {
    readonly asset: string
    readonly amount: number
    readonly merchant?: string | undefined
    readonly requestKey: string
    readonly by: string
  },
): Promise<{ spendingId: string; left: number }> {
  const { asset, amount, merchant, by } = given
  const now = house.clock.now()
  const spendingId = digest(`spending ${by} ${given.requestKey}`)
  return inHousehold(house, partyId, async (transaction, householdId) => {
    if (merchant !== undefined) await requireMerchant(transaction, merchant)
    const { households } = await readSettings(house, transaction)
    const fresh = await transaction.query(
      `insert into sharing.spending (household_id, spending_id, party_id, asset, amount, returned, spent_at)
       values ($1, $2, $3, $4, $5, 0, $6) on conflict do nothing returning 1`,
      [householdId, spendingId, partyId, asset, amount, now],
    )
    if (fresh.length > 0 && households.mostPerDay !== null) {
      const [today] = await transaction.query<{ spent: number }>(
        `select coalesce(sum(amount - returned), 0)::bigint as spent from sharing.spending
         where party_id = $1 and household_id = $2 and asset = $3 and spent_at > $4`,
        [partyId, householdId, asset, new Date(now.getTime() - day)],
      )
      if (today!.spent > households.mostPerDay) {
        const have = Math.max(0, households.mostPerDay - (today!.spent - amount))
        throw refuse('conflict', 'sharing:refusal.pool-day-limit', { have })
      }
    }
    await postOrRefuse(house, transaction, { actor: by, reason: because('household') }, [
      {
        act: 'spend',
        key: `household spending ${spendingId}`,
        partyId: householdId,
        asset,
        amount,
        holdId: spendingId,
        to: `redeemed:${merchant ?? 'house'}`,
        occurredAt: now.getTime(),
      },
    ])
    if (fresh.length > 0) await tell(house, transaction, 'sharing.spent', partyId, { householdId, asset, amount })
    await house.live.announce(transaction, ['points', 'ledger'])
    return { spendingId, left: await usable(transaction, householdId, asset, { now }) }
  })
}

/** Gives back what was spent, to the lots it came from; what belongs to somebody who has left since goes on to them. */
export async function takeReturn(
  house: House,
  spendingId: string,
  given: { readonly amount: number; readonly requestKey: string; readonly by: string },
): Promise<{ spendingId: string; left: number }> {
  const { amount, by } = given
  const now = house.clock.now()
  return house.database.transaction(async transaction => {
    const [spending] = await transaction.query<{ householdId: string; asset: string }>(
      'select household_id as "householdId", asset from sharing.spending where spending_id = $1',
      [spendingId],
    )
    if (!spending) throw refuse('not-found', 'sharing:refusal.no-such-spending')
    const { householdId, asset } = spending
    await lockHousehold(transaction, householdId)
    await postOrRefuse(house, transaction, { actor: by, reason: because('household') }, [
      {
        act: 'return',
        key: `household return ${digest(`${by} ${given.requestKey}`)}`,
        partyId: householdId,
        asset,
        amount,
        holdId: spendingId,
        occurredAt: now.getTime(),
      },
    ])
    await transaction.query(
      `update sharing.spending s set returned = (
         select h.returned from ledger.hold h where h.party_id = s.household_id and h.hold_id = s.spending_id)
       where household_id = $1 and spending_id = $2`,
      [householdId, spendingId],
    )
    const gone = await transaction.query<{ partyId: string }>(
      `select party_id as "partyId" from sharing.household_member where household_id = $1 and left_at is not null`,
      [householdId],
    )
    for (const { partyId } of gone) await giveOut(house, transaction, householdId, partyId)
    await house.live.announce(transaction, ['points', 'ledger'])
    return { spendingId, left: await usable(transaction, householdId, asset, { now }) }
  })
}

async function tell(
  house: House,
  transaction: Transaction,
  kind: 'sharing.joined' | 'sharing.left' | 'sharing.spent',
  partyId: string,
  payload: object,
): Promise<void> {
  await house.events.record(transaction, systemSource, [{ kind, partyId, occurredAt: house.clock.now(), payload }])
}

/** The pool, its members, and what is left of what each of them brought. */
export async function showHousehold(house: House, partyId: string, isOwn: boolean): Promise<Household | null> {
  const { database, clock } = house
  const now = clock.now()
  const householdId = await poolOf(database, partyId)
  if (!householdId) return null
  const [head] = await database.query<{ name: string; founderId: string; foundedAt: Date }>(
    `select name, founder_id as "founderId", founded_at as "foundedAt" from sharing.household where household_id = $1`,
    [householdId],
  )
  const members = await database.query<{
    partyId: string
    name: string | null
    givenName: string | null
    contributes: Contributes
    joinedAt: Date
  }>(
    `select m.party_id as "partyId", p.name, p.given_name as "givenName", m.contributes, m.joined_at as "joinedAt"
     from sharing.household_member m left join parties.party p on p.party_id = m.party_id
     where m.household_id = $1 and m.left_at is null order by m.joined_at, m.party_id`,
    [householdId],
  )
  const lots = await database.query<{ asset: string; source: string | null; amount: number; nextExpiry: Date | null }>(
    `select asset, source, sum(available)::bigint as amount, min(expires_at) as "nextExpiry" from ledger.lot
     where party_id = $1 and is_alive and (expires_at is null or expires_at > $2) group by asset, source order by asset`,
    [householdId, now],
  )
  const pool = [...Map.groupBy(lots, lot => lot.asset)].map(([asset, own]) => {
    const first = own.flatMap(lot => (lot.nextExpiry && lot.amount > 0 ? [lot.nextExpiry.getTime()] : []))
    return {
      asset,
      available: own.reduce((sum, lot) => sum + lot.amount, 0),
      nextExpiry: first.length > 0 ? new Date(Math.min(...first)).toISOString() : null,
    }
  })
  return {
    householdId,
    name: head!.name,
    since: head!.foundedAt.toISOString(),
    pool,
    members: members.map(member => ({
      partyId: member.partyId,
      name: isOwn ? (member.givenName ?? member.name ?? '') : (member.name ?? ''),
      isFounder: member.partyId === head!.founderId,
      isMe: member.partyId === partyId,
      contributes: member.contributes,
      joinedAt: member.joinedAt.toISOString(),
      unspent: lots
        .filter(lot => lot.source === sourceOf(member.partyId) && lot.amount > 0)
        .map(({ asset, amount }) => ({ asset, amount })),
    })),
  }
}
