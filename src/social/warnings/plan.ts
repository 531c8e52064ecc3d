import { z } from 'zod'
import { recordAssignments } from '#insight/effect/index.ts'
import { type Predicted, readPredictions, readSituation, type Situation } from '#insight/rhythm/index.ts'
import { addDays, startOfDay } from '#kernel/clock/index.ts'
import { isHeldOut } from '#kernel/control-group.ts'
import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import { openTasks, withdrawTasks } from '#kernel/tasks/index.ts'
import type { WarningsSettings } from './contract.ts'
import { programmeName, readSettings } from './settings.ts'
import * as store from './store.ts'
import {
  type LateCustomer,
  planWeek,
  rankLate,
  spendAtRiskMinor,
  suggestStep,
  weekAround,
  whyLate,
} from './warnings.ts'

/** How many waiting alerts are looked at anew; beyond them nobody's turn comes this week. */
const mostLookedAt = 2000

/** Days within which the person asked should act; a late customer does not get earlier by waiting. */
const daysToAct = 3

/** One plan at a time: two at once would fill the week's contacts twice. */
const planLock = 727_252

/** Fills the week: closes what has passed, ranks who waits by what is known today, and asks people to act. */
export const planJob = job({
  name: 'warnings.plan',
  input: z.object({}),
  visible: false,
  run: house => house.database.transaction(transaction => plan(house, transaction)),
})

async function plan(house: House, transaction: Transaction) {
  await transaction.query('select pg_advisory_xact_lock($1)', [planLock])
  const settings = await readSettings(house, transaction)
  const situation = await readSituation(house, transaction)
  const now = house.clock.now()
  const passed = await store.closePassed(transaction, situation.asOfOn, now)
  await withdrawTasks(transaction, house, passed.flatMap(store.taskOf))
  if (!settings.active) return { contact: 0, heldOut: 0 }

  const waiting = await store.waitingAlerts(transaction, mostLookedAt)
  const known = await readPredictions(house, transaction, [...new Set(waiting.map(alert => alert.partyId))])
  const { candidates, tooLate } = candidatesFrom(waiting, known, situation)
  await store.closeWaiting(transaction, tooLate, now)

  const week = weekAround(situation.today)
  const contactsThisWeek = await store.contactsSince(transaction, startOfDay(week.fromOn, situation.zone))
  const { contact, heldOut } = planWeek(
    rankLate(candidates),
    { budget: settings.contactsPerWeek, contactsThisWeek },
    candidate => isHeldOut(candidate.partyId, programmeName, settings.heldOutShare),
  )
  const taskIds = await openTasks(
    transaction,
    house,
    contact.map(candidate => taskFor(candidate, settings, situation)),
  )
  await store.selectAlerts(
    transaction,
    [
      ...contact.map((candidate, index) => selectionOf(candidate, false, taskIds[index]!)),
      ...heldOut.map(candidate => selectionOf(candidate, true, null)),
    ],
    { at: now, on: situation.asOfOn },
  )
  await recordAssignments(house, transaction, actOf(settings), [
    ...contact.map(({ partyId }) => ({ partyId, isHeldOut: false, at: now })),
    ...heldOut.map(({ partyId }) => ({ partyId, isHeldOut: true, at: now })),
  ])
  if (passed.length + contact.length + heldOut.length > 0) await house.live.announce(transaction, ['warnings'])
  return { contact: contact.length, heldOut: heldOut.length }
}

/** Calling somebody is attention, which nobody is owed: so some may be left out, and its effect is seen. */
function actOf({ heldOutShare, horizonDays }: WarningsSettings) {
  return { programme: programmeName, treatment: 'contact', discretionary: true, heldOutShare, horizonDays }
}

interface Candidate extends LateCustomer {
  readonly alertId: string
}

/** Looks at each waiting alert with today's eyes; whoever was lost meanwhile is too late to warn about. */
function candidatesFrom(
  waiting: readonly store.AlertRow[],
  known: ReadonlyMap<string, Predicted>,
  { horizonDays, currency }: Situation,
) {
  const candidates: Candidate[] = []
  const tooLate: store.AlertRow[] = []
  const seen = new Set<string>()
  for (const alert of waiting) {
    const predicted = known.get(alert.partyId)
    if (!predicted || predicted.type === 'lost') tooLate.push(alert)
    // A newer model may find the silence ordinary after all; then the alert waits. Nobody is contacted twice at once.
    else if ((alert.kind === 'cycle' || predicted.late) && !seen.has(alert.partyId)) {
      seen.add(alert.partyId)
      const { kind, cycleDays, alertId } = alert
      candidates.push({ ...predicted, alertId, kind, cycleDays, horizonDays, currency })
    }
  }
  return { candidates, tooLate }
}

/** Tasks are read by people who may not see money, so their why leaves it out; the page of warnings adds it. */
function taskFor(candidate: Candidate, settings: WarningsSettings, { today }: Situation) {
  return {
    partyId: candidate.partyId,
    programme: programmeName,
    ...whyLate(candidate, false),
    suggestionKey: suggestStep(candidate),
    ownerId: settings.ownerId,
    dueOn: addDays(today, daysToAct),
    rank: spendAtRiskMinor(candidate),
  }
}

function selectionOf(candidate: Candidate, heldOut: boolean, taskId: string | null): store.Selection {
  const { partyId, alertId, horizonDays, noPurchase, usualDays, spendPerYearMinor } = candidate
  return {
    partyId,
    alertId,
    heldOut,
    taskId,
    horizonDays,
    noPurchase,
    usualDays,
    spendPerYearMinor,
    spendAtRiskMinor: spendAtRiskMinor(candidate),
  }
}
