import { type Predicted, readPredictions, readSituation, type Situation } from '#insight/rhythm/index.ts'
import { startOfDay } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Alert, alertViews } from './contract.ts'
import { readSettings } from './settings.ts'
import * as store from './store.ts'
import { silenceOf, suggestStep, weekAround, whyLate } from './warnings.ts'

export interface WarningsQuery {
  readonly view: (typeof alertViews)[number]
  readonly partyId?: string | undefined
  readonly after?: string | undefined
  readonly limit: number
  /** Whether the reader may see money. */
  readonly money: boolean
}

/** `$1` is the first instant of the week: contacts closed since then still belong to it. */
const viewSql: Readonly<Record<WarningsQuery['view'], string>> = {
  week: `a.state = 'contact' or (a.state = 'closed' and not a.held_out and a.selected_at is not null and a.closed_at >= $1)`,
  waiting: `a.state = 'waiting' and $1::timestamptz is not null`,
  'held-out': `a.state = 'held-out' and $1::timestamptz is not null`,
  closed: `a.state = 'closed' and $1::timestamptz is not null`,
}

const orderSql: Readonly<Record<WarningsQuery['view'], string>> = {
  week: `(a.state = 'closed'), a.spend_at_risk_minor desc, a.alert_id`,
  waiting: 'a.spend_at_risk_minor desc, a.alert_id',
  'held-out': 'a.selected_at desc, a.alert_id',
  closed: 'a.closed_at desc, a.alert_id',
}

type Row = store.AlertRow & {
  readonly partyName: string
  readonly ownerId: string | null
  readonly ownerName: string | null
  readonly dueOn: string | null
}

export async function listWarnings(house: House, query: WarningsQuery) {
  const situation = await readSituation(house)
  const { asOfOn, history, today, zone } = situation
  const settings = await readSettings(house)
  const week = weekAround(today)
  const weekAt = startOfDay(week.fromOn, zone)
  const offset = Number(query.after ?? 0)
  if (!Number.isSafeInteger(offset) || offset < 0) throw refuse('invalid', 'warnings:refusal.cursor')
  const rows = await house.database.query<Row>(
    `select ${store.alertColumns}, coalesce(p.name, '') as "partyName", t.owner_id as "ownerId",
       o.name as "ownerName", t.due_on as "dueOn"
     from warnings.alert a
     left join parties.party p on p.party_id = a.party_id
     left join tasks.task t on t.party_id = a.party_id and t.task_id = a.task_id
     left join access.staff o on o.staff_id = t.owner_id
     where (${viewSql[query.view]}) and ($2::uuid is null or a.party_id = $2)
     order by ${orderSql[query.view]} limit $3 offset $4`,
    [weekAt, query.partyId ?? null, query.limit, offset],
  )
  const counts = await countViews(house, weekAt, query.partyId)
  const total = counts[query.view]
  const open = rows.filter(row => row.state !== 'closed').map(row => row.partyId)
  const known = await readPredictions(house, house.database, open)
  const items = rows.map(row => alertOf(row, known.get(row.partyId), situation, query.money))
  return {
    reading: { asOfOn, history },
    items,
    total,
    next: offset + rows.length < total && rows.length > 0 ? String(offset + rows.length) : null,
    counts,
    budget: {
      contactsPerWeek: settings.contactsPerWeek,
      used: await store.contactsSince(house.database, weekAt),
      weekFromOn: week.fromOn,
      weekToOn: week.toOn,
    },
  }
}

async function countViews(house: House, weekAt: Date, partyId: string | undefined) {
  const count = (view: WarningsQuery['view']) => `count(*) filter (where ${viewSql[view]}) as "${view}"`
  const [counts] = await house.database.query<Record<WarningsQuery['view'], number>>(
    `select ${(['week', 'waiting', 'held-out', 'closed'] as const).map(count).join(', ')} from warnings.alert a
     where $2::uuid is null or a.party_id = $2`,
    [weekAt, partyId ?? null],
  )
  return counts!
}

/** An open alert is read with today's eyes; a closed one shows what was known when it was selected. */
function alertOf(
  row: Row,
  predicted: Predicted | undefined,
  { asOfOn, currency, horizonDays }: Situation,
  money: boolean,
): Alert {
  const customer = {
    partyId: row.partyId,
    kind: row.kind,
    type: predicted?.type ?? ('drifting' as const),
    purchases: predicted?.purchases ?? 0,
    silentDays: silenceOf(row.gapStartOn, row.returnedOn, asOfOn),
    usualDays: predicted ? predicted.usualDays : row.usualDays,
    cycleDays: row.cycleDays,
    noPurchase: predicted ? predicted.noPurchase : row.noPurchase,
    likeThis: predicted?.likeThis ?? null,
    horizonDays: predicted ? horizonDays : row.horizonDays,
    spendPerYearMinor: predicted?.spendPerYearMinor ?? row.spendPerYearMinor,
    currency,
  }
  return {
    alertId: row.alertId,
    partyId: row.partyId,
    partyName: row.partyName,
    kind: row.kind,
    state: row.state,
    gapStartOn: row.gapStartOn,
    raisedAt: row.raisedAt.toISOString(),
    selectedAt: row.selectedAt?.toISOString() ?? null,
    silentDays: customer.silentDays,
    usualDays: customer.usualDays,
    purchases: customer.purchases,
    noPurchase: customer.noPurchase,
    likeThis: customer.likeThis,
    horizonDays: customer.horizonDays,
    spendPerYearMinor: money ? customer.spendPerYearMinor : null,
    spendAtRiskMinor: money ? row.spendAtRiskMinor : null,
    currency,
    ...whyLate(customer, money),
    suggestionKey: suggestStep(customer),
    taskId: row.taskId,
    ownerId: row.ownerId,
    ownerName: row.ownerName,
    dueOn: row.dueOn,
    outcome: row.outcome,
    outcomeAt: row.closedAt?.toISOString() ?? null,
    returnedOn: row.returnedOn,
  }
}
