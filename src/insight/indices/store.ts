import type { Day } from '#kernel/clock/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { IndexName } from './contract.ts'
import type { Seen } from './listening.ts'

export interface Mean {
  readonly index: IndexName
  readonly mean: number
  readonly low: number | null
  readonly high: number | null
  readonly customers: number
}

export interface Measurement {
  readonly measuredOn: Day
  readonly measuredAt: Date
  readonly customers: number
  readonly lookedAt: number
  readonly seen: readonly Seen[]
}

/** Keeps what was measured; a day that is measured again has its last measurement. */
export async function saveMeasurement(
  transaction: Transaction,
  { means, ...of }: Measurement & { readonly means: readonly Mean[] },
): Promise<void> {
  await transaction.query('delete from indices.mean where measured_on = $1', [of.measuredOn])
  await transaction.query(
    `insert into indices.measurement as m (measured_on, measured_at, customers, looked_at, seen) values ($1, $2, $3, $4, $5)
     on conflict (measured_on) do update set measured_at = excluded.measured_at, customers = excluded.customers,
       looked_at = excluded.looked_at, seen = excluded.seen`,
    [of.measuredOn, of.measuredAt, of.customers, of.lookedAt, of.seen],
  )
  await transaction.query(
    `insert into indices.mean (measured_on, index_name, mean, low, high, customers)
     select $1, * from unnest($2::text[], $3::float8[], $4::float8[], $5::float8[], $6::int4[])`,
    [
      of.measuredOn,
      means.map(each => each.index),
      means.map(each => each.mean),
      means.map(each => each.low),
      means.map(each => each.high),
      means.map(each => each.customers),
    ],
  )
}

/** The newest measurement, by when it was made: who changes the reading day asks for that day. */
export async function readMeasurement(queryable: Queryable): Promise<Measurement | undefined> {
  const [row] = await queryable.query<{
    measured_on: Day
    measured_at: Date
    customers: number
    looked_at: number
    seen: Seen[]
  }>('select * from indices.measurement order by measured_at desc, measured_on desc limit 1')
  return (
    row && {
      measuredOn: row.measured_on,
      measuredAt: row.measured_at,
      customers: row.customers,
      lookedAt: row.looked_at,
      seen: row.seen,
    }
  )
}

export async function readMeans(queryable: Queryable, throughOn: Day): Promise<(Mean & { readonly on: Day })[]> {
  return queryable.query(
    `select measured_on as on, index_name as index, mean, low, high, customers from indices.mean
     where measured_on <= $1 order by measured_on`,
    [throughOn],
  )
}
