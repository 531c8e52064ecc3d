import { addDays, localDay } from '#kernel/clock/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { nextBirthday, personOf, readBirthday } from '#kernel/parties/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { withdrawTasks } from '#kernel/tasks/index.ts'
import { type Bonds, otherSide, type RelationKind } from './contract.ts'

export async function today(house: House, queryable: Queryable): Promise<string> {
  const { zone } = await house.settings.business(queryable)
  return localDay(house.clock.now(), zone)
}

export async function readBonds(house: House, queryable: Queryable, partyId: string): Promise<Bonds> {
  const { holderId, profileIds } = await personOf(queryable, partyId)
  const [party] = await queryable.query<{ birthday: string | null }>(
    'select birthday from parties.party where party_id = $1',
    [holderId],
  )
  if (!party) throw refuse('not-found', 'parties:refusal.unknown')
  const [care] = await queryable.query<Pick<Bonds, 'ownerId' | 'ownerName' | 'everyDays' | 'dueOn'>>(
    `select c.owner_id as "ownerId", s.name as "ownerName", c.every_days as "everyDays", c.due_on as "dueOn"
     from bonds.care c left join access.staff s on s.staff_id = c.owner_id where c.party_id = $1`,
    [holderId],
  )
  const relations = await queryable.query<Bonds['relations'][number]>(
    `select r.relation_id as "relationId", r.kind, o.party_id as "partyId", o.name
     from bonds.relation r join parties.party p on p.party_id = r.other_party_id
     join parties.party o on o.party_id = coalesce(p.canonical_party_id, p.party_id)
     where r.party_id = any ($1) and r.removed_at is null order by r.kind, o.name, r.relation_id`,
    [profileIds],
  )
  const birthday = party.birthday ? readBirthday(party.birthday) : undefined
  return {
    ownerId: care?.ownerId ?? null,
    ownerName: care?.ownerName ?? null,
    everyDays: care?.everyDays ?? null,
    dueOn: care?.dueOn ?? null,
    relations,
    nextBirthdayOn: birthday ? nextBirthday(birthday, await today(house, queryable)) : null,
  }
}

/** A duty begins today: the first contact is due after its days have passed. A task that waits for the old duty is withdrawn. */
export async function changeCare(
  transaction: Transaction,
  house: House,
  partyId: string,
  { ownerId, everyDays }: { readonly ownerId: string | null; readonly everyDays: number | null },
): Promise<void> {
  const { holderId } = await personOf(transaction, partyId)
  const [before] = await transaction.query<{ everyDays: number | null; dueOn: string | null; taskId: string | null }>(
    'select every_days as "everyDays", due_on as "dueOn", task_id as "taskId" from bonds.care where party_id = $1',
    [holderId],
  )
  const isSame = before?.everyDays === everyDays
  const dueOn = everyDays === null ? null : isSame ? before!.dueOn : addDays(await today(house, transaction), everyDays)
  if (!isSame && before?.taskId) await withdrawTasks(transaction, house, [{ partyId: holderId, taskId: before.taskId }])
  await transaction.query(
    `insert into bonds.care (party_id, owner_id, every_days, due_on, task_id) values ($1, $2, $3, $4, $5)
     on conflict (party_id) do update set owner_id = excluded.owner_id, every_days = excluded.every_days,
       due_on = excluded.due_on, task_id = excluded.task_id`,
    [holderId, ownerId, everyDays, dueOn, isSame ? (before?.taskId ?? null) : null],
  )
}

/** A relation stands once on each side, under one id. Saying it again adds nothing. */
export async function addRelation(
  transaction: Transaction,
  house: House,
  partyId: string,
  { kind, otherPartyId }: { readonly kind: RelationKind; readonly otherPartyId: string },
): Promise<void> {
  const one = (await personOf(transaction, partyId)).holderId
  const other = (await personOf(transaction, otherPartyId)).holderId
  if (one === other) throw refuse('invalid', 'bonds:refusal.related-to-self')
  const people = await transaction.query('select from parties.party where party_id = any ($1)', [[one, other]])
  if (people.length < 2) throw refuse('not-found', 'parties:refusal.unknown')
  const known = await transaction.query<{ relationId: string }>(
    `update bonds.relation set removed_at = null where party_id = any ($1) and relation_id in (
       select relation_id from bonds.relation where party_id = $2 and other_party_id = $3 and kind = $4)
     returning relation_id as "relationId"`,
    [[one, other], one, other, kind],
  )
  if (known.length > 0) return
  await transaction.query(
    `insert into bonds.relation (party_id, relation_id, kind, other_party_id, created_at)
     select *, $5 from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[])`,
    [[one, other], Array(2).fill(house.newId()), [kind, otherSide[kind]], [other, one], house.clock.now()],
  )
}

/** What an event said is remembered as taken away, so that it is not said again whenever the log is read. */
export async function removeRelation(
  transaction: Transaction,
  house: House,
  partyId: string,
  relationId: string,
): Promise<void> {
  const { profileIds } = await personOf(transaction, partyId)
  const found = await transaction.query<{ partyId: string; otherId: string }>(
    `select party_id as "partyId", other_party_id as "otherId" from bonds.relation
     where party_id = any ($1) and relation_id = $2`,
    [profileIds, relationId],
  )
  const sides = [found.flatMap(row => [row.partyId, row.otherId]), relationId]
  await transaction.query(
    'delete from bonds.relation where party_id = any ($1) and relation_id = $2 and not is_from_log',
    sides,
  )
  await transaction.query('update bonds.relation set removed_at = $3 where party_id = any ($1) and relation_id = $2', [
    ...sides,
    house.clock.now(),
  ])
}

/** Nobody answers any more for somebody who is forgotten, and nobody else's page says that they belonged to them. */
export async function forgetBonds(_house: House, transaction: Transaction, partyId: string): Promise<void> {
  await transaction.query('delete from bonds.care where party_id = $1', [partyId])
  await transaction.query('delete from bonds.relation where party_id = $1 or other_party_id = $1', [partyId])
}
