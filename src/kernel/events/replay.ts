import type { House } from '#kernel/house.ts'
import type { Caller } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import type { RepairName } from './contract.ts'
import type { EventSource } from './event.ts'
import { replay } from './ingest.ts'
import { fromBrowser } from './message.ts'
import { type KeptProblem, readProblem, waitingProblems } from './problem.ts'
import { messageOf, repaired, repairsFor, withItsName } from './repair.ts'

const atOnce = 500
const atMost = 5000

/**
 * Sends one problem again, as it is or as edited. What a web page said of money is then said by whoever sends it: it is recorded as
 * theirs.
 */
export async function replayOne(house: House, caller: Caller, problemId: string, edited?: string) {
  const problem = await readProblem(house.database, problemId)
  if (!problem) throw refuse('not-found', 'events:refusal.problem-unknown')
  if (problem.state === 'replayed') throw refuse('conflict', 'events:refusal.problem-settled')
  if (problem.state === 'dismissed') throw refuse('conflict', 'events:refusal.problem-dismissed')
  const message = edited === undefined ? messageOf(problem) : parsed(edited)
  const [outcome] = await replay(house, [problem], [withItsName(message, problem)], authorityOf(problem, caller))
  const { what, refusal } = outcome!
  return refusal
    ? { outcome: 'problem' as const, code: refusal.code, details: refusal.details, place: refusal.place }
    : { outcome: what }
}

function authorityOf({ code }: KeptProblem, caller: Caller): EventSource | undefined {
  if (code !== fromBrowser) return undefined
  if (caller.kind !== 'staff' && caller.kind !== 'key') throw refuse('forbidden', 'access:refusal.not-allowed')
  return { sourceId: caller.id, kind: caller.kind }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw refuse('invalid', 'events:refusal.not-json', {}, [{ path: 'event', code: 'events:refusal.not-json' }])
  }
}

/** Sends every waiting problem of one cause again after the same repair, in pieces, oldest first. */
export async function replayAll(
  house: House,
  wish: { code: string; repair: RepairName; currency?: string | undefined },
) {
  if (repairsFor(wish.code).length === 0) throw refuse('forbidden', 'events:refusal.one-by-one')
  const currency = wish.currency ?? (await house.settings.business()).currency
  if (!Intl.supportedValuesOf('currency').includes(currency)) throw refuse('invalid', 'events:refusal.currency')
  const tally = { accepted: 0, duplicates: 0, stillWaiting: 0 }
  let after: string | undefined
  let tried = 0
  while (tried < atMost) {
    const problems = await waitingProblems(house.database, { code: wish.code, after }, atOnce)
    if (problems.length === 0) break
    after = problems.at(-1)!.problemId
    tried += problems.length
    const messages = problems.map(problem =>
      withItsName(repaired(messageOf(problem), wish.repair, { receivedAt: problem.receivedAt, currency }), problem),
    )
    for (const { what, refusal } of await replay(house, problems, messages)) {
      if (refusal) tally.stillWaiting++
      else if (what === 'accepted') tally.accepted++
      else tally.duplicates++
    }
  }
  const left = tried < atMost ? 0 : (await waitingProblems(house.database, { code: wish.code, after }, atMost)).length
  return { ...tally, untried: left }
}
