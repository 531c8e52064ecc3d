import { z } from 'zod'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Candidate, Profile } from './contract.ts'
import { blockKeysOf, type Compared, evidenceFor, likelihoodOf, soundOf } from './evidence.ts'

/** Who is likelier two people than one is not shown to anybody. */
const leastLikely = 0.5
/** A key that so many share says nothing: a family phone, a test address. */
const largestBlock = 20
const pageSize = 2000

/** Looks at the profiles that changed since the last look, compares each with those that share a key, and keeps who may be one. */
export const searchJob = job({
  name: 'merges.search',
  input: z.object({}),
  visible: false,
  async run(house, _input, progress) {
    const startedAt = house.clock.now()
    const [seen] = await house.database.query<{ throughAt: Date }>(
      'select through_at as "throughAt" from merges.looked',
    )
    // What was written by a transaction that was still open then bears an earlier instant.
    const since = seen ? new Date(seen.throughAt.getTime() - 300_000) : new Date(0)
    const population = await countProfiles(house.database)
    let last: { readonly at: Date; readonly id: string } = { at: since, id: '00000000-0000-0000-0000-000000000000' }
    let found = 0
    let pages = 0
    for (;;) {
      const page = await changedAfter(house.database, last)
      if (page.length === 0) break
      found += await house.database.transaction(tx => compareAll(house, tx, page, population))
      // A table that grows from nothing while it is read would be read from one end to the other for every key.
      if (Number.isInteger(Math.log2(++pages))) await house.database.query('analyze merges.block')
      last = { at: page.at(-1)!.changedAt, id: page.at(-1)!.partyId }
      if (progress.signal.aborted) throw new Error('stopped before everybody was compared; the job runs again')
    }
    await house.database.transaction(async transaction => {
      await transaction.query(
        `insert into merges.looked (through_at) values ($1) on conflict (only_row) do update set through_at = excluded.through_at`,
        [startedAt],
      )
      await house.live.announce(transaction, ['customers'])
    })
    return { found }
  },
})

export async function countProfiles(queryable: Queryable): Promise<number> {
  // Below zero where nobody has counted yet, as after the first import.
  const [row] = await queryable.query<{ count: number }>(
    `select case when reltuples > 0 then reltuples::bigint else (select count(*) from parties.party) end as count
     from pg_class where oid = 'parties.party'::regclass`,
  )
  return row!.count
}

async function changedAfter(queryable: Queryable, { at, id }: { at: Date; id: string }) {
  return await queryable.query<{ partyId: string; changedAt: Date }>(
    `select party_id as "partyId", changed_at as "changedAt" from parties.party
     where (changed_at, party_id) > ($1, $2) order by changed_at, party_id limit ${pageSize}`,
    [at, id],
  )
}

/** People who stand for themselves, with what is compared of them. */
export async function comparedOf(queryable: Queryable, partyIds: readonly string[]): Promise<Map<string, Compared>> {
  const rows = await queryable.query<Omit<Compared, 'sound'>>(
    `select p.party_id as "partyId", p.name, p.birthday,
       array(select i.value_key from parties.identifier i where i.party_id = p.party_id and i.kind = 'phone') as phones,
       array(select i.value_key from parties.identifier i where i.party_id = p.party_id and i.kind = 'email') as emails
     from parties.party p where p.party_id = any ($1) and p.kind = 'person' and p.canonical_party_id is null`,
    [partyIds],
  )
  const isName = ({ name, phones, emails }: (typeof rows)[number]) => !phones.includes(name) && !emails.includes(name)
  return new Map(
    rows.map(row => {
      const name = isName(row) ? row.name : ''
      return [row.partyId, { ...row, name, sound: soundOf(name) }]
    }),
  )
}

async function compareAll(
  house: House,
  transaction: Transaction,
  page: readonly { readonly partyId: string }[],
  population: number,
): Promise<number> {
  const partyIds = page.map(row => row.partyId)
  const fresh = await comparedOf(transaction, partyIds)
  await transaction.query('delete from merges.block where party_id = any ($1)', [partyIds])
  const blocks = [...fresh.values()].flatMap(each => blockKeysOf(each).map(key => ({ key, partyId: each.partyId })))
  await transaction.query(
    'insert into merges.block (party_id, block_key) select * from unnest($1::uuid[], $2::text[])',
    [blocks.map(block => block.partyId), blocks.map(block => block.key)],
  )
  // In the order of the index and no further than needed: a key that half of all share costs as much as any other.
  const pairs = await transaction.query<{ one: string; other: string }>(
    `select distinct least(mine.party_id, o.party_id) as one, greatest(mine.party_id, o.party_id) as other
     from unnest($1::uuid[], $2::text[]) as mine (party_id, block_key)
     cross join lateral (select array(select b.party_id from merges.block b where b.block_key = mine.block_key
       order by b.block_key, b.party_id limit ${largestBlock + 1}) as members offset 0) s
     cross join lateral unnest(s.members) as o (party_id)
     where cardinality(s.members) between 2 and ${largestBlock} and o.party_id <> mine.party_id`,
    [blocks.map(block => block.partyId), blocks.map(block => block.key)],
  )
  const known = await comparedOf(transaction, [...new Set(pairs.flatMap(({ one, other }) => [one, other]))])
  const likely = pairs.flatMap(({ one, other }) => {
    const [left, right] = [known.get(one), known.get(other)]
    if (!left || !right) return []
    const evidence = evidenceFor(left, right)
    const likelihood = likelihoodOf(evidence, population)
    return likelihood >= leastLikely ? [{ one, other, evidence, weight: likelihood }] : []
  })
  // Who no longer looks like one is not asked about any more; what somebody said stays said.
  await transaction.query(
    `delete from merges.candidate where state = 'waiting' and (one_party_id = any ($1) or other_party_id = any ($1))
       and not reasons @> '[{"kind": "said-to-be-one"}]'`,
    [partyIds],
  )
  const rows = await transaction.query(
    `insert into merges.candidate (candidate_id, one_party_id, other_party_id, weight, reasons, state, found_at)
     select i, o, t, w, r, 'waiting', $6 from rows from (
       unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::float8[]), jsonb_array_elements($5::jsonb)) as n (i, o, t, w, r)
     on conflict (one_party_id, other_party_id) do nothing returning 1`,
    [
      likely.map(() => house.newId()),
      likely.map(each => each.one),
      likely.map(each => each.other),
      likely.map(each => each.weight),
      JSON.stringify(likely.map(each => each.evidence)),
      house.clock.now(),
    ],
  )
  return rows.length
}

/** What speaks for two profiles being one person, asked for by hand. */
export async function evidenceBetween(queryable: Queryable, one: string, other: string) {
  const known = await comparedOf(queryable, [one, other])
  const [left, right] = [known.get(one), known.get(other)]
  return left && right ? evidenceFor(left, right) : []
}

/** What was said about two profiles, whether or not anybody had suggested them: remembered for ever. */
export async function settlePair(
  house: House,
  transaction: Transaction,
  said: { readonly pair: readonly [string, string]; readonly state: 'different' | 'merged'; readonly by: string },
): Promise<void> {
  const [one, other] = [...said.pair].sort() as [string, string]
  await transaction.query(
    `insert into merges.candidate (candidate_id, one_party_id, other_party_id, weight, reasons, state, found_at, decided_by, decided_at)
     values ($1, $2, $3, 0, '[]', $4, $5, $6, $5)
     on conflict (one_party_id, other_party_id) do update set state = excluded.state, decided_by = excluded.decided_by,
       decided_at = excluded.decided_at`,
    [house.newId(), one, other, said.state, house.clock.now(), said.by],
  )
}

/** Somebody says that they are not the same person, or takes that back. */
export async function decideCandidate(
  house: House,
  candidateId: string,
  { state, by }: { readonly state: 'different' | 'waiting'; readonly by: string },
): Promise<void> {
  await house.database.transaction(async transaction => {
    const rows = await transaction.query(
      `update merges.candidate set state = $2, decided_by = $3, decided_at = $4
       where candidate_id = $1 and state <> 'merged' returning 1`,
      [candidateId, state, state === 'waiting' ? null : by, state === 'waiting' ? null : house.clock.now()],
    )
    if (rows.length === 0) throw refuse('not-found', 'merges:refusal.no-such-candidate')
    await house.live.announce(transaction, ['customers'])
  })
}

interface Row {
  readonly candidateId: string
  readonly oneId: string
  readonly otherId: string
  readonly evidence: Candidate['evidence']
  readonly likelihood: number
  readonly foundAt: Date
}

const waiting = `from merges.candidate c
  join parties.party a on a.party_id = c.one_party_id and a.canonical_party_id is null
  join parties.party b on b.party_id = c.other_party_id and b.canonical_party_id is null
  where c.state = 'waiting'`

export async function listCandidates(queryable: Queryable, limit: number) {
  const rows = await queryable.query<Row>(
    `select c.candidate_id as "candidateId", c.one_party_id as "oneId", c.other_party_id as "otherId", c.reasons as evidence,
       c.weight as likelihood, c.found_at as "foundAt" ${waiting} order by c.weight desc, c.candidate_id limit $1`,
    [limit],
  )
  const profiles = await profilesFor(
    queryable,
    rows.flatMap(row => [row.oneId, row.otherId]),
  )
  const [count] = await queryable.query<{ total: number }>(`select count(*) as total ${waiting}`)
  const [looked] = await queryable.query<{ at: Date }>('select through_at as at from merges.looked')
  return {
    items: rows.map(({ oneId, otherId, foundAt, ...row }) => ({
      ...row,
      // Who is longer with us is suggested as the one to keep.
      ...inOrder(profiles.get(oneId)!, profiles.get(otherId)!),
      foundAt: foundAt.toISOString(),
    })),
    total: count!.total,
    lookedAt: looked?.at.toISOString() ?? null,
  }
}

function inOrder(one: Profile, other: Profile): { one: Profile; other: Profile } {
  const isFirst = one.createdAt < other.createdAt || (one.createdAt === other.createdAt && one.partyId < other.partyId)
  return isFirst ? { one, other } : { one: other, other: one }
}

async function profilesFor(queryable: Queryable, partyIds: readonly string[]): Promise<Map<string, Profile>> {
  const rows = await queryable.query<Omit<Profile, 'createdAt'> & { createdAt: Date }>(
    `select p.party_id as "partyId", p.name, p.say, p.birthday, p.created_at as "createdAt", coalesce((
         select json_agg(json_build_object('kind', i.kind, 'value', i.value) order by i.kind, i.value)
         from parties.identifier i where i.party_id in (
           select m.party_id from parties.party m where m.party_id = p.party_id or m.canonical_party_id = p.party_id)), '[]') as identifiers
     from parties.party p where p.party_id = any ($1)`,
    [partyIds],
  )
  return new Map(rows.map(row => [row.partyId, { ...row, createdAt: row.createdAt.toISOString() }]))
}
