import { localDay } from '#kernel/clock/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { because, declareAsset, digest, type Instruction, ofPerson } from '#kernel/ledger/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { redeemedAt, requireParty } from './asker.ts'
import { lockInStore, moneyAsset, paidIssuer, postAll, readInStore, soldCardSource, visitsAsset } from './in-store.ts'
import { planPayment, returnPaid, spendPlanned } from './payment.ts'
import { endAfterMonths, methods, refundOfVisits, type VisitCard, visitCard } from './rules.ts'

/** All cards that were ever offered, by name. */
export async function readCards(queryable: Queryable): Promise<VisitCard[]> {
  const rows = await queryable.query<{ cardId: string; terms: object }>(
    `select card_id as "cardId", terms from credit.card order by terms->>'name', card_id`,
  )
  return rows.map(({ cardId, terms }) => visitCard.parse({ ...terms, cardId }))
}

async function requireCard(queryable: Queryable, cardId: string): Promise<VisitCard> {
  const card = (await readCards(queryable)).find(each => each.cardId === cardId)
  if (!card) throw refuse('not-found', 'credit:refusal.no-such-card')
  return card
}

export async function saveCard(house: House, card: VisitCard): Promise<VisitCard> {
  const { cardId, ...terms } = card
  const now = house.clock.now()
  await house.database.transaction(async transaction => {
    await declareAsset(house, transaction, visitsAsset(cardId), 'right')
    await declareAsset(house, transaction, moneyAsset(card.currency), 'money')
    await transaction.query(
      `insert into credit.card (card_id, terms, created_at, changed_at) values ($1, $2, $3, $3)
       on conflict (card_id) do update set terms = excluded.terms, changed_at = excluded.changed_at`,
      [cardId, JSON.stringify(terms), now],
    )
    await house.live.announce(transaction, ['credit'])
  })
  return card
}

export interface SellingCard {
  readonly partyId: string
  readonly soldCardId: string
  readonly cardId: string
  readonly method: string
  readonly merchantId: string | null
  readonly actor: string
}

const priceOf = (soldCardId: string) => digest(`${soldCardId} price`)

/**
 * Sells a card: the money comes in and is used at once, the visits are issued, all in one step. Paid from stored money, it is a payment
 * like any other.
 */
export async function sellCard(house: House, transaction: Transaction, asked: SellingCard) {
  const { partyId, soldCardId, cardId, method, merchantId, actor } = asked
  const card = await requireCard(transaction, cardId)
  if (!card.isOffered) throw refuse('conflict', 'credit:refusal.no-such-card')
  await requireParty(transaction, partyId)
  const { visits, priceMinor, currency, refundPercent, validMonths } = card
  const now = house.clock.now()
  const { zone } = await house.settings.business(transaction)
  const expiresAt = validMonths === null ? null : endAfterMonths(localDay(now, zone), validMonths, zone)
  const fresh = await transaction.query(
    `insert into credit.sold_card (party_id, sold_card_id, card_id, visits, price_minor, currency, refund_percent, method,
       merchant, sold_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict do nothing returning 1`,
    [partyId, soldCardId, cardId, visits, priceMinor, currency, refundPercent, method, merchantId, now, expiresAt],
  )
  const answer = async () => ({ soldCardId, cardId, left: await visitsLeft(house, transaction, partyId, cardId) })
  if (fresh.length === 0) return await answer()
  const said = { partyId, occurredAt: now.getTime() }
  const source = soldCardSource(soldCardId)
  const to = redeemedAt(merchantId)
  const instructions: Instruction[] =
    method === 'stored-money'
      ? spendPlanned(
          house,
          await planPayment(house, transaction, {
            partyId,
            currency,
            amountMinor: priceMinor,
            paymentId: priceOf(soldCardId),
          }),
          to,
        )
      : cashPrice({ ...said, asset: moneyAsset(currency) }, { method, source, soldCardId, priceMinor, to })
  instructions.push({
    ...said,
    key: `visit card ${soldCardId}`,
    asset: visitsAsset(cardId),
    act: 'issue',
    amount: visits,
    from: `issuance:${paidIssuer}`,
    issuer: paidIssuer,
    source,
    ...(expiresAt && { expiresAt: expiresAt.getTime() }),
  })
  await postAll(house, transaction, { actor, reason: because('visit-card', card.name), instructions })
  await house.live.announce(transaction, ['credit', 'ledger'])
  return await answer()
}

function cashPrice(
  said: { readonly partyId: string; readonly asset: string; readonly occurredAt: number },
  given: {
    readonly method: string
    readonly source: string
    readonly soldCardId: string
    readonly priceMinor: number
    readonly to: `redeemed:${string}`
  },
): Instruction[] {
  const { method, source, soldCardId, priceMinor, to } = given
  if (!methods.some(known => known === method)) throw refuse('invalid', 'credit:refusal.unknown-method', { method })
  return [
    {
      ...said,
      key: `visit card money ${soldCardId}`,
      act: 'issue',
      amount: priceMinor,
      from: `clearing:${method}`,
      issuer: paidIssuer,
      source,
    },
    {
      ...said,
      key: `visit card price ${soldCardId}`,
      act: 'spend',
      holdId: priceOf(soldCardId),
      amount: priceMinor,
      to,
      only: { source },
    },
  ]
}

/** How many visits of a card a customer could use now. */
export async function visitsLeft(house: House, queryable: Queryable, partyId: string, cardId: string): Promise<number> {
  return (await readInStore(queryable, partyId, visitsAsset(cardId), house.clock.now())).paidMinor
}

/** Why a card is not good here; null where it is. */
export function whyNotHere(
  card: VisitCard,
  { merchantId, skus }: { readonly merchantId: string | null; readonly skus?: readonly string[] },
): string | null {
  const isHere = card.merchants.length === 0 || (merchantId !== null && card.merchants.includes(merchantId))
  if (!isHere) return 'credit:refusal.not-here'
  const isFor = card.skus.length === 0 || skus === undefined || skus.some(sku => card.skus.includes(sku))
  return isFor ? null : 'credit:refusal.not-for-this'
}

export interface UsingVisit {
  readonly partyId: string
  readonly cardId: string
  readonly visitId: string
  readonly merchantId: string | null
}

/** One visit of the card that ends first: the instruction that uses it, or sets it aside until an instant. */
export async function planVisit(
  house: House,
  transaction: Transaction,
  { partyId, cardId, visitId, merchantId, until }: UsingVisit & { readonly until?: Date },
): Promise<Instruction> {
  const card = await requireCard(transaction, cardId)
  const why = whyNotHere(card, { merchantId })
  if (why) throw refuse('conflict', why)
  const { paidMinor: left } = await lockInStore(house, transaction, { partyId, asset: visitsAsset(cardId) })
  if (left < 1) throw refuse('conflict', 'credit:refusal.no-visit-left')
  const said = { partyId, asset: visitsAsset(cardId), occurredAt: house.clock.now().getTime() }
  return until
    ? { ...said, key: `visit held ${visitId}`, act: 'hold', holdId: visitId, amount: 1, until: until.getTime() }
    : { ...said, key: `visit ${visitId}`, act: 'spend', holdId: visitId, amount: 1, to: redeemedAt(merchantId) }
}

/** Has this visit been used under this name already? Then using it again changes nothing. */
async function isVisitKnown(queryable: Queryable, { partyId, cardId, visitId }: UsingVisit): Promise<boolean> {
  const known = await queryable.query('select from ledger.hold where party_id = $1 and asset = $2 and hold_id = $3', [
    partyId,
    visitsAsset(cardId),
    visitId,
  ])
  return known.length > 0
}

export async function useVisit(house: House, transaction: Transaction, asked: UsingVisit & { readonly actor: string }) {
  const { partyId, cardId, visitId, actor } = asked
  if (!(await isVisitKnown(transaction, asked))) {
    const instructions = [await planVisit(house, transaction, asked)]
    await postAll(house, transaction, { actor, reason: because('visit'), instructions })
    await house.live.announce(transaction, ['credit', 'ledger'])
  }
  return { visitId, left: await visitsLeft(house, transaction, partyId, cardId) }
}

export async function giveBackVisit(
  house: House,
  transaction: Transaction,
  { partyId, cardId, visitId, actor }: Omit<UsingVisit, 'merchantId'> & { readonly actor: string },
) {
  const instructions = [visitBack(house, { partyId, cardId, visitId })]
  await postAll(house, transaction, { actor, reason: because('visit-back'), instructions })
  await house.live.announce(transaction, ['credit', 'ledger'])
  return { left: await visitsLeft(house, transaction, partyId, cardId) }
}

export function visitBack(
  house: House,
  { partyId, cardId, visitId }: { readonly partyId: string; readonly cardId: string; readonly visitId: string },
): Instruction {
  return {
    key: `visit back ${visitId}`,
    partyId,
    asset: visitsAsset(cardId),
    occurredAt: house.clock.now().getTime(),
    act: 'return',
    holdId: visitId,
    amount: 1,
  }
}

/**
 * Pays back the visits of a card that were not used, by the rule it was sold with. What was paid in money is handed over in money or kept
 * in store; what was paid from store returns there.
 */
export async function refundCard(
  house: House,
  transaction: Transaction,
  asked: { readonly partyId: string; readonly soldCardId: string; readonly method: string; readonly actor: string },
) {
  const { partyId, soldCardId, method, actor } = asked
  const [sold] = await transaction.query<{
    cardId: string
    visits: number
    priceMinor: number
    currency: string
    refundPercent: number
    method: string
    refundedVisits: number
    refundedMinor: number
  }>(
    `select card_id as "cardId", visits, price_minor as "priceMinor", currency, refund_percent as "refundPercent", method,
       refunded_visits as "refundedVisits", refunded_minor as "refundedMinor"
     from credit.sold_card where party_id = ${ofPerson('$1')} and sold_card_id = $2 for update`,
    [partyId, soldCardId],
  )
  if (!sold) throw refuse('not-found', 'credit:refusal.no-such-card')
  const { cardId, currency } = sold
  const source = soldCardSource(soldCardId)
  const money = moneyAsset(currency)
  await lockInStore(house, transaction, { partyId, asset: money })
  const { lots } = await lockInStore(house, transaction, { partyId, asset: visitsAsset(cardId) })
  const now = house.clock.now()
  const lot = lots.find(each => each.source === source && (each.expiresAt === null || each.expiresAt > now))
  const unused = lot?.available ?? 0
  if (unused === 0) throw refuse('conflict', 'credit:refusal.nothing-left')
  const refundMinor = refundOfVisits(sold, sold.refundedVisits + unused) - sold.refundedMinor
  const requestId = `${soldCardId} ${sold.refundedVisits}`
  const said = { partyId, occurredAt: now.getTime() }
  const instructions: Instruction[] = [
    {
      ...said,
      key: `visit card back ${requestId}`,
      asset: visitsAsset(cardId),
      act: 'debit',
      amount: unused,
      to: 'adjustment:visits',
      only: { source },
    },
  ]
  if (refundMinor > 0 && sold.method === 'stored-money') {
    const payment = { partyId, currency, paymentId: priceOf(soldCardId) }
    instructions.push(...(await returnPaid(house, transaction, { ...payment, amountMinor: refundMinor, requestId })))
  } else if (refundMinor > 0) {
    instructions.push({
      ...said,
      key: `visit card money back ${requestId}`,
      asset: money,
      act: 'return',
      holdId: priceOf(soldCardId),
      amount: refundMinor,
    })
    if (method !== 'stored-money') {
      instructions.push({
        ...said,
        key: `visit card money out ${requestId}`,
        asset: money,
        act: 'debit',
        amount: refundMinor,
        to: `clearing:${method}`,
        only: { source },
      })
    }
  }
  await transaction.query(
    `update credit.sold_card set refunded_visits = refunded_visits + $3, refunded_minor = refunded_minor + $4
     where party_id = $1 and sold_card_id = $2`,
    [partyId, soldCardId, unused, refundMinor],
  )
  await postAll(house, transaction, { actor, reason: because('visit-card-back'), instructions })
  await house.live.announce(transaction, ['credit', 'ledger'])
  return { visits: unused, refundMinor }
}

/** All visits that a customer could use now, by card, with the first end of some of them. */
export async function visitsInStore(
  house: House,
  queryable: Queryable,
  partyId: string,
): Promise<{ cardId: string; visits: number; expiresAt: Date | null }[]> {
  return await queryable.query(
    `select substr(asset, 8) as "cardId", sum(available)::bigint as visits, min(expires_at) as "expiresAt" from ledger.lot
     where party_id = ${ofPerson('$1')} and asset like 'visits:%' and is_alive and (expires_at is null or expires_at > $2)
     group by asset having sum(available) > 0 order by asset`,
    [partyId, house.clock.now()],
  )
}
