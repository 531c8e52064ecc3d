import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { ProfileState } from '#kernel/parties/index.ts'
import type { Evidence, Merge } from './contract.ts'

/** What the kept profile said before and after: put back, field by field, when the merge is undone. */
export interface Filled {
  readonly profile: ProfileState
  readonly roles: readonly string[]
}

export interface StoredMerge {
  readonly mergeId: string
  readonly keptId: string
  readonly otherId: string
  readonly reasons: readonly Evidence[]
  readonly mergedBy: string
  readonly mergedAt: Date
  readonly before: Filled | Record<string, never>
  readonly after: Filled | Record<string, never>
  readonly undoneAt: Date | null
}

const columns = `m.merge_id as "mergeId", m.kept_party_id as "keptId", m.other_party_id as "otherId", m.reasons,
  m.merged_by as "mergedBy", m.merged_at as "mergedAt", m.before, m.after, m.undone_at as "undoneAt"`

export async function insertMerge(transaction: Transaction, merge: Omit<StoredMerge, 'undoneAt'>): Promise<void> {
  await transaction.query(
    `insert into merges.merge (merge_id, kept_party_id, other_party_id, reasons, merged_by, merged_at, before, after)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      merge.mergeId,
      merge.keptId,
      merge.otherId,
      JSON.stringify(merge.reasons),
      merge.mergedBy,
      merge.mergedAt,
      JSON.stringify(merge.before),
      JSON.stringify(merge.after),
    ],
  )
}

export async function lockMerge(transaction: Transaction, mergeId: string): Promise<StoredMerge | undefined> {
  const [row] = await transaction.query<StoredMerge>(
    `select ${columns} from merges.merge m where m.merge_id = $1 for update`,
    [mergeId],
  )
  return row
}

export async function endMerge(transaction: Transaction, mergeId: string, by: string, at: Date): Promise<void> {
  await transaction.query('update merges.merge set undone_by = $2, undone_at = $3 where merge_id = $1', [
    mergeId,
    by,
    at,
  ])
}

/** The merges among these profiles that stand: each other has one way to whom it was joined. */
export async function openMerges(
  queryable: Queryable,
  profileIds: readonly string[],
): Promise<readonly { readonly keptId: string; readonly otherId: string }[]> {
  return await queryable.query<{ keptId: string; otherId: string }>(
    `select kept_party_id as "keptId", other_party_id as "otherId" from merges.merge
     where other_party_id = any ($1) and undone_at is null`,
    [profileIds],
  )
}

/** Locks profiles in the order of their ids, so that two who merge wait for each other, and says for whom each stands. */
export async function lockProfiles(
  transaction: Transaction,
  partyIds: readonly string[],
): Promise<Map<string, { readonly holderId: string; readonly kind: string; readonly roles: readonly string[] }>> {
  const rows = await transaction.query<{ partyId: string; holderId: string; kind: string; roles: string[] }>(
    `select party_id as "partyId", coalesce(canonical_party_id, party_id) as "holderId", kind, roles from parties.party
     where party_id = any ($1) order by party_id for no key update`,
    [[...partyIds].sort()],
  )
  return new Map(rows.map(({ partyId, ...row }) => [partyId, row]))
}

/** These profiles stand for nobody but who holds them; null: for themselves. */
export async function pointAt(
  transaction: Transaction,
  profileIds: readonly string[],
  holderId: string | null,
): Promise<void> {
  await transaction.query('update parties.party set canonical_party_id = $2 where party_id = any ($1)', [
    profileIds,
    holderId,
  ])
}

export async function writeRoles(
  transaction: Transaction,
  partyId: string,
  { from, to }: { readonly from: readonly string[]; readonly to: readonly string[] },
): Promise<void> {
  await transaction.query('update parties.party set roles = $3 where party_id = $1 and roles = $2', [partyId, from, to])
}

interface Shown extends StoredMerge {
  readonly keptName: string
  readonly otherName: string
  readonly by: string
}

const shownFrom = `select ${columns}, coalesce(k.name, '') as "keptName", coalesce(o.name, '') as "otherName",
    coalesce(s.name, '') as by
  from merges.merge m left join parties.party k on k.party_id = m.kept_party_id
  left join parties.party o on o.party_id = m.other_party_id
  left join access.staff s on m.merged_by = 'staff:' || s.staff_id`

const shown = (row: Shown): Merge => ({
  mergeId: row.mergeId,
  keptId: row.keptId,
  keptName: row.keptName,
  otherId: row.otherId,
  otherName: row.otherName,
  evidence: [...row.reasons],
  by: row.by,
  mergedAt: row.mergedAt.toISOString(),
  undoneAt: row.undoneAt?.toISOString() ?? null,
})

export async function readMerge(queryable: Queryable, mergeId: string): Promise<Merge> {
  const [row] = await queryable.query<Shown>(`${shownFrom} where m.merge_id = $1`, [mergeId])
  return shown(row!)
}

/** The latest first; the cursor is the last that was shown. */
export async function listMerges(queryable: Queryable, after: string | undefined, limit: number) {
  const [at, mergeId] = after?.split('_') ?? []
  const rows = await queryable.query<Shown>(
    `${shownFrom} where $1::timestamptz is null or (m.merged_at, m.merge_id) < ($1::timestamptz, $2::uuid)
     order by m.merged_at desc, m.merge_id desc limit $3`,
    [at ?? null, mergeId ?? null, limit + 1],
  )
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    items: rows.slice(0, limit).map(shown),
    next: last ? `${last.mergedAt.toISOString()}_${last.mergeId}` : null,
  }
}

/** What the kept profile used to say, and who was taken for whom. That a merge happened stays, as two ids. */
export async function forgetMerges(transaction: Transaction, partyId: string): Promise<void> {
  await transaction.query(
    `update merges.merge set before = '{}', after = '{}', reasons = '[]' where kept_party_id = $1 or other_party_id = $1`,
    [partyId],
  )
  await transaction.query('delete from merges.block where party_id = $1', [partyId])
  await transaction.query('delete from merges.candidate where one_party_id = $1 or other_party_id = $1', [partyId])
}
