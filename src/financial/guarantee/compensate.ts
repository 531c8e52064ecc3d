import { addDays, localDay } from '#kernel/clock/index.ts'
import type { Transaction } from '#kernel/database/index.ts'
import type { NewEvent } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { type AssetKind, declareAsset, type Instruction, type PostingRequest, post } from '#kernel/ledger/index.ts'
import { assert } from '#kernel/refusal.ts'
import { type NewTask, openTasks, withdrawTasks } from '#kernel/tasks/index.ts'
import { type Owed, owedFor } from './judge.ts'
import * as store from './store.ts'
import { type BothLanguages, type PromiseTerms, settingsName } from './terms.ts'

export const author = { actor: 'financial/guarantee' } as const
const expense = 'expense:guarantee'
export const payable = 'payable:guarantee'

/** A case that was found broken, and who said so. */
export interface Breach {
  readonly theirs: store.StoredCase
  readonly terms: PromiseTerms
  readonly origin: store.StoredClaim['origin']
  readonly isBelieved: boolean
  /** Set where a person, or nobody in time, decided about a claim. */
  readonly decidedBy?: string
}

/**
 * Pays for broken promises in the transaction that finds them broken: the claim, the postings, the row that says what is owed, and the
 * task to tell the customer, once for each case. Store credit, points and rights are given at once; money that leaves the house is
 * owed at once and has a day. Returns the events that follow.
 */
export async function compensate(
  house: House,
  transaction: Transaction,
  breaches: readonly Breach[],
): Promise<NewEvent[]> {
  if (breaches.length === 0) return []
  const now = house.clock.now()
  const { zone, language } = await house.settings.business(transaction)
  const today = localDay(now, zone)
  const claims = await store.readClaims(
    transaction,
    breaches.map(({ theirs }) => theirs.partyId),
  )
  // Somebody may have been looking at a claim that the facts have decided meanwhile.
  const asked = claims.filter(
    claim => claim.taskId !== null && breaches.some(({ theirs }) => theirs.caseId === claim.caseId),
  )
  await withdrawTasks(
    transaction,
    house,
    asked.map(({ partyId, taskId }) => ({ partyId, taskId: taskId! })),
  )
  await store.writeClaims(
    transaction,
    breaches.map(breach => grantedClaim(breach, now)),
  )
  const due = breaches.map(breach => ({ ...breach, owed: owedFor(breach.terms.compensation, orderOf(breach.theirs)) }))
  await declareAssets(
    house,
    transaction,
    due.map(({ owed }) => owed),
  )
  const outcomes = await post(house, transaction, due.flatMap(requestFor))
  let at = 0
  const posted = due.map(({ owed }) => {
    if (owed.asset === null) return null
    const [outcome] = outcomes[at++]!
    assert(outcome?.state === 'posted', 'what is owed for a broken promise is posted, once')
    return outcome.transactionId
  })
  const taskIds = await openTasks(
    transaction,
    house,
    due.map(({ theirs, terms, owed }) => taskFor(theirs, terms, owed, { today, language })),
  )
  await store.insertCompensations(
    transaction,
    due.map(({ theirs, terms, owed }, index) => {
      const isGiven = owed.by === 'at-once'
      return {
        partyId: theirs.partyId,
        caseId: theirs.caseId,
        kind: owed.kind,
        asset: owed.asset,
        amount: owed.amount,
        worthMinor: owed.worthMinor,
        currency: owed.currency,
        state: isGiven ? ('paid' as const) : ('owed' as const),
        owedAt: now,
        dueOn: isGiven ? null : addDays(today, terms.payWithinDays),
        paidAt: isGiven ? now : null,
        paidBy: isGiven ? ('at-once' as const) : null,
        paymentReference: null,
        transactionId: posted[index]!,
        taskId: taskIds[index]!,
      }
    }),
  )
  await house.live.announce(transaction, ['promises', 'ledger', 'points'])
  return due.flatMap(({ theirs, owed }) => [
    {
      kind: 'promise.breached',
      partyId: theirs.partyId,
      occurredAt: theirs.brokenAt!,
      payload: { promiseId: theirs.promiseId, caseId: theirs.caseId, reference: theirs.reference },
      keys: [['promise', theirs.caseId, 'breached']],
    },
    ...(owed.by === 'at-once' ? [compensated(theirs, { ...owed, by: 'at-once' }, now)] : []),
  ])
}

/** That the customer has what was owed: said once, whichever way it went. */
export function compensated(
  theirs: Pick<store.StoredCase, 'partyId' | 'promiseId' | 'caseId'>,
  { kind, asset, amount, by }: Pick<Owed, 'kind' | 'asset' | 'amount'> & { readonly by: string },
  occurredAt: Date,
): NewEvent {
  return {
    kind: 'promise.compensated',
    partyId: theirs.partyId,
    occurredAt,
    payload: { promiseId: theirs.promiseId, caseId: theirs.caseId, kind, asset, amount, by },
    keys: [['promise', theirs.caseId, 'compensated']],
  }
}

function grantedClaim({ theirs, origin, isBelieved, decidedBy }: Breach, now: Date): store.StoredClaim {
  const { partyId, caseId } = theirs
  return {
    partyId,
    caseId,
    origin,
    state: 'granted',
    isBelieved,
    claimedAt: now,
    answerBy: null,
    decidedAt: now,
    decidedBy: decidedBy ?? null,
    taskId: null,
  }
}

function orderOf({ orderMinor, orderCurrency }: store.StoredCase) {
  return orderMinor === null || orderCurrency === null ? null : { amountMinor: orderMinor, currency: orderCurrency }
}

const assetKinds: Readonly<Record<'points' | 'money' | 'right', AssetKind>> = {
  points: 'points',
  money: 'money',
  right: 'right',
}

async function declareAssets(house: House, transaction: Transaction, owed: readonly Owed[]): Promise<void> {
  const kinds = new Map(
    owed.flatMap(each =>
      each.kind === 'apology' || each.asset === null ? [] : [[each.asset, assetKinds[each.kind]] as const],
    ),
  )
  for (const [asset, kind] of kinds) await declareAsset(house, transaction, asset, kind)
}

/** Owed first, then given where it is given at once: both stand in the books, whatever it was (LEDGER P18). */
function requestFor({ theirs, owed }: { theirs: store.StoredCase; owed: Owed }): PostingRequest[] {
  if (owed.asset === null) return []
  const { partyId, caseId } = theirs
  const common = { partyId, asset: owed.asset, amount: owed.amount, occurredAt: theirs.brokenAt!.getTime() }
  const book: Instruction = {
    ...common,
    key: `promise ${caseId} owed`,
    act: 'book',
    code: 'compensate',
    from: expense,
    to: payable,
  }
  return [{ instructions: owed.by === 'at-once' ? [book, giveInstruction(caseId, common)] : [book], author }]
}

/** From what is owed into the customer's own account. */
export function giveInstruction(
  caseId: string,
  common: Pick<Instruction, 'partyId' | 'asset' | 'occurredAt'> & { readonly amount: number },
): Instruction {
  const source = `promise/${caseId}`
  return { ...common, key: `promise ${caseId} given`, act: 'issue', from: payable, issuer: 'house', source }
}

/** Higher than any other reason to call: whoever was let down is told first. */
const firstOfAll = 1e12

function taskFor(
  theirs: store.StoredCase,
  terms: PromiseTerms,
  owed: Owed,
  { today, language }: { today: string; language: string },
): NewTask {
  const what = owed.kind === 'money' ? (owed.by === 'transfer' ? 'transfer' : 'credit') : owed.kind
  const hasReference = theirs.reference !== theirs.startEventId && terms.judged.kind !== 'state'
  return {
    partyId: theirs.partyId,
    programme: settingsName,
    wordsKey: `guarantee:why.${what}`,
    words: {
      standard: saidIn(terms.standard, language),
      reference: hasReference ? ` (${theirs.reference})` : '',
      count: owed.amount,
      ...(owed.kind === 'money' && { money: { amountMinor: owed.amount, currency: owed.currency! } }),
    },
    suggestionKey: 'guarantee:step.call',
    ownerId: terms.ownerId,
    dueOn: today,
    rank: firstOfAll + owed.worthMinor,
  }
}

/** Example: in Chinese where there is Chinese, otherwise whatever was written. */
export function saidIn({ en, zh }: BothLanguages, language: string): string {
  return (language.startsWith('zh') ? zh || en : en || zh) || en
}

/** It was kept after all. What was paid stays paid; where the promise says so, what is only owed is owed no more. */
export async function retract(
  house: House,
  transaction: Transaction,
  cases: readonly store.StoredCase[],
): Promise<NewEvent[]> {
  if (cases.length === 0) return []
  const now = house.clock.now()
  const events: NewEvent[] = []
  for (const theirs of cases) {
    const { partyId, caseId, promiseId } = theirs
    const compensation = await store.lockCompensation(transaction, partyId, caseId)
    if (compensation?.state !== 'owed' || compensation.asset === null) continue
    const { asset, amount, taskId } = compensation
    const key = `promise ${caseId} retracted`
    const moved = { act: 'book', code: 'retract', from: payable, to: expense, amount } as const
    const instruction: Instruction = { ...moved, key, partyId, asset, occurredAt: now.getTime() }
    const [outcomes] = await post(house, transaction, [{ instructions: [instruction], author }])
    assert(outcomes![0]!.state === 'posted', 'what is only owed can be retracted, once')
    const nothing = { paidAt: null, paidBy: null, paymentReference: null }
    await store.settleCompensation(transaction, compensation, { state: 'retracted', ...nothing })
    if (taskId) await withdrawTasks(transaction, house, [{ partyId, taskId }])
    events.push({
      kind: 'promise.retracted',
      partyId,
      occurredAt: now,
      payload: { promiseId, caseId, amount, asset },
      keys: [['promise', caseId, 'retracted']],
    })
  }
  return events
}
