import type { Day } from '#kernel/clock/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { AlertOutcome } from './contract.ts'

export interface NewAlert {
  readonly partyId: string
  readonly alertId: string
  readonly kind: 'rhythm' | 'cycle'
  readonly gapStartOn: Day
  readonly cycleDays: number | null
  readonly horizonDays: number
  readonly usualDays: number | null
  readonly noPurchase: number | null
  readonly spendPerYearMinor: number
  readonly spendAtRiskMinor: number
}

export interface AlertRow extends NewAlert {
  readonly state: 'waiting' | 'contact' | 'held-out' | 'closed'
  readonly raisedAt: Date
  readonly heldOut: boolean
  readonly selectedAt: Date | null
  readonly selectedOn: Day | null
  readonly taskId: string | null
  readonly outcome: AlertOutcome | null
  readonly closedBy: 'person' | 'purchase' | 'time' | null
  readonly closedAt: Date | null
  readonly returnedOn: Day | null
}

/** A day on which a customer bought. */
export interface Return {
  readonly partyId: string
  readonly on: Day
}

export const alertColumns = `a.party_id as "partyId", a.alert_id as "alertId", a.kind, a.gap_start_on as "gapStartOn",
  a.cycle_days as "cycleDays", a.horizon_days as "horizonDays", a.usual_days as "usualDays",
  a.no_purchase as "noPurchase", a.spend_per_year_minor as "spendPerYearMinor",
  a.spend_at_risk_minor as "spendAtRiskMinor", a.state, a.raised_at as "raisedAt", a.held_out as "heldOut",
  a.selected_at as "selectedAt", a.selected_on as "selectedOn", a.task_id as "taskId", a.outcome,
  a.closed_by as "closedBy", a.closed_at as "closedAt", a.returned_on as "returnedOn"`

/** Raises alerts; a gap that has one keeps it. Returns how many were new. */
export async function insertAlerts(transaction: Transaction, alerts: readonly NewAlert[], at: Date): Promise<number> {
  if (alerts.length === 0) return 0
  const column = <T>(pick: (alert: NewAlert) => T) => alerts.map(pick)
  const rows = await transaction.query(
    `insert into warnings.alert (party_id, alert_id, kind, gap_start_on, cycle_days, horizon_days, usual_days, no_purchase,
       spend_per_year_minor, spend_at_risk_minor, state, held_out, raised_at)
     select p, a, k, g, c, h, u, n, y, r, 'waiting', false, $11
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::int4[], $6::int4[], $7::float8[], $8::float8[],
       $9::int8[], $10::int8[]) as t (p, a, k, g, c, h, u, n, y, r)
     on conflict (party_id, gap_start_on) do nothing returning 1`,
    [
      column(alert => alert.partyId),
      column(alert => alert.alertId),
      column(alert => alert.kind),
      column(alert => alert.gapStartOn),
      column(alert => alert.cycleDays),
      column(alert => alert.horizonDays),
      column(alert => alert.usualDays),
      column(alert => alert.noPurchase),
      column(alert => alert.spendPerYearMinor),
      column(alert => alert.spendAtRiskMinor),
      at,
    ],
  )
  return rows.length
}

/**
 * Notes the first purchase after each gap. Open alerts close as "came back"; of closed ones only the day of return is
 * kept, because a customer who said "not interested" and came back all the same did come back.
 */
export async function closeReturned(transaction: Transaction, returns: readonly Return[], at: Date) {
  if (returns.length === 0) return []
  return transaction.query<AlertRow>(
    `update warnings.alert a set returned_on = r.returned_on, state = 'closed',
       outcome = coalesce(a.outcome, 'came-back'), closed_by = coalesce(a.closed_by, 'purchase'),
       closed_at = coalesce(a.closed_at, $3)
     from (select o.party_id, o.alert_id, min(t.bought_on) as returned_on
           from unnest($1::uuid[], $2::date[]) as t (party_id, bought_on)
           join warnings.alert o on o.party_id = t.party_id and o.gap_start_on < t.bought_on
           where o.returned_on is null or o.returned_on > t.bought_on group by o.party_id, o.alert_id) as r
     where a.party_id = r.party_id and a.alert_id = r.alert_id
     returning ${alertColumns}`,
    [returns.map(row => row.partyId), returns.map(row => row.on), at],
  )
}

/** The task that goes with an alert, if one was opened. */
export function taskOf(alert: Pick<AlertRow, 'partyId' | 'taskId'>): { partyId: string; taskId: string }[] {
  return alert.taskId === null ? [] : [{ partyId: alert.partyId, taskId: alert.taskId }]
}

export async function closeAlert(
  transaction: Transaction,
  partyId: string,
  taskId: string,
  { outcome, at }: { readonly outcome: AlertOutcome; readonly at: Date },
): Promise<void> {
  await transaction.query(
    `update warnings.alert set state = 'closed', outcome = $3, closed_by = 'person', closed_at = $4
     where party_id = $1 and task_id = $2 and state = 'contact'`,
    [partyId, taskId, outcome, at],
  )
}

/** Takes back what a person said. What a purchase or the calendar closed stays closed. */
export async function reopenAlert(transaction: Transaction, partyId: string, taskId: string): Promise<void> {
  await transaction.query(
    `update warnings.alert set state = 'contact', outcome = null, closed_by = null, closed_at = null
     where party_id = $1 and task_id = $2 and state = 'closed' and closed_by = 'person'`,
    [partyId, taskId],
  )
}

export async function alertsOf(queryable: Queryable, partyIds: readonly string[]): Promise<AlertRow[]> {
  return queryable.query<AlertRow>(`select ${alertColumns} from warnings.alert a where a.party_id = any($1)`, [
    partyIds,
  ])
}

type AlertKey = Pick<AlertRow, 'partyId' | 'alertId'>

export async function deleteAlerts(transaction: Transaction, alerts: readonly AlertKey[]): Promise<void> {
  if (alerts.length === 0) return
  await transaction.query(
    `delete from warnings.alert a using unnest($1::uuid[], $2::uuid[]) as t (party_id, alert_id)
     where a.party_id = t.party_id and a.alert_id = t.alert_id`,
    [alerts.map(alert => alert.partyId), alerts.map(alert => alert.alertId)],
  )
}

/**
 * The purchase that ended these gaps is gone from the log. What it had closed opens again: the held-out stay held out,
 * the others wait to be selected anew, since their task was withdrawn.
 */
export async function forgetReturns(transaction: Transaction, alerts: readonly AlertKey[]): Promise<void> {
  if (alerts.length === 0) return
  await transaction.query(
    `update warnings.alert a set returned_on = null,
       state = case when closed_by is distinct from 'purchase' then state when held_out then 'held-out' else 'waiting' end,
       selected_at = case when closed_by = 'purchase' and not held_out then null else selected_at end,
       selected_on = case when closed_by = 'purchase' and not held_out then null else selected_on end,
       task_id = case when closed_by = 'purchase' and not held_out then null else task_id end,
       outcome = case when closed_by = 'purchase' then null else outcome end,
       closed_at = case when closed_by = 'purchase' then null else closed_at end,
       closed_by = case when closed_by = 'purchase' then null else closed_by end
     from unnest($1::uuid[], $2::uuid[]) as t (party_id, alert_id)
     where a.party_id = t.party_id and a.alert_id = t.alert_id`,
    [alerts.map(alert => alert.partyId), alerts.map(alert => alert.alertId)],
  )
}

/**
 * Closes what has run its course: alerts whose horizon is over, and waiting ones whose customer cannot be warned about
 * any more. Returns those that had a task.
 */
export async function closePassed(transaction: Transaction, today: Day, at: Date): Promise<AlertRow[]> {
  return transaction.query<AlertRow>(
    `update warnings.alert a set state = 'closed', outcome = 'passed', closed_by = 'time', closed_at = $2
     where a.state in ('contact', 'held-out') and a.selected_on + a.horizon_days < $1::date
     returning ${alertColumns}`,
    [today, at],
  )
}

export async function closeWaiting(transaction: Transaction, alerts: readonly AlertKey[], at: Date): Promise<void> {
  if (alerts.length === 0) return
  await transaction.query(
    `update warnings.alert a set state = 'closed', outcome = 'passed', closed_by = 'time', closed_at = $3
     from unnest($1::uuid[], $2::uuid[]) as t (party_id, alert_id)
     where a.party_id = t.party_id and a.alert_id = t.alert_id and a.state = 'waiting'`,
    [alerts.map(alert => alert.partyId), alerts.map(alert => alert.alertId), at],
  )
}

/** The waiting alerts with most at stake by what was known when they were raised or last looked at. */
export async function waitingAlerts(queryable: Queryable, limit: number): Promise<AlertRow[]> {
  return queryable.query<AlertRow>(
    `select ${alertColumns} from warnings.alert a where a.state = 'waiting'
     order by a.spend_at_risk_minor desc, a.party_id limit $1`,
    [limit],
  )
}

/** People selected for contact since an instant, whatever became of it: a contact made cannot be unmade. */
export async function contactsSince(queryable: Queryable, instant: Date): Promise<number> {
  const [row] = await queryable.query<{ count: number }>(
    'select count(*) as count from warnings.alert where selected_at >= $1 and not held_out',
    [instant],
  )
  return row!.count
}

export interface Selection extends AlertKey {
  readonly heldOut: boolean
  readonly taskId: string | null
  readonly horizonDays: number
  readonly noPurchase: number | null
  readonly usualDays: number | null
  readonly spendPerYearMinor: number
  readonly spendAtRiskMinor: number
}

/** Writes down who was selected and what was known then; the effect is measured from this. */
export async function selectAlerts(
  transaction: Transaction,
  selections: readonly Selection[],
  selected: { readonly at: Date; readonly on: Day },
): Promise<void> {
  if (selections.length === 0) return
  const column = <T>(pick: (selection: Selection) => T) => selections.map(pick)
  await transaction.query(
    `update warnings.alert a set state = case when t.held_out then 'held-out' else 'contact' end, held_out = t.held_out,
       task_id = t.task_id, horizon_days = t.horizon_days, no_purchase = t.no_purchase, usual_days = t.usual_days,
       spend_per_year_minor = t.yearly, spend_at_risk_minor = t.at_risk, selected_at = $9, selected_on = $10
     from unnest($1::uuid[], $2::uuid[], $3::boolean[], $4::uuid[], $5::int4[], $6::float8[], $7::float8[], $8::int8[],
       $11::int8[]) as t (party_id, alert_id, held_out, task_id, horizon_days, no_purchase, usual_days, yearly, at_risk)
     where a.party_id = t.party_id and a.alert_id = t.alert_id and a.state = 'waiting'`,
    [
      column(selection => selection.partyId),
      column(selection => selection.alertId),
      column(selection => selection.heldOut),
      column(selection => selection.taskId),
      column(selection => selection.horizonDays),
      column(selection => selection.noPurchase),
      column(selection => selection.usualDays),
      column(selection => selection.spendPerYearMinor),
      selected.at,
      selected.on,
      column(selection => selection.spendAtRiskMinor),
    ],
  )
}
