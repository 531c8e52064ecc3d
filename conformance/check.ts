import { type Asked, Broken, type Case, cases } from './cases.ts'
import type { LoyaltySystem } from './system.ts'

export type Verdict = 'held' | 'broken' | 'not-run' | 'failed'

export interface Checked {
  readonly case: Case
  readonly verdict: Verdict
  /** What was found instead, what is missing, or why it could not be asked. */
  readonly why?: string
}

/** Asks a system for every case, one after the other; `start` must have been called. */
export async function check(system: LoyaltySystem, chosen: readonly Case[] = cases): Promise<Checked[]> {
  const checked: Checked[] = []
  for (const each of chosen) {
    const missing = each.needs.filter(need => !system.can.has(need))
    checked.push(
      missing.length > 0
        ? { case: each, verdict: 'not-run', why: `needs ${missing.join(', ')}` }
        : await ask(system, each),
    )
  }
  return checked
}

async function ask(system: LoyaltySystem, each: Case): Promise<Checked> {
  try {
    await each.run(system as unknown as Asked)
    return { case: each, verdict: 'held' }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { case: each, verdict: error instanceof Broken ? 'broken' : 'failed', why }
  }
}

const marks: Record<Verdict, string> = { held: '✓', broken: '✗', failed: '!', 'not-run': '–' }

/** A line for each case and one that sums up. */
export function report(system: Pick<LoyaltySystem, 'name'>, checked: readonly Checked[]): string {
  const lines = checked.flatMap(({ case: { id, rule, evidence }, verdict, why }) => {
    const line = `${marks[verdict]} ${id}: ${rule}`
    if (verdict === 'held') return [line]
    return [line, `    ${why}`, ...(verdict === 'not-run' ? [] : evidence.map(address => `    seen: ${address}`))]
  })
  const count = (verdict: Verdict) => checked.filter(each => each.verdict === verdict).length
  const sum = `${system.name}: ${count('held')} held, ${count('broken')} broken, ${count('failed')} could not be asked, ${count('not-run')} not run`
  return [...lines, '', sum].join('\n')
}
