import type { Database, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import type { RoomClaim } from '#kernel/room.ts'
import { claims, type Rows } from './claims.ts'
import { suspects } from './fingerprint.ts'
import { differing, type Sum } from './sums.ts'

export interface Finding {
  readonly id: string
  readonly claim: string
  readonly faults: number
  /** The first few places, as the database names them. */
  readonly examples: readonly Readonly<Record<string, unknown>>[]
}

export interface Verification {
  readonly scope: 'whole' | 'changed'
  /** Parties looked at; null where it was all of them. */
  readonly parties: number | null
  readonly postings: number
  readonly findings: readonly Finding[]
}

const everything: Rows = table => `ledger.${table}`
const ofParties: Rows = table => `(select * from ledger.${table} where party_id = any ($1::uuid[]))`

/** Asks what rooms say of their rows and the ledger's together: always of all rows. */
async function findFaultsOfRooms(transaction: Transaction, ofRooms: readonly RoomClaim[]): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { id, claim, sql } of ofRooms) {
    const rows = await transaction.query(`select *, count(*) over () as faults from (${sql}) as fault limit 5`)
    const faults = Number(rows[0]?.faults ?? 0)
    findings.push({ id, claim, faults, examples: rows.map(({ faults: _, ...place }) => place) })
  }
  return findings
}

/** Asks each claim of all rows, or of those of some parties; no claim that is about all rows can be asked of some. */
export async function findFaults(transaction: Transaction, parties?: readonly string[]): Promise<Finding[]> {
  return await askClaims(transaction, parties ?? (await differing(transaction)).sums)
}

/** Asks each claim of some parties, or of all rows wherever the sums do not agree already. */
async function askClaims(transaction: Transaction, of: readonly string[] | ReadonlySet<Sum>): Promise<Finding[]> {
  const findings: Finding[] = []
  const [parties, differ] =
    of instanceof Set ? [undefined, of as ReadonlySet<Sum>] : [of as readonly string[], undefined]
  const isAmongParties = differ && (['accounts', 'lots', 'holds'] as const).some(sum => differ.has(sum))
  const suspected = isAmongParties ? await suspects(transaction) : undefined
  for (const { id, claim, isWhole, sum, sql } of claims) {
    if (parties && isWhole) continue
    const among = sum === 'accounts' || sum === 'lots' || sum === 'holds' ? (suspected?.[sum] ?? parties) : parties
    const isSound = sum !== undefined && differ !== undefined && !differ.has(sum)
    const rows =
      isSound || among?.length === 0
        ? []
        : await transaction.query(
            `select *, count(*) over () as faults from (${sql(among ? ofParties : everything)}) as fault limit 5`,
            among ? [among] : [],
          )
    const faults = Number(rows[0]?.faults ?? 0)
    findings.push({ id, claim, faults, examples: rows.map(({ faults: _, ...place }) => place) })
  }
  return findings
}

/** One snapshot for all claims: what is posted meanwhile is not seen by halves. */
async function inOneSnapshot<T>(
  database: Pick<Database, 'transaction'>,
  work: (transaction: Transaction) => Promise<T>,
) {
  return await database.transaction(async transaction => {
    await transaction.query('set transaction isolation level repeatable read, read only')
    await transaction.query(`set local work_mem = '128MB'`)
    await transaction.query('set local bytea_output = hex')
    return await work(transaction)
  })
}

/** Checks every claim against every row; those of rooms too where they are handed in (`house.claims`). */
export async function verifyLedger(
  database: Pick<Database, 'transaction'>,
  ofRooms: readonly RoomClaim[] = [],
): Promise<Finding[]> {
  return await inOneSnapshot(database, async transaction => [
    ...(await findFaults(transaction)),
    ...(await findFaultsOfRooms(transaction, ofRooms)),
  ])
}

/** More than so many changed parties, and looking at all is quicker. */
const mostParties = 20_000

/**
 * Verifies and keeps the result. `changed` looks only at the parties that something was posted for since the last time; what
 * somebody altered by hand without posting is found by the whole alone, which runs every night.
 */
export async function verify(house: House, scope: 'whole' | 'changed'): Promise<Verification> {
  const started = house.clock.elapsed()
  const found = await inOneSnapshot(house.database, async transaction => {
    const [mark] = await transaction.query<{ since: string | null; upto: string; postings: number }>(
      `select (select upto::text from ledger.verification order by verified_at desc limit 1) as since,
         pg_snapshot_xmin(pg_current_snapshot())::text as upto,
         (select greatest(reltuples, 0)::bigint from pg_class where oid = 'ledger.posting'::regclass) as postings`,
    )
    const { since, upto } = mark!
    const changed =
      scope === 'whole' || since === null
        ? undefined
        : await transaction.query<{ partyId: string; postings: number }>(
            `select party_id as "partyId", count(*) as postings from ledger.posting where xid >= $1::xid8
             group by party_id limit ${mostParties + 1}`,
            [since],
          )
    if (!changed || changed.length > mostParties) {
      const { sums, postings } = await differing(transaction)
      const ofLedger = await askClaims(transaction, sums)
      const findings = [...ofLedger, ...(await findFaultsOfRooms(transaction, house.claims))]
      return { scope: 'whole' as const, parties: null, postings, upto, findings }
    }
    const parties = changed.map(each => each.partyId)
    const postings = changed.reduce((total, each) => total + each.postings, 0)
    return { scope, parties: parties.length, postings, upto, findings: await findFaults(transaction, parties) }
  })
  const { upto, ...verification } = found
  // Of the frequent ones only the last is kept, and those that found something.
  await house.database.query(`delete from ledger.verification where scope = 'changed' and faults = 0`)
  await house.database.query(
    `insert into ledger.verification (verification_id, verified_at, scope, parties, postings, upto, took_ms, faults, findings)
     values ($1, $2, $3, $4, $5, $6::xid8, $7, $8, $9)`,
    [
      house.newId(),
      house.clock.now(),
      verification.scope,
      verification.parties,
      verification.postings,
      upto,
      Math.round(house.clock.elapsed() - started),
      verification.findings.reduce((total, finding) => total + finding.faults, 0),
      JSON.stringify(verification.findings),
    ],
  )
  return verification
}
