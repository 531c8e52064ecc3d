import { z } from 'zod'
import { type Day, startOfDay } from '#kernel/clock/index.ts'
import type { Transaction } from '#kernel/database/index.ts'
import { type NewEvent, systemSource } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { job, type Progress } from '#kernel/jobs/index.ts'
import { forecastOf } from './forecast.ts'
import { fewestCustomersWithGaps } from './model.ts'
import { type Situation, situationOf } from './reading.ts'
import { currentModel, daysFrom, type StateColumns, stateColumns, stateFrom } from './store.ts'

const pageSize = 1000

/** Vocabulary of what rhythm tells others. `gapStartOn` names the gap: the last purchase before the silence. */
export const becameLate = z.object({
  gapStartOn: z.iso.date(),
  lateOn: z.iso.date(),
  usualDays: z.number(),
  purchases: z.int(),
})

export const cyclePassed = z.object({
  ruleId: z.uuid(),
  gapStartOn: z.iso.date(),
  dueOn: z.iso.date(),
  days: z.int(),
})

/**
 * Who has become later than usual since the last run, told once per gap. Reads the index of days to come, so the work
 * grows with who is due and not with the base.
 */
export const dueJob = job({
  name: 'rhythm.due',
  /** Set by a fit, which need not be asked for again by what follows from it. */
  input: z.object({ learned: z.boolean().default(false) }),
  visible: false,
  async run(house, { learned }, progress) {
    const situation = await situationOf(house)
    if (!learned) await fitWhenTheBaseHasChanged(house, situation)
    await passOverTheLost(house, situation)
    const late = await tellInPages(progress, () => tellLate(house, situation))
    const cycles = await tellInPages(progress, () => tellCycles(house, situation))
    if (late + cycles > 0) {
      await house.database.transaction(transaction => house.live.announce(transaction, ['rhythm', 'customers']))
    }
    return { late, cycles }
  },
})

async function tellInPages(progress: Progress, tellPage: () => Promise<number>): Promise<number> {
  let told = 0
  while (!progress.signal.aborted) {
    const page = await tellPage()
    told += page
    if (page < pageSize) break
  }
  return told
}

/**
 * Whoever was lost before anybody looked never became late for us: years of old orders would otherwise open with
 * thousands of warnings that come too late for everybody.
 */
async function passOverTheLost(house: House, { asOfOn }: Situation): Promise<void> {
  await house.database.transaction(transaction =>
    transaction.query(
      `update rhythm.state set late_noted_for = last_on
       where late_noted_for is distinct from last_on and late_on <= $1 and lost_on <= $1`,
      [asOfOn],
    ),
  )
}

async function tellLate(house: House, { asOfOn, zone, horizonDays }: Situation): Promise<number> {
  const due = await house.database.query<{ party_id: string; last_on: Day; late_on: Day }>(
    `select s.party_id, s.last_on, s.late_on from rhythm.state s
     where s.late_noted_for is distinct from s.last_on and s.late_on <= $1 order by s.late_on limit ${pageSize}`,
    [asOfOn],
  )
  if (due.length === 0) return 0
  const model = await currentModel(house)
  await house.events.ensureMonths(due.map(row => startOfDay(row.late_on, zone)))
  await house.database.transaction(async transaction => {
    const rows = await claim(transaction, due, asOfOn)
    const events = rows.map((row): NewEvent => {
      const state = stateFrom(row)
      const { lateOn } = daysFrom(row)
      const usualDays = model ? forecastOf(model, state, asOfOn, horizonDays)?.usualDays : undefined
      return {
        kind: 'rhythm.became-late',
        partyId: row.party_id,
        occurredAt: startOfDay(lateOn!, zone),
        payload: {
          gapStartOn: state.lastOn,
          lateOn,
          usualDays: Math.round(usualDays ?? state.gapDaysSum / Math.max(1, state.purchaseDays - 1)),
          purchases: state.purchaseDays,
        },
      }
    })
    await house.events.record(transaction, systemSource, events)
  })
  return due.length
}

/** Marks the gaps as told, those that still stand: whoever bought in the meantime is left alone. */
async function claim(transaction: Transaction, due: readonly { party_id: string; last_on: Day }[], asOfOn: Day) {
  const sorted = [...due].sort((left, right) => (left.party_id < right.party_id ? -1 : 1))
  return transaction.query<StateColumns>(
    `update rhythm.state s set late_noted_for = s.last_on
     from unnest($1::uuid[], $2::date[]) as d (party_id, last_on)
     where s.party_id = d.party_id and s.last_on = d.last_on and s.late_on <= $3
       and s.late_noted_for is distinct from s.last_on
     returning ${stateColumns}`,
    [sorted.map(row => row.party_id), sorted.map(row => row.last_on), asOfOn],
  )
}

async function tellCycles(house: House, { asOfOn, zone }: Situation): Promise<number> {
  const due = await house.database.query<{
    party_id: string
    rule_id: string
    last_on: Day
    due_on: Day
    days: number
  }>(
    `select c.party_id, c.rule_id, c.last_on, c.due_on, r.days from rhythm.cycle_due c
     join rhythm.cycle_rule r on r.rule_id = c.rule_id
     where c.noted_for is distinct from c.last_on and c.due_on <= $1 order by c.due_on limit ${pageSize}`,
    [asOfOn],
  )
  if (due.length === 0) return 0
  const occurredAt = (row: { due_on: Day }) => startOfDay(row.due_on, zone)
  await house.events.ensureMonths(due.map(occurredAt))
  await house.database.transaction(async transaction => {
    const sorted = [...due].sort((left, right) => (left.party_id < right.party_id ? -1 : 1))
    const claimed = await transaction.query<{ party_id: string; rule_id: string }>(
      `update rhythm.cycle_due c set noted_for = c.last_on
       from unnest($1::uuid[], $2::uuid[], $3::date[]) as d (party_id, rule_id, last_on)
       where c.party_id = d.party_id and c.rule_id = d.rule_id and c.last_on = d.last_on
         and c.noted_for is distinct from c.last_on
       returning c.party_id, c.rule_id`,
      [sorted.map(row => row.party_id), sorted.map(row => row.rule_id), sorted.map(row => row.last_on)],
    )
    const ours = new Set(claimed.map(row => `${row.party_id} ${row.rule_id}`))
    await house.events.record(
      transaction,
      systemSource,
      sorted
        .filter(row => ours.has(`${row.party_id} ${row.rule_id}`))
        .map(row => ({
          kind: 'rhythm.cycle-passed',
          partyId: row.party_id,
          occurredAt: occurredAt(row),
          payload: { ruleId: row.rule_id, gapStartOn: row.last_on, dueOn: row.due_on, days: row.days },
        })),
    )
  })
  return due.length
}

/** A tenth more or fewer customers, or enough of them for a first real fit: then what was learned is out of date. */
async function fitWhenTheBaseHasChanged(house: House, { asOfOn }: Situation): Promise<void> {
  const model = await currentModel(house)
  const [base] = await house.database.query<{ customers: number; with_gaps: number }>(
    `select count(*) filter (where purchase_days > 0) as customers, count(*) filter (where purchase_days > 1) as with_gaps
     from rhythm.state where first_on <= $1`,
    [asOfOn],
  )
  const { customers, with_gaps: withGaps } = base!
  const grown = model ? Math.abs(customers - model.customers) > Math.max(10, model.customers / 10) : withGaps > 0
  const ready = model?.kind === 'prior' && withGaps >= fewestCustomersWithGaps
  if (!grown && !ready) return
  await house.database.transaction(transaction =>
    house.jobs.enqueue(transaction, 'rhythm.fit', {}, { key: 'rhythm.fit' }),
  )
}
