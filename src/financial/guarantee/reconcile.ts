import type { Transaction } from '#kernel/database/index.ts'
import type { NewEvent } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { digest } from '#kernel/ledger/index.ts'
import { holdersKnownTo, profileIdsKnownTo } from '#kernel/parties/index.ts'
import { minutesTaken } from './calendar.ts'
import { type Case, casesOf, type Ground } from './cases.ts'
import { type Breach, compensate, retract } from './compensate.ts'
import { readFacts, readGround } from './facts.ts'
import { judgeAt, stateOf } from './judge.ts'
import * as store from './store.ts'
import type { PromiseTerms } from './terms.ts'

/** The same promise to the same customer about the same thing is the same case, on every machine and after every undo. */
export function caseIdOf({
  partyId,
  promiseId,
  reference,
}: Pick<store.StoredCase, 'partyId' | 'promiseId' | 'reference'>) {
  return digest(`promise ${promiseId} ${partyId} ${reference}`)
}

/**
 * Works out the cases of these customers from the log and compares them with what is kept: only what changed is written. What
 * breaks is compensated in the same transaction. Run again it changes nothing, and in whatever order the facts arrived the
 * cases are the same. Returns the events that follow.
 */
export async function reconcile(house: House, transaction: Transaction, named: readonly string[]): Promise<NewEvent[]> {
  const editions = await store.readEditions(transaction)
  if (editions.length === 0 || named.length === 0) return []
  const holders = await holdersKnownTo(house, transaction, named)
  const partyIds = [...new Set(named.map(id => holders.get(id) ?? id))].sort()
  // What a profile was promised that was merged since stays with it, and is one case with what is known now.
  const profileIds = await profileIdsKnownTo(house, transaction, partyIds)
  const all = [...profileIds.values()].flat()
  await store.lockCustomers(transaction, all)
  const ground = await readGround(house, transaction, editions, partyIds)
  const facts = await readFacts(transaction, partyIds, editions)
  const stored = Map.groupBy(await store.readCases(transaction, all), each => each.partyId)
  const claims = new Map((await store.readClaims(transaction, all)).map(each => [each.caseId, each]))
  const terms = new Map(editions.map(edition => [edition.editionId, edition.terms!]))
  const zones = new Map(editions.map(edition => [edition.editionId, edition.zone]))
  const now = house.clock.now()
  const changes: Changes = { written: [], gone: [], broken: [], unpaid: [], events: [] }
  for (const partyId of partyIds) {
    const theirs = profileIds.get(partyId)!
    const known = new Map(theirs.flatMap(id => stored.get(id) ?? []).map(each => [each.caseId, each]))
    const situation = { now, claims, ground: ground.of(partyId), zones }
    const told = facts.get(partyId) ?? []
    // A promise is made to the profile by which its order came, so that nothing of it moves when profiles are separated.
    const profileOf = new Map(told.map(fact => [fact.eventId, fact.profileId]))
    for (const derived of casesOf(editions, told, situation.ground)) {
      const before = theirs.map(id => known.get(caseIdOf({ partyId: id, ...derived }))).find(each => each !== undefined)
      const ownerId = before?.partyId ?? profileOf.get(derived.startEventId)!
      const caseId = before?.caseId ?? caseIdOf({ partyId: ownerId, ...derived })
      known.delete(caseId)
      take(
        changes,
        before,
        settled({ partyId: ownerId, caseId, derived, before }, terms.get(derived.editionId)!, situation),
        {
          terms: terms.get(before?.editionId ?? derived.editionId)!,
          claim: claims.get(caseId),
        },
      )
    }
    // What no fact speaks of any more: what was broken and paid stays so, and a claim that waits is not forgotten.
    for (const each of known.values()) {
      if (each.startEventId === null) continue
      if (each.state !== 'broken') {
        if (claims.has(each.caseId)) changes.written.push(withoutFacts(each))
        else changes.gone.push(each)
      } else if (each.lateEvidence === null)
        take(
          changes,
          each,
          { ...each, lateEvidence: 'gone', lateEvidenceAt: now },
          {
            terms: terms.get(each.editionId)!,
            claim: claims.get(each.caseId),
          },
        )
    }
  }
  const { gone, unpaid, events } = changes
  const retracted = await retract(house, transaction, unpaid)
  const settledElsewhere = await store.compensatedElsewhere(
    transaction,
    changes.broken.map(({ theirs }) => theirs),
  )
  const written = changes.written.filter(each => !settledElsewhere.has(each.caseId))
  const broken = changes.broken.filter(({ theirs }) => !settledElsewhere.has(theirs.caseId))
  await store.deleteCases(transaction, gone)
  await store.writeCases(transaction, written)
  const compensated = await compensate(house, transaction, broken)
  if (written.length + gone.length > 0) await house.live.announce(transaction, ['promises'])
  return [...events, ...compensated, ...retracted]
}

interface Changes {
  readonly written: store.StoredCase[]
  readonly gone: store.StoredCase[]
  readonly broken: Breach[]
  readonly unpaid: store.StoredCase[]
  readonly events: NewEvent[]
}

/** Notes what became of one case: kept, broken, or found later not to have been broken. */
function take(
  changes: Changes,
  before: store.StoredCase | undefined,
  after: store.StoredCase,
  { terms, claim }: { terms: PromiseTerms; claim: store.StoredClaim | undefined },
): void {
  if (before && isSame(before, after)) return
  changes.written.push(after)
  const { partyId, caseId, promiseId, reference } = after
  const payload = { promiseId, caseId, reference }
  if (after.state === 'kept' && before?.state !== 'kept') {
    const keys = [['promise', caseId, 'kept']]
    changes.events.push({ kind: 'promise.kept', partyId, occurredAt: after.decidedAt!, payload, keys })
  }
  if (after.stoppedAt && !before?.stoppedAt && terms.subject === 'delivery') {
    changes.events.push({
      kind: 'delivery.arrived',
      partyId,
      occurredAt: after.stoppedAt,
      payload: { orderRef: reference, late: after.dueAt !== null && after.stoppedAt > after.dueAt },
      keys: [['promise', caseId, 'arrived']],
    })
  }
  if (after.state === 'broken' && before?.state !== 'broken')
    changes.broken.push({ theirs: after, terms, origin: claim?.origin ?? 'facts', isBelieved: false })
  if (after.lateEvidence !== null && (before?.lateEvidence ?? null) === null) {
    const said = { ...payload, found: after.lateEvidence }
    const keys = [['promise', caseId, 'late-evidence']]
    changes.events.push({
      kind: 'promise.late-evidence',
      partyId,
      occurredAt: after.lateEvidenceAt!,
      payload: said,
      keys,
    })
    if (terms.lateEvidence === 'retract-unpaid') changes.unpaid.push(after)
  }
}

interface Situation {
  readonly now: Date
  readonly claims: ReadonlyMap<string, store.StoredClaim>
  readonly ground: Ground
  readonly zones: ReadonlyMap<string, string>
}

/** A case as it stands now. What was broken stays broken; a deadline that runs stays where it is. */
function settled(
  given: { partyId: string; caseId: string; derived: Case; before: store.StoredCase | undefined },
  terms: PromiseTerms,
  { now, claims, ground, zones }: Situation,
): store.StoredCase {
  const { partyId, caseId, before } = given
  const isRunning = before?.startEventId === given.derived.startEventId && before.dueAt !== null
  const derived = isRunning ? { ...given.derived, dueAt: before.dueAt.getTime() } : given.derived
  const { judged } = terms
  const zone = zones.get(derived.editionId)!
  const seen = {
    partyId,
    caseId,
    promiseId: derived.promiseId,
    editionId: derived.editionId,
    reference: derived.reference,
    merchant: derived.merchant,
    orderMinor: derived.order?.amountMinor ?? null,
    orderCurrency: derived.order?.currency ?? null,
    startedAt: new Date(derived.startedAt),
    startEventId: derived.startEventId,
    dueAt: dateOf(derived.dueAt),
    judgeAt: new Date(judgeAt(derived, terms)),
    stoppedAt: dateOf(derived.stoppedAt),
    stopEventId: derived.stopEventId,
    minutesTaken:
      judged.kind === 'timed' && derived.stoppedAt !== null
        ? minutesTaken(judged.clock, derived.startedAt, derived.stoppedAt, { zone, calendars: ground.calendars })
        : null,
  }
  const state = stateOf(derived, terms, now.getTime())
  if (before?.state === 'broken') {
    // Somebody who had seen the evidence granted it all the same: nothing new was learned.
    const isDecided = (claims.get(caseId)?.decidedBy ?? null) !== null
    const found = isDecided || (state !== 'kept' && state !== 'void') ? null : state
    const isByFacts = before.reason === 'late' || before.reason === 'missing'
    return {
      ...seen,
      // What it gave goes by the edition that it was judged by.
      editionId: before.editionId,
      state: 'broken',
      decidedAt: before.decidedAt,
      brokenAt: before.brokenAt,
      detectedAt: before.detectedAt,
      reason: isByFacts ? lateOrMissing(derived) : before.reason,
      lateEvidence: before.lateEvidence ?? found,
      lateEvidenceAt: before.lateEvidenceAt ?? (found && now),
    }
  }
  const brokenAt = state === 'broken' ? new Date(derived.dueAt ?? derived.startedAt) : null
  return {
    ...seen,
    state,
    decidedAt: state === 'kept' ? seen.stoppedAt : brokenAt,
    brokenAt,
    detectedAt: brokenAt && now,
    reason: brokenAt && (derived.dueAt === null ? 'reported' : lateOrMissing(derived)),
    lateEvidence: null,
    lateEvidenceAt: null,
  }
}

/** What is left of a case whose facts were withdrawn while somebody claims it: the claim. */
function withoutFacts(each: store.StoredCase): store.StoredCase {
  const nothing = { startedAt: null, startEventId: null, dueAt: null, judgeAt: null }
  const stop = { stoppedAt: null, stopEventId: null, minutesTaken: null, decidedAt: null }
  return { ...each, ...nothing, ...stop, state: each.state === 'void' ? 'void' : 'open' }
}

function lateOrMissing({ stoppedAt }: Case): 'late' | 'missing' {
  return stoppedAt === null ? 'missing' : 'late'
}

function dateOf(instant: number | null): Date | null {
  return instant === null ? null : new Date(instant)
}

function isSame(one: store.StoredCase, other: store.StoredCase): boolean {
  return Object.entries(one).every(([field, value]) => {
    const theirs = other[field as keyof store.StoredCase]
    return value instanceof Date && theirs instanceof Date ? value.getTime() === theirs.getTime() : value === theirs
  })
}
