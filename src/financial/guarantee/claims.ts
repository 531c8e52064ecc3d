import { addDays, localDay } from '#kernel/clock/index.ts'
import type { Transaction } from '#kernel/database/index.ts'
import { type EventSource, type NewEvent, systemSource } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import type { Caller } from '#kernel/operation.ts'
import { personOf } from '#kernel/parties/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { openTask, withdrawTasks } from '#kernel/tasks/index.ts'
import { type Case, editionAt, purchaseNamed } from './cases.ts'
import { compensate, saidIn } from './compensate.ts'
import { readFacts } from './facts.ts'
import { judgeClaim, owedFor } from './judge.ts'
import { caseIdOf, reconcile } from './reconcile.ts'
import * as store from './store.ts'
import { type PromiseTerms, settingsName } from './terms.ts'

const year = 365 * 86_400_000

export interface Asked {
  readonly partyId: string
  readonly promiseId: string
  readonly reference: string | undefined
}

export type ClaimOutcome = 'granted' | 'waiting' | 'running' | 'known' | 'declined'

/**
 * Takes a claim in and answers it at once, unless the facts contradict it; then a person looks at it, with a time to answer in. However often
 * it is sent, it is one claim of one case.
 */
export async function claim(
  house: House,
  caller: Caller,
  asked: Asked,
): Promise<{ outcome: ClaimOutcome; caseId: string }> {
  const { promiseId } = asked
  const now = house.clock.now()
  return await house.database.transaction(async transaction => {
    await requireParty(transaction, asked.partyId)
    const { holderId: partyId, profileIds } = await personOf(transaction, asked.partyId)
    const editions = (await store.readEditions(transaction)).filter(each => each.promiseId === promiseId)
    const followed = await reconcile(house, transaction, [partyId])
    await house.events.record(transaction, systemSource, followed)
    await store.lockCustomers(transaction, profileIds)
    const theirs = (await store.readCases(transaction, profileIds)).filter(each => each.promiseId === promiseId)
    const { zone, language } = await house.settings.business(transaction)
    const today = localDay(now, zone)
    const current = editionAt(editions, now.getTime())
    const reference = asked.reference ?? usualReference(current?.terms ?? null, theirs, today)
    const known = theirs.find(each => each.reference === reference)
    const edition = editions.find(each => each.editionId === known?.editionId) ?? current
    if (!edition?.terms) throw refuse('not-found', 'guarantee:refusal.no-such-promise')
    if (reference === undefined) throw refuse('invalid', 'guarantee:refusal.reference-needed')
    const { terms } = edition
    const orderOf = async () =>
      purchaseNamed((await readFacts(transaction, [partyId], editions)).get(partyId) ?? [], reference)
    const caseId = known?.caseId ?? caseIdOf({ partyId, promiseId, reference })
    const before = (await store.readClaims(transaction, profileIds)).find(each => each.caseId === caseId)
    if (before && before.state !== 'granted') return { outcome: before.state, caseId }
    const by = caller.kind === 'member' ? 'customer' : 'staff'
    const row =
      known ?? unheardOf({ partyId, caseId, promiseId, editionId: edition.editionId, reference }, await orderOf())
    const order =
      row.orderMinor === null || row.orderCurrency === null
        ? null
        : { amountMinor: row.orderMinor, currency: row.orderCurrency }
    const verdict = judgeClaim(
      {
        known: known ? { state: known.state, dueAt: known.dueAt?.getTime() ?? null } : null,
        by,
        now: now.getTime(),
        worthMinor: owedFor(terms.compensation, order).worthMinor,
        believed: await store.believedSince(transaction, profileIds, new Date(now.getTime() - year)),
      },
      terms,
    )
    if (verdict === 'known' || verdict === 'running') return { outcome: verdict, caseId }
    const source: EventSource = caller.kind === 'nobody' ? systemSource : { sourceId: caller.id, kind: caller.kind }
    const said = { promiseId, caseId, reference, by }
    await house.events.record(transaction, source, [
      {
        kind: 'promise.claimed',
        partyId: row.partyId,
        occurredAt: now,
        payload: said,
        keys: [['promise', caseId, 'claimed']],
      },
    ])
    if (verdict === 'grant') {
      const isBelieved = by === 'customer' && (known === undefined || known.dueAt === null)
      const broken = brokenNow(row, now, 'claimed')
      await store.writeCases(transaction, [broken])
      const events = await compensate(house, transaction, [{ theirs: broken, terms, origin: by, isBelieved }])
      await house.events.record(transaction, systemSource, events)
      await house.live.announce(transaction, ['promises'])
      return { outcome: 'granted', caseId }
    }
    const answerBy = new Date(now.getTime() + terms.claims.answerWithinHours * 3_600_000)
    await store.writeCases(transaction, [row])
    const taskId = await openTask(transaction, house, {
      partyId: row.partyId,
      programme: settingsName,
      wordsKey: 'guarantee:why.claim',
      words: { standard: saidIn(terms.standard, language), reference: asked.reference ? ` (${asked.reference})` : '' },
      suggestionKey: 'guarantee:step.decide',
      ownerId: terms.ownerId,
      dueOn: localDay(answerBy, zone) > today ? addDays(localDay(answerBy, zone), -1) : today,
      rank: 1e12,
    })
    await store.writeClaims(transaction, [
      {
        partyId: row.partyId,
        caseId,
        origin: by,
        state: 'waiting',
        isBelieved: false,
        claimedAt: now,
        answerBy,
        decidedAt: null,
        decidedBy: null,
        taskId,
      },
    ])
    await house.live.announce(transaction, ['promises'])
    return { outcome: 'waiting', caseId }
  })
}

/**
 * What is meant where nothing is named: what runs or ran last; for a promise without a clock, this day: so two
 * clicks are one claim.
 */
function usualReference(
  terms: PromiseTerms | null,
  theirs: readonly store.StoredCase[],
  today: string,
): string | undefined {
  if (terms?.judged.kind === 'state') return today
  const byStart = [...theirs].sort((one, other) => (other.startedAt?.getTime() ?? 0) - (one.startedAt?.getTime() ?? 0))
  return (byStart.find(each => each.state === 'open') ?? byStart[0])?.reference
}

/** A case of which the facts say nothing. */
function unheardOf(
  named: Pick<store.StoredCase, 'partyId' | 'caseId' | 'promiseId' | 'editionId' | 'reference'>,
  order: Case['order'],
): store.StoredCase {
  return {
    ...named,
    merchant: null,
    orderMinor: order?.amountMinor ?? null,
    orderCurrency: order?.currency ?? null,
    state: 'open',
    startedAt: null,
    startEventId: null,
    dueAt: null,
    judgeAt: null,
    stoppedAt: null,
    stopEventId: null,
    minutesTaken: null,
    decidedAt: null,
    brokenAt: null,
    detectedAt: null,
    reason: null,
    lateEvidence: null,
    lateEvidenceAt: null,
  }
}

function brokenNow(row: store.StoredCase, now: Date, reason: 'claimed' | 'unanswered'): store.StoredCase {
  const brokenAt = row.state === 'open' && row.dueAt !== null ? row.dueAt : now
  return { ...row, state: 'broken', brokenAt, detectedAt: now, decidedAt: brokenAt, reason }
}

/** Grants or declines a claim that waits; a granted one is paid at once. */
export async function decide(
  house: House,
  caller: Caller,
  { partyId, caseId, decision }: { partyId: string; caseId: string; decision: 'grant' | 'decline' },
): Promise<void> {
  await house.database.transaction(async transaction => {
    await store.lockCustomers(transaction, [partyId])
    const waiting = (await store.readClaims(transaction, [partyId])).find(each => each.caseId === caseId)
    if (!waiting) throw refuse('not-found', 'guarantee:refusal.no-such-case')
    if (waiting.state !== 'waiting') throw refuse('conflict', 'guarantee:refusal.not-waiting')
    const decidedBy = caller.kind === 'nobody' ? 'nobody' : `${caller.kind}:${caller.id}`
    const events =
      decision === 'grant'
        ? await grant(house, transaction, [waiting], { decidedBy, reason: 'claimed' })
        : await decline(house, transaction, waiting, decidedBy)
    await house.events.record(transaction, systemSource, events)
    await house.live.announce(transaction, ['promises'])
  })
}

/** Silence is consent: whoever was not answered in time is believed. */
export async function grantUnanswered(
  house: House,
  transaction: Transaction,
  partyIds: readonly string[],
): Promise<NewEvent[]> {
  const now = house.clock.now()
  const waiting = (await store.readClaims(transaction, partyIds)).filter(
    each => each.state === 'waiting' && each.answerBy !== null && each.answerBy <= now,
  )
  return await grant(house, transaction, waiting, { decidedBy: 'silence', reason: 'unanswered' })
}

async function grant(
  house: House,
  transaction: Transaction,
  claims: readonly store.StoredClaim[],
  { decidedBy, reason }: { decidedBy: string; reason: 'claimed' | 'unanswered' },
): Promise<NewEvent[]> {
  if (claims.length === 0) return []
  const now = house.clock.now()
  const partyIds = claims.map(each => each.partyId)
  const terms = new Map((await store.readEditions(transaction)).map(each => [each.editionId, each.terms!]))
  const cases = new Map((await store.readCases(transaction, partyIds)).map(each => [each.caseId, each]))
  const breaches = claims.map(({ caseId, origin }) => {
    const theirs = brokenNow(cases.get(caseId)!, now, reason)
    return { theirs, terms: terms.get(theirs.editionId)!, origin, isBelieved: false, decidedBy }
  })
  await store.writeCases(
    transaction,
    breaches.map(breach => breach.theirs),
  )
  return await compensate(house, transaction, breaches)
}

async function decline(
  house: House,
  transaction: Transaction,
  waiting: store.StoredClaim,
  decidedBy: string,
): Promise<NewEvent[]> {
  const { partyId, caseId, taskId } = waiting
  const now = house.clock.now()
  await store.writeClaims(transaction, [{ ...waiting, state: 'declined', answerBy: null, decidedAt: now, decidedBy }])
  if (taskId) await withdrawTasks(transaction, house, [{ partyId, taskId }])
  const theirs = (await store.readCases(transaction, [partyId])).find(each => each.caseId === caseId)!
  // Of what nothing but the claim was known, nothing is left.
  if (theirs.startEventId === null) await store.writeCases(transaction, [{ ...theirs, state: 'void', decidedAt: now }])
  const payload = { promiseId: theirs.promiseId, caseId, reference: theirs.reference }
  const keys = [['promise', caseId, 'declined']]
  return [{ kind: 'promise.declined', partyId, occurredAt: now, payload, keys }]
}

async function requireParty(transaction: Transaction, partyId: string): Promise<void> {
  const found = await transaction.query('select 1 from parties.party where party_id = $1', [partyId])
  if (found.length === 0) throw refuse('not-found', 'guarantee:refusal.no-such-party')
}
