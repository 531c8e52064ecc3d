import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { ShownTerms } from './contract.ts'
import type { Month } from './period.ts'
import type { Correction, Line, LineKind } from './settlement.ts'

export interface StoredTerms extends Omit<ShownTerms, 'state' | 'publishedAt'> {
  readonly publishedAt: Date
  readonly publishedBy: string
}

interface TermsRow extends Omit<StoredTerms, 'breakage'> {
  readonly merchant: number
  readonly pool: number
  readonly coalition: number
}

/** All that was ever agreed, by merchant and number; small shared data. */
export async function readTerms(queryable: Queryable): Promise<StoredTerms[]> {
  const rows = await queryable.query<TermsRow>(
    `select terms_id as "termsId", merchant_id as "merchantId", number, from_on as "fromOn", until_on as "untilOn",
       fund_minor as "fundMinorPer100", redeem_minor as "redeemMinorPer100", currency, payment, deposit_minor as "depositMinor",
       breakage_merchant as merchant, breakage_pool as pool, breakage_coalition as coalition, accepts,
       published_at as "publishedAt", published_by as "publishedBy"
     from coalition.terms order by merchant_id, number`,
  )
  return rows.map(({ merchant, pool, coalition, ...row }) => ({ ...row, breakage: { merchant, pool, coalition } }))
}

export async function insertTerms(transaction: Transaction, terms: StoredTerms): Promise<void> {
  const { breakage } = terms
  await transaction.query(
    `insert into coalition.terms (terms_id, merchant_id, number, from_on, until_on, fund_minor, redeem_minor, currency, payment,
       deposit_minor, breakage_merchant, breakage_pool, breakage_coalition, accepts, published_at, published_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [
      terms.termsId,
      terms.merchantId,
      terms.number,
      terms.fromOn,
      terms.untilOn,
      terms.fundMinorPer100,
      terms.redeemMinorPer100,
      terms.currency,
      terms.payment,
      terms.depositMinor,
      breakage.merchant,
      breakage.pool,
      breakage.coalition,
      terms.accepts,
      terms.publishedAt,
      terms.publishedBy,
    ],
  )
}

export interface Flow {
  readonly issuer: string
  readonly redeemer: string
  readonly points: number
}

export interface Outside {
  readonly merchantId: string
  readonly kind: LineKind
  readonly points: number
}

export interface StoredMonth {
  readonly month: Month
  readonly zone: string
  readonly currency: string
  readonly startsAt: Date
  readonly endsAt: Date
  readonly closedAt: Date
  readonly closedBy: string
  readonly upto: string
  readonly nextXid: string
  readonly poolMinor: number
  readonly marginMinor: number
  readonly breakageMinor: number
  readonly disputesUntil: Date
  readonly flows: readonly Flow[]
  readonly outside: readonly Outside[]
}

/** The months that were closed, oldest first. */
export async function readMonths(queryable: Queryable): Promise<StoredMonth[]> {
  return await queryable.query<StoredMonth>(
    `select month, zone, currency, starts_at as "startsAt", ends_at as "endsAt", closed_at as "closedAt",
       closed_by as "closedBy", upto::text as upto, next_xid::text as "nextXid", pool_minor as "poolMinor",
       margin_minor as "marginMinor", breakage_minor as "breakageMinor", disputes_until as "disputesUntil", flows, outside
     from coalition.month order by month`,
  )
}

export async function insertMonth(transaction: Transaction, closed: StoredMonth): Promise<void> {
  await transaction.query(
    `insert into coalition.month (month, zone, currency, starts_at, ends_at, closed_at, closed_by, upto, next_xid, pool_minor,
       margin_minor, breakage_minor, disputes_until, flows, outside)
     values ($1, $2, $3, $4, $5, $6, $7, $8::xid8, $9::xid8, $10, $11, $12, $13, $14, $15)`,
    [
      closed.month,
      closed.zone,
      closed.currency,
      closed.startsAt,
      closed.endsAt,
      closed.closedAt,
      closed.closedBy,
      closed.upto,
      closed.nextXid,
      closed.poolMinor,
      closed.marginMinor,
      closed.breakageMinor,
      closed.disputesUntil,
      JSON.stringify(closed.flows),
      JSON.stringify(closed.outside),
    ],
  )
}

export interface StoredLine extends Line {
  readonly month: Month
  readonly transactionId: string | null
}

export async function insertLines(transaction: Transaction, lines: readonly StoredLine[]): Promise<void> {
  if (lines.length === 0) return
  const column = <T>(pick: (line: StoredLine) => T) => lines.map(pick)
  await transaction.query(
    `insert into coalition.line (month, merchant_id, line_id, position, kind, terms_id, dispute_id, points, rate_minor, percent,
       amount_minor, transaction_id)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::int4[], $5::text[], $6::uuid[], $7::uuid[], $8::int8[],
       $9::int8[], $10::int2[], $11::int8[], $12::uuid[])`,
    [
      column(line => line.month),
      column(line => line.merchantId),
      column(line => line.lineId),
      lines.map((_, index) => index),
      column(line => line.kind),
      column(line => line.termsId),
      column(line => line.disputeId),
      column(line => line.points),
      column(line => line.rateMinorPer100),
      column(line => line.percent),
      column(line => line.amountMinor),
      column(line => line.transactionId),
    ],
  )
}

export async function readLines(queryable: Queryable, month: Month): Promise<StoredLine[]> {
  return await queryable.query<StoredLine>(
    `select month, merchant_id as "merchantId", line_id as "lineId", kind, terms_id as "termsId", dispute_id as "disputeId",
       points, rate_minor as "rateMinorPer100", percent, amount_minor as "amountMinor", transaction_id as "transactionId"
     from coalition.line where month = $1 order by position`,
    [month],
  )
}

/** What finance agreed to put right before an instant and what no statement carries yet. */
export async function correctionsBefore(queryable: Queryable, before: Date): Promise<Correction[]> {
  return await queryable.query<Correction>(
    `select dispute_id as "disputeId", merchant_id as "merchantId", correction_minor as "amountMinor" from coalition.dispute
     where state = 'corrected' and booked_month is null and answered_at < $1 order by answered_at, dispute_id`,
    [before],
  )
}

export interface Member {
  readonly merchantId: string
  readonly partyId: string
  readonly name: string
  readonly lowTaskId: string | null
}

/** The merchants of the coalition, by name. */
export async function readMembers(queryable: Queryable): Promise<Member[]> {
  return await queryable.query<Member>(
    `select c.merchant_id as "merchantId", c.party_id as "partyId", coalesce(m.name, c.merchant_id) as name,
       c.low_task_id as "lowTaskId"
     from coalition.merchant c left join merchants.merchant m on m.merchant_id = c.merchant_id order by 3, 1`,
  )
}

export interface Payment {
  readonly paymentId: string
  readonly merchantId: string
  readonly month: Month | null
  readonly amountMinor: number
  readonly reference: string
  readonly paidOn: string
}

export async function readPayments(queryable: Queryable, month: Month): Promise<Payment[]> {
  return await queryable.query<Payment>(
    `select payment_id as "paymentId", merchant_id as "merchantId", month, amount_minor as "amountMinor", reference,
       paid_on as "paidOn" from coalition.payment where month = $1 order by recorded_at, payment_id`,
    [month],
  )
}

/** What a closed month put right. */
export async function correctionsOf(queryable: Queryable, month: Month): Promise<Correction[]> {
  return await queryable.query<Correction>(
    `select dispute_id as "disputeId", merchant_id as "merchantId", correction_minor as "amountMinor" from coalition.dispute
     where booked_month = $1 order by answered_at, dispute_id`,
    [month],
  )
}

export async function bookCorrections(
  transaction: Transaction,
  month: Month,
  disputeIds: readonly string[],
): Promise<void> {
  if (disputeIds.length === 0) return
  await transaction.query('update coalition.dispute set booked_month = $1 where dispute_id = any ($2)', [
    month,
    disputeIds,
  ])
}
