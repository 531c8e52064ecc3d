import { addDays, type Day, localDay } from '#kernel/clock/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { PurchaseLine, RecordedEvent } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import type { CycleRule } from './contract.ts'
import type { Place } from './fold.ts'

/**
 * Whether a purchase starts a rule's cycle anew.
 *
 * Example: an oil change (sku `OIL-5W30`, category `service`) starts the rules for all purchases, for that sku and for
 * the category `service`.
 */
export function startsCycle(
  match: CycleRule['match'],
  lines: readonly Pick<PurchaseLine, 'sku'>[],
  categories: ReadonlyMap<string, string>,
): boolean {
  if (match.kind === 'all') return true
  if (match.kind === 'sku') return lines.some(line => line.sku === match.value)
  return lines.some(line => categories.get(line.sku) === match.value)
}

export interface CycleStart {
  readonly partyId: string
  readonly ruleId: string
  readonly lastOn: Day
  readonly dueOn: Day
}

/** The latest start of every rule's cycle for every party in these events. */
export function cycleStarts(
  events: readonly Pick<RecordedEvent, 'kind' | 'partyId' | 'occurredAt' | 'payload'>[],
  rules: readonly CycleRule[],
  categories: ReadonlyMap<string, string>,
  zone: string,
): CycleStart[] {
  const starts = new Map<string, CycleStart>()
  for (const event of events) {
    if (event.kind !== 'purchase.recorded') continue
    const { lines } = event.payload as { readonly lines: readonly PurchaseLine[] }
    const on = localDay(event.occurredAt, zone)
    for (const rule of rules) {
      if (!startsCycle(rule.match, lines, categories)) continue
      const key = `${event.partyId} ${rule.ruleId}`
      const known = starts.get(key)
      if (known && known.lastOn >= on) continue
      starts.set(key, { partyId: event.partyId, ruleId: rule.ruleId, lastOn: on, dueOn: addDays(on, rule.days) })
    }
  }
  return [...starts.values()].sort((left, right) =>
    `${left.partyId} ${left.ruleId}` < `${right.partyId} ${right.ruleId}` ? -1 : 1,
  )
}

interface RuleRow {
  readonly rule_id: string
  readonly name: string
  readonly days: number
  readonly match: CycleRule['match']
}

export async function readCycleRules(queryable: Queryable): Promise<CycleRule[]> {
  const rows = await queryable.query<RuleRow>(
    'select rule_id, name, days, match from rhythm.cycle_rule order by rule_id',
  )
  return rows.map(row => ({ ruleId: row.rule_id, name: row.name, days: row.days, match: row.match }))
}

/** Replaces the rules; what was due by a rule that is gone or changed goes with it, and is worked out anew by a job. */
export async function writeCycleRules(transaction: Transaction, rules: readonly CycleRule[]): Promise<void> {
  await transaction.query('delete from rhythm.cycle_rule')
  for (const rule of rules) {
    await transaction.query('insert into rhythm.cycle_rule (rule_id, name, days, match) values ($1, $2, $3, $4)', [
      rule.ruleId,
      rule.name,
      rule.days,
      JSON.stringify(rule.match),
    ])
  }
  await transaction.query('delete from rhythm.cycle_due where not (rule_id = any($1))', [
    rules.map(rule => rule.ruleId),
  ])
}

/** Moves the cycles on for a batch of purchases; costs one small read where no rule is set. */
export async function foldCycles(
  transaction: Transaction,
  events: readonly RecordedEvent[],
  place: Place,
): Promise<void> {
  const rules = await readCycleRules(transaction)
  if (rules.length === 0) return
  const starts = cycleStarts(events, rules, await categoriesFor(transaction, rules, events), place.zone)
  await upsertStarts(transaction, starts)
}

/** Works the cycles of these parties out again from the log. What was noted of a cycle that still stands stays noted. */
export async function refoldCycles(
  house: House,
  transaction: Transaction,
  partyIds: readonly string[],
  place: Place,
): Promise<void> {
  const rules = await readCycleRules(transaction)
  if (rules.length === 0) return
  const events = await house.events.history(transaction, partyIds, ['purchase.recorded'])
  const starts = cycleStarts(events, rules, await categoriesFor(transaction, rules, events), place.zone)
  await transaction.query(
    `delete from rhythm.cycle_due c where c.party_id = any($1)
       and not exists (select from unnest($2::uuid[], $3::uuid[]) as t (p, r) where t.p = c.party_id and t.r = c.rule_id)`,
    [partyIds, starts.map(start => start.partyId), starts.map(start => start.ruleId)],
  )
  await upsertStarts(transaction, starts, 'exactly')
}

async function upsertStarts(
  transaction: Transaction,
  starts: readonly CycleStart[],
  mode: 'forward' | 'exactly' = 'forward',
): Promise<void> {
  if (starts.length === 0) return
  await transaction.query(
    `insert into rhythm.cycle_due as c (party_id, rule_id, last_on, due_on)
     select * from unnest($1::uuid[], $2::uuid[], $3::date[], $4::date[])
     on conflict (party_id, rule_id) do update set last_on = excluded.last_on, due_on = excluded.due_on
     where ${mode === 'exactly' ? '(c.last_on, c.due_on) <> (excluded.last_on, excluded.due_on)' : 'c.last_on < excluded.last_on'}`,
    [
      starts.map(start => start.partyId),
      starts.map(start => start.ruleId),
      starts.map(start => start.lastOn),
      starts.map(start => start.dueOn),
    ],
  )
}

async function categoriesFor(queryable: Queryable, rules: readonly CycleRule[], events: readonly RecordedEvent[]) {
  const wanted = rules.flatMap(rule => (rule.match.kind === 'category' ? [rule.match.value] : []))
  if (wanted.length === 0) return new Map<string, string>()
  const skus = new Set(
    events.flatMap(event => (event.payload as { lines?: readonly PurchaseLine[] }).lines?.map(line => line.sku) ?? []),
  )
  const rows = await queryable.query<{ sku: string; category: string }>(
    'select sku, category from catalogue.product where sku = any($1) and category = any($2)',
    [[...skus], wanted],
  )
  return new Map(rows.map(row => [row.sku, row.category]))
}
