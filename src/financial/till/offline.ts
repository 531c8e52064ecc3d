import { moneyAsset, planPayment, postAll, redeemedAt, spendPlanned, topUp } from '#financial/credit/index.ts'
import { localDay } from '#kernel/clock/index.ts'
import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { because, digest, type Instruction } from '#kernel/ledger/index.ts'
import { Refusal } from '#kernel/refusal.ts'
import { openTask } from '#kernel/tasks/index.ts'
import type { OfflineItem, offlineStates } from './contract.ts'
import { customerOf } from './customers.ts'
import { happenedAt } from './rules.ts'
import { readTillRules, recordSale } from './sale.ts'
import { creditCurrency, creditPayment, pointsAsset, pointsHold, type Till } from './uses.ts'

export interface Outcome {
  readonly itemId: string
  readonly state: (typeof offlineStates)[number]
  readonly missingPoints: number
  readonly missingMinor: number
  readonly code: string | null
}

interface Delivered {
  readonly item: OfflineItem
  readonly at: Date
}

/**
 * Takes in what a till did without a line: each item once, in the order of its time, each in a transaction of its own. However the
 * queue is cut, doubled or mixed up on the way, the balances end the same: what a customer used beyond what was there is owed back
 * up to the floor limit, and what lay beyond that too is taken from what comes next.
 */
export async function takeDelivery(
  house: House,
  given: { readonly items: readonly OfflineItem[]; readonly sentAt: Date; readonly till: Till },
): Promise<Outcome[]> {
  const { items, sentAt, till } = given
  const now = house.clock.now()
  const delivered = items.map(item => ({ item, at: happenedAt(new Date(item.at), { sentAt, now }) }))
  await house.events.ensureMonths(delivered.map(each => each.at))
  const inOrder = delivered.toSorted(
    (one, other) => one.at.getTime() - other.at.getTime() || (one.item.itemId < other.item.itemId ? -1 : 1),
  )
  const outcomes = new Map<string, Outcome>()
  const touched = new Set<string>()
  for (const each of inOrder) {
    const { itemId } = each.item
    try {
      const { partyId, outcome } = await takeIn(house, each, till)
      touched.add(partyId)
      outcomes.set(itemId, outcome)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      outcomes.set(itemId, { itemId, state: 'refused', missingPoints: 0, missingMinor: 0, code: error.code })
    }
  }
  for (const partyId of [...touched].sort()) await takeMissing(house, partyId, till)
  return items.map(({ itemId }) => outcomes.get(itemId)!)
}

async function takeIn(
  house: House,
  { item, at }: Delivered,
  till: Till,
): Promise<{ partyId: string; outcome: Outcome }> {
  return await house.database.transaction(async transaction => {
    const { partyId } = await customerOf(house, transaction, { named: item.customer, at })
    const known = await begin(house, transaction, { partyId, item, at, till })
    if (known) return { partyId, outcome: known }
    const missing = await carryOut(house, transaction, { partyId, item, at, till })
    const isPartly = missing.points + missing.minor > 0
    const outcome: Outcome = {
      itemId: item.itemId,
      state: isPartly ? 'partly' : 'applied',
      missingPoints: missing.points,
      missingMinor: missing.minor,
      code: missing.code ?? null,
    }
    await transaction.query(
      `update till.offline_item set state = $3, first_missing_points = $4, first_missing_minor = $5, missing_points = $4,
         missing_minor = $5, currency = $6, code = $7 where party_id = $1 and item_id = $2`,
      [partyId, item.itemId, outcome.state, missing.points, missing.minor, missing.currency ?? null, outcome.code],
    )
    if (isPartly) await askSomebody(house, transaction, { partyId, missing })
    return { partyId, outcome }
  })
}

/** Claims the item's id for ever; where it was taken in before, its first answer. Two deliveries at once wait for each other here. */
async function begin(
  house: House,
  transaction: Transaction,
  { partyId, item, at, till }: Delivered & { readonly partyId: string; readonly till: Till },
): Promise<Outcome | undefined> {
  const { customer: _, at: __, ...said } = item
  const fingerprint = digest(JSON.stringify(Object.entries(said).sort(([one], [other]) => (one < other ? -1 : 1))))
  const [fresh] = await transaction.query(
    `insert into till.offline_item (party_id, item_id, fingerprint, kind, merchant, state, first_missing_points,
       first_missing_minor, missing_points, missing_minor, occurred_at, received_at)
     values ($1, $2, $3, $4, $5, 'applied', 0, 0, 0, 0, $6, $7) on conflict do nothing returning 1`,
    [partyId, item.itemId, fingerprint, item.kind, till.merchantId, at, house.clock.now()],
  )
  if (fresh) return undefined
  const [known] = await transaction.query<Outcome & { readonly fingerprint: string }>(
    `select fingerprint, item_id as "itemId", state, first_missing_points as "missingPoints",
       first_missing_minor as "missingMinor", code from till.offline_item where party_id = $1 and item_id = $2`,
    [partyId, item.itemId],
  )
  const { fingerprint: before, ...outcome } = known!
  if (before === fingerprint) return outcome
  return { itemId: item.itemId, state: 'refused', missingPoints: 0, missingMinor: 0, code: 'till:refusal.item-changed' }
}

interface Missing {
  readonly points: number
  readonly minor: number
  readonly currency?: string
  /** Why something was left alone, though the item counts as done. */
  readonly code?: string
}

const none: Missing = { points: 0, minor: 0 }

async function carryOut(
  house: House,
  transaction: Transaction,
  { partyId, item, at, till }: Delivered & { readonly partyId: string; readonly till: Till },
): Promise<Missing> {
  if (item.kind === 'top-up') {
    const { itemId, amountMinor, method } = item
    const { merchantId, actor } = till
    await topUp(house, transaction, { partyId, topUpId: itemId, amountMinor, method, merchantId, actor, takenAt: at })
    return none
  }
  if (item.kind === 'sale') {
    const { itemId, orderRef, amountMinor, taxMinor, lines, paidWithPointsMinor } = item
    const merchant = till.merchantId ?? undefined
    // Told by events before: the order is in the books, so there is nothing left to do.
    if ((await house.events.findOrder(transaction, { orderRef, merchant })) !== 'unseen')
      return { ...none, code: 'till:refusal.order-known' }
    const selling = { partyId, saleId: itemId, orderRef, amountMinor, taxMinor, lines, occurredAt: at, till }
    await recordSale(house, transaction, { ...selling, ...(paidWithPointsMinor && { paidWithPointsMinor }) })
    return none
  }
  const currency = item.creditMinor > 0 ? await creditCurrency(house, transaction) : undefined
  const minor =
    currency === undefined
      ? 0
      : await takeCredit(house, transaction, { partyId, currency, itemId: item.itemId, minor: item.creditMinor, till })
  const points =
    item.points === 0
      ? 0
      : await takePoints(house, transaction, { partyId, itemId: item.itemId, points: item.points, till })
  return { points, minor, ...(currency !== undefined && { currency }) }
}

interface Taking {
  readonly partyId: string
  readonly itemId: string
  readonly till: Till
  /** Tells a later attempt from the first. */
  readonly attempt?: string
}

/** Takes points as far as there are any, then on debt up to the floor limit; answers what is still missing. */
async function takePoints(
  house: House,
  transaction: Transaction,
  { partyId, itemId, till, points, attempt = '' }: Taking & { readonly points: number },
): Promise<number> {
  const { floorPoints } = await readTillRules(house, transaction)
  const have = await lockUsable(house, transaction, { partyId, asset: pointsAsset })
  const usesId = `${itemId}${attempt}`
  const said = { partyId, asset: pointsAsset, occurredAt: house.clock.now().getTime() }
  const to = redeemedAt(till.merchantId)
  const there = Math.min(points, have.available)
  const onDebt = Math.min(points - there, Math.max(0, floorPoints - have.debt))
  const instructions: Instruction[] = []
  if (there > 0) {
    const holdId = pointsHold(usesId)
    instructions.push({ ...said, key: `till offline ${usesId} points`, act: 'spend', holdId, amount: there, to })
  }
  if (onDebt > 0) {
    const key = `till offline ${usesId} points beyond`
    instructions.push({ ...said, key, act: 'overdraw', amount: onDebt, to, most: floorPoints })
  }
  await postAll(house, transaction, { actor: till.actor, reason: because('offline'), instructions })
  return points - there - onDebt
}

/** The same with stored money. */
async function takeCredit(
  house: House,
  transaction: Transaction,
  {
    partyId,
    itemId,
    till,
    minor,
    currency,
    attempt = '',
  }: Taking & { readonly minor: number; readonly currency: string },
): Promise<number> {
  const { floorCreditMinor } = await readTillRules(house, transaction)
  const asset = moneyAsset(currency)
  const usesId = `${itemId}${attempt}`
  const have = await lockUsable(house, transaction, { partyId, asset })
  const to = redeemedAt(till.merchantId)
  const planned = await planPayment(house, transaction, {
    partyId,
    currency,
    amountMinor: minor,
    paymentId: creditPayment(usesId),
    asFarAsThere: true,
  })
  const onDebt = Math.min(planned.missingMinor, Math.max(0, floorCreditMinor - have.debt))
  const instructions = spendPlanned(house, planned, to)
  if (onDebt > 0) {
    instructions.push({
      partyId,
      asset,
      occurredAt: house.clock.now().getTime(),
      key: `till offline ${usesId} money beyond`,
      act: 'overdraw',
      amount: onDebt,
      to,
      most: floorCreditMinor,
    })
  }
  await postAll(house, transaction, { actor: till.actor, reason: because('offline'), instructions })
  return planned.missingMinor - onDebt
}

/** What is there and what is owed, with everything booked that time has done; nobody else can change it before the end. */
async function lockUsable(
  house: House,
  transaction: Transaction,
  { partyId, asset }: { readonly partyId: string; readonly asset: string },
): Promise<{ available: number; debt: number }> {
  const now = house.clock.now()
  const read = () =>
    transaction.query<{ available: number; debt: number; dueAt: Date | null }>(
      `select available, debt, due_at as "dueAt" from ledger.holding where party_id = $1 and asset = $2 for no key update`,
      [partyId, asset],
    )
  let [holding] = await read()
  if (holding?.dueAt && holding.dueAt <= now) {
    const key = `settle ${partyId} ${asset} ${holding.dueAt.toISOString()} ${now.toISOString()}`
    const occurredAt = holding.dueAt.getTime()
    await postAll(house, transaction, {
      actor: 'financial/till',
      instructions: [{ act: 'settle', key, partyId, asset, occurredAt }],
    })
    ;[holding] = await read()
  }
  return holding ?? { available: 0, debt: 0 }
}

/** What could not be taken before is taken from what came since, the oldest first. */
async function takeMissing(house: House, partyId: string, till: Till): Promise<void> {
  const waiting = await house.database.query<{ itemId: string }>(
    `select item_id as "itemId" from till.offline_item where party_id = $1 and missing_points + missing_minor > 0
     order by occurred_at, item_id`,
    [partyId],
  )
  for (const { itemId } of waiting) {
    await house.database.transaction(async transaction => {
      const [item] = await transaction.query<{
        points: number
        minor: number
        currency: string | null
        merchant: string | null
      }>(
        `select missing_points as points, missing_minor as minor, currency, merchant from till.offline_item
         where party_id = $1 and item_id = $2 for update`,
        [partyId, itemId],
      )
      const { points, minor, currency, merchant } = item!
      const attempt = ` then ${points} ${minor}`
      const taking = { partyId, itemId, attempt, till: { ...till, merchantId: merchant } }
      const minorLeft =
        minor > 0 && currency !== null ? await takeCredit(house, transaction, { ...taking, minor, currency }) : minor
      const pointsLeft = points > 0 ? await takePoints(house, transaction, { ...taking, points }) : points
      await transaction.query(
        'update till.offline_item set missing_points = $3, missing_minor = $4 where party_id = $1 and item_id = $2',
        [partyId, itemId, pointsLeft, minorLeft],
      )
    })
  }
}

/** A till gave more than the floor limit covers: somebody should know, and speak with the customer. */
async function askSomebody(
  house: House,
  transaction: Transaction,
  { partyId, missing }: { readonly partyId: string; readonly missing: Missing },
): Promise<void> {
  const business = await house.settings.business(transaction)
  await openTask(transaction, house, {
    partyId,
    programme: 'till',
    wordsKey: missing.minor > 0 ? 'till:task.missing-money' : 'till:task.missing-points',
    words: {
      points: missing.points,
      amount: { amountMinor: missing.minor, currency: missing.currency ?? business.currency },
    },
    suggestionKey: 'till:task.speak',
    ownerId: null,
    dueOn: localDay(house.clock.now(), business.zone),
  })
}
