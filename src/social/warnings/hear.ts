import { readPredictions, readPurchaseDays, readSituation, type Situation } from '#insight/rhythm/index.ts'
import { type Day, localDay } from '#kernel/clock/index.ts'
import type { Transaction } from '#kernel/database/index.ts'
import type { RecordedEvent } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { withdrawTasks } from '#kernel/tasks/index.ts'
import type { AlertOutcome } from './contract.ts'
import { programmeName } from './settings.ts'
import * as store from './store.ts'
import { spendAtRiskMinor } from './warnings.ts'

export const heardKinds = [
  'rhythm.became-late',
  'rhythm.cycle-passed',
  'purchase.recorded',
  'task.closed',
  'task.reopened',
] as const

/** Takes in what happened: somebody became late, somebody bought, somebody reported how a contact went. */
export async function hear(house: House, transaction: Transaction, events: readonly RecordedEvent[]): Promise<[]> {
  const byKind = Map.groupBy(events, event => event.kind)
  const became = [...(byKind.get('rhythm.became-late') ?? []), ...(byKind.get('rhythm.cycle-passed') ?? [])]
  if (became.length > 0) await raiseAlerts(house, transaction, became)
  const purchases = byKind.get('purchase.recorded')
  if (purchases) await noteReturns(house, transaction, purchases)
  const tasks = [...(byKind.get('task.closed') ?? []), ...(byKind.get('task.reopened') ?? [])]
  if (tasks.length > 0) await noteOutcomes(house, transaction, tasks)
  return []
}

interface Gap {
  readonly gapStartOn: Day
  readonly days?: number
}

/**
 * One alert per gap, whichever of rhythm and fixed cycle speaks first. Whoever is lost by now gets none: that is for
 * winning back, not for warning.
 */
async function raiseAlerts(house: House, transaction: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  const { horizonDays } = await readSituation(house, transaction)
  const known = await readPredictions(house, transaction, [...new Set(events.map(event => event.partyId))])
  const alerts = events.flatMap((event): store.NewAlert[] => {
    const predicted = known.get(event.partyId)
    if (!predicted || predicted.type === 'lost') return []
    const { gapStartOn, days } = event.payload as Gap
    const isCycle = event.kind === 'rhythm.cycle-passed'
    return [
      {
        partyId: event.partyId,
        alertId: house.newId(),
        kind: isCycle ? 'cycle' : 'rhythm',
        gapStartOn,
        cycleDays: isCycle ? (days ?? null) : null,
        horizonDays,
        usualDays: predicted.usualDays,
        noPurchase: predicted.noPurchase,
        spendPerYearMinor: predicted.spendPerYearMinor,
        spendAtRiskMinor: spendAtRiskMinor(predicted),
      },
    ]
  })
  const raised = await store.insertAlerts(transaction, alerts, house.clock.now())
  if (raised === 0) return
  await house.jobs.enqueue(transaction, 'warnings.plan', {}, { key: 'warnings.plan' })
  await house.live.announce(transaction, ['warnings'])
}

/** A purchase ends the gap: the alert closes by itself and nobody is asked to call any more. */
async function noteReturns(house: House, transaction: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  const { zone } = await house.settings.business(transaction)
  const isCorrection = (event: RecordedEvent) => (event.payload as { replaces?: string }).replaces !== undefined
  const corrected = new Set(events.filter(isCorrection).map(event => event.partyId))
  // Days in order, so that the first day after the gap is met first.
  const days = new Map<string, Day[]>()
  for (const event of events) {
    if (corrected.has(event.partyId)) continue
    days.set(event.partyId, [...(days.get(event.partyId) ?? []), localDay(event.occurredAt, zone)])
  }
  const returns = [...days].flatMap(([partyId, theirs]) => [...new Set(theirs)].map(on => ({ partyId, on })))
  const closed = await store.closeReturned(transaction, returns, house.clock.now())
  if (corrected.size > 0) await refold(house, transaction, [...corrected].sort())
  if (closed.length === 0) return
  await withdrawTasks(transaction, house, closed.flatMap(store.taskOf))
  await house.live.announce(transaction, ['warnings'])
}

async function noteOutcomes(house: House, transaction: Transaction, events: readonly RecordedEvent[]): Promise<void> {
  let changed = false
  for (const event of events) {
    const { taskId, programme, outcome } = event.payload as {
      readonly taskId: string
      readonly programme: string
      readonly outcome?: AlertOutcome
    }
    if (programme !== programmeName) continue
    changed = true
    if (event.kind === 'task.reopened') await store.reopenAlert(transaction, event.partyId, taskId)
    else await store.closeAlert(transaction, event.partyId, taskId, { outcome: outcome!, at: event.occurredAt })
  }
  if (changed) await house.live.announce(transaction, ['warnings'])
}

/**
 * After purchases were withdrawn or corrected: alerts of gaps that never were go, with their tasks, and those that seemed
 * to have ended stand open again.
 */
export async function refold(house: House, transaction: Transaction, partyIds: readonly string[]): Promise<void> {
  const alerts = await store.alertsOf(transaction, partyIds)
  if (alerts.length === 0) return
  const situation: Situation = await readSituation(house, transaction)
  const days = await readPurchaseDays(transaction, [...new Set(alerts.map(alert => alert.partyId))], situation.zone)
  const gone = alerts.filter(alert => !days.get(alert.partyId)?.includes(alert.gapStartOn))
  await store.deleteAlerts(transaction, gone)
  await withdrawTasks(transaction, house, gone.flatMap(store.taskOf))
  const ended: store.Return[] = []
  const reopened: store.AlertRow[] = []
  for (const alert of alerts.filter(candidate => !gone.includes(candidate))) {
    const returnedOn = days.get(alert.partyId)!.find(day => day > alert.gapStartOn) ?? null
    if (returnedOn === alert.returnedOn) continue
    reopened.push(alert)
    if (returnedOn !== null) ended.push({ partyId: alert.partyId, on: returnedOn })
  }
  await store.forgetReturns(transaction, reopened)
  const closed = await store.closeReturned(transaction, ended, house.clock.now())
  await withdrawTasks(transaction, house, closed.flatMap(store.taskOf))
  await house.jobs.enqueue(transaction, 'warnings.plan', {}, { key: 'warnings.plan' })
  await house.live.announce(transaction, ['warnings'])
}
