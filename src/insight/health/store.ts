import type { Day } from '#kernel/clock/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { Drift, FitCause, Holdout, LateChange, MaturedForecast, Reliability } from './contract.ts'
import type { Profile } from './drift.ts'
import type { RefitReason } from './refit.ts'
import type { Foretold } from './watched.ts'

export interface Review {
  readonly fitId: string
  readonly reviewedAt: Date
  readonly because: FitCause
  readonly askedBy: string | null
  readonly runId: string | null
  readonly profileOn: Day
  readonly profile: Profile | null
  readonly holdout: Holdout | null
  readonly change: LateChange | null
}

interface ReviewRow {
  readonly fit_id: string
  readonly reviewed_at: Date
  readonly because: FitCause
  readonly asked_by: string | null
  readonly run_id: string | null
  readonly profile_on: Day
  readonly profile: Profile | null
  readonly holdout: Holdout | null
  readonly change: LateChange | null
  readonly took_ms: number | null
}

/** Reviews of these fits by their ids, with how long the fit took where its run was seen. */
export async function readReviews(
  queryable: Queryable,
  model: string,
  fitIds: readonly string[],
): Promise<Map<string, Review & { readonly tookMs: number | null }>> {
  const rows = await queryable.query<ReviewRow>(
    `select v.*, round(extract(epoch from r.ended_at - r.started_at) * 1000)::int8 as took_ms
     from health.review v left join jobs.run r on r.run_id = v.run_id
     where v.model = $1 and v.fit_id = any($2)`,
    [model, fitIds],
  )
  return new Map(
    rows.map(row => [
      row.fit_id,
      {
        fitId: row.fit_id,
        reviewedAt: row.reviewed_at,
        because: row.because,
        askedBy: row.asked_by,
        runId: row.run_id,
        profileOn: row.profile_on,
        profile: row.profile,
        holdout: row.holdout,
        change: row.change,
        tookMs: row.took_ms,
      },
    ]),
  )
}

export async function saveReview(transaction: Transaction, model: string, review: Review): Promise<void> {
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value))
  await transaction.query(
    `insert into health.review
       (model, fit_id, reviewed_at, because, asked_by, run_id, profile_on, profile, holdout, change)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (model, fit_id) do nothing`,
    [
      model,
      review.fitId,
      review.reviewedAt,
      review.because,
      review.askedBy,
      review.runId,
      review.profileOn,
      json(review.profile),
      json(review.holdout),
      json(review.change),
    ],
  )
}

/** The run of a job that was under way at an instant; none where the calendar started it. */
export async function runAt(queryable: Queryable, job: string, at: Date): Promise<string | null> {
  const [row] = await queryable.query<{ run_id: string }>(
    `select run_id from jobs.run where name = $1 and started_at <= $2 and (ended_at is null or ended_at >= $2)
     order by started_at desc limit 1`,
    [job, at],
  )
  return row?.run_id ?? null
}

/** Whether one of these jobs was asked for since then and has not ended. */
export async function isUnderWay(queryable: Queryable, jobs: readonly string[], since: Date): Promise<boolean> {
  const [row] = await queryable.query(
    `select 1 from jobs.run where name = any($1) and state in ('waiting', 'running') and created_at > $2 limit 1`,
    [jobs, since],
  )
  return row !== undefined
}

export interface FitRequest {
  readonly because: 'hand' | 'drift'
  readonly askedBy: string | null
}

export async function readRequest(queryable: Queryable, runId: string): Promise<FitRequest | null> {
  const [row] = await queryable.query<{ because: FitRequest['because']; asked_by: string | null }>(
    'select because, asked_by from health.request where run_id = $1',
    [runId],
  )
  return row ? { because: row.because, askedBy: row.asked_by } : null
}

/** Who asked first is who is named: a job that waits already is not asked for twice. */
export async function noteRequest(
  transaction: Transaction,
  request: FitRequest & { runId: string; model: string; askedAt: Date; reason?: RefitReason },
): Promise<void> {
  await transaction.query(
    `insert into health.request (run_id, model, because, asked_by, asked_at, details) values ($1, $2, $3, $4, $5, $6)
     on conflict (run_id) do nothing`,
    [
      request.runId,
      request.model,
      request.because,
      request.askedBy,
      request.askedAt,
      request.reason ? JSON.stringify(request.reason) : null,
    ],
  )
}

/** Whether somebody, or the house itself, asked for a fit after an instant. */
export async function wasAskedSince(queryable: Queryable, model: string, since: Date): Promise<boolean> {
  const [row] = await queryable.query('select 1 from health.request where model = $1 and asked_at > $2 limit 1', [
    model,
    since,
  ])
  return row !== undefined
}

export interface Finding {
  readonly foundOn: Day
  readonly foundAt: Date
  readonly fitId: string
  readonly drift: Drift | null
  readonly slowDrift: Drift | null
}

export async function saveFinding(transaction: Transaction, model: string, finding: Finding): Promise<void> {
  await transaction.query(
    `insert into health.finding (model, found_on, found_at, fit_id, drift, slow_drift) values ($1, $2, $3, $4, $5, $6)
     on conflict (model, found_on) do update set found_at = excluded.found_at, fit_id = excluded.fit_id,
       drift = excluded.drift, slow_drift = excluded.slow_drift`,
    [
      model,
      finding.foundOn,
      finding.foundAt,
      finding.fitId,
      finding.drift && JSON.stringify(finding.drift),
      finding.slowDrift && JSON.stringify(finding.slowDrift),
    ],
  )
}

export async function readFinding(queryable: Queryable, model: string): Promise<Finding | null> {
  const [row] = await queryable.query<{
    found_on: Day
    found_at: Date
    fit_id: string
    drift: Drift | null
    slow_drift: Drift | null
  }>('select * from health.finding where model = $1 order by found_on desc limit 1', [model])
  return row
    ? {
        foundOn: row.found_on,
        foundAt: row.found_at,
        fitId: row.fit_id,
        drift: row.drift,
        slowDrift: row.slow_drift,
      }
    : null
}

/** What the base looked like to the newest fit that saw it on a day or before. */
export async function profileBefore(queryable: Queryable, model: string, on: Day) {
  const [row] = await queryable.query<{ profile_on: Day; profile: Profile }>(
    `select profile_on, profile from health.review where model = $1 and profile_on <= $2 and profile is not null
     order by profile_on desc limit 1`,
    [model, on],
  )
  return row ? { profileOn: row.profile_on, profile: row.profile } : null
}

export interface OpenSnapshot {
  readonly madeOn: Day
  readonly horizonDays: number
  readonly fitId: string
  readonly customers: number
}

export type MaturedSnapshot = MaturedForecast & { readonly maturedAt: Date }

interface SnapshotRow {
  readonly made_on: Day
  readonly horizon_days: number
  readonly fit_id: string
  readonly customers: number
  readonly matured_at: Date | null
  readonly matured: Reliability | null
}

/** What was foretold and is still to come true or not, oldest first. */
export async function openSnapshots(queryable: Queryable, model: string): Promise<OpenSnapshot[]> {
  const rows = await queryable.query<SnapshotRow>(
    'select * from health.snapshot where model = $1 and matured_at is null order by made_on',
    [model],
  )
  return rows.map(row => ({
    madeOn: row.made_on,
    horizonDays: row.horizon_days,
    fitId: row.fit_id,
    customers: row.customers,
  }))
}

/** What came of earlier forecasts, newest first. A snapshot of which too few customers were left is closed without one. */
export async function maturedSnapshots(queryable: Queryable, model: string, limit: number): Promise<MaturedSnapshot[]> {
  const rows = await queryable.query<SnapshotRow>(
    'select * from health.snapshot where model = $1 and matured is not null order by made_on desc limit $2',
    [model, limit],
  )
  return rows.map(row => ({
    madeOn: row.made_on,
    horizonDays: row.horizon_days,
    fitId: row.fit_id,
    maturedAt: row.matured_at!,
    reliability: row.matured!,
  }))
}

export async function newestSnapshotOn(queryable: Queryable, model: string): Promise<Day | null> {
  const [row] = await queryable.query<{ newest: Day | null }>(
    'select max(made_on) as newest from health.snapshot where model = $1',
    [model],
  )
  return row?.newest ?? null
}

export async function saveSnapshot(
  transaction: Transaction,
  model: string,
  snapshot: OpenSnapshot,
  customers: readonly Foretold[],
): Promise<void> {
  const made = await transaction.query(
    `insert into health.snapshot (model, made_on, horizon_days, fit_id, customers) values ($1, $2, $3, $4, $5)
     on conflict (model, made_on) do nothing returning 1`,
    [model, snapshot.madeOn, snapshot.horizonDays, snapshot.fitId, snapshot.customers],
  )
  if (made.length === 0) return
  const sorted = [...customers].sort((one, other) => (one.partyId < other.partyId ? -1 : 1))
  await transaction.query(
    `insert into health.forecast (party_id, model, made_on, raw, corrected)
     select p, $1, $2, r, c from unnest($3::uuid[], $4::float8[], $5::float8[]) as t (p, r, c)`,
    [
      model,
      snapshot.madeOn,
      sorted.map(({ partyId }) => partyId),
      sorted.map(({ raw }) => raw),
      sorted.map(({ said }) => said),
    ],
  )
}

export async function forecastsOf(queryable: Queryable, model: string, madeOn: Day): Promise<Foretold[]> {
  const rows = await queryable.query<{ party_id: string; raw: number; corrected: number }>(
    'select party_id, raw, corrected from health.forecast where model = $1 and made_on = $2 order by party_id',
    [model, madeOn],
  )
  return rows.map(row => ({ partyId: row.party_id, raw: row.raw, said: row.corrected }))
}

/** Keeps the sum of what came true and forgets what was foretold of whom. */
export async function closeSnapshot(
  transaction: Transaction,
  model: string,
  madeOn: Day,
  matured: { readonly at: Date; readonly reliability: Reliability | null },
): Promise<void> {
  await transaction.query(
    'update health.snapshot set matured_at = $3, matured = $4 where model = $1 and made_on = $2',
    [model, madeOn, matured.at, matured.reliability && JSON.stringify(matured.reliability)],
  )
  await transaction.query('delete from health.forecast where model = $1 and made_on = $2', [model, madeOn])
}

export async function forgetForecasts(transaction: Transaction, partyIds: readonly string[]): Promise<void> {
  await transaction.query('delete from health.forecast where party_id = any($1)', [partyIds])
}
