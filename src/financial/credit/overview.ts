import { localDay } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { ofPerson, readHouseBalances } from '#kernel/ledger/index.ts'
import { minorDigits } from '#kernel/locale/index.ts'
import type * as contract from './contract.ts'
import type { Method } from './contract.ts'
import { bonusIssuer, readRules } from './in-store.ts'
import { latestMoves, movesOf } from './moves.ts'
import { refundOfVisits, usualCredit } from './rules.ts'
import { readCards } from './visit-cards.ts'

const movesShown = 30

/** All of stored money on one page. */
export async function overview(house: House, actor: string) {
  const { database } = house
  const { currency } = await house.settings.business()
  const cards = await readCards(database)
  const sold = await database.query<{ cardId: string; sold: number; left: number }>(
    `select c.card_id as "cardId", count(s.sold_card_id) as sold, coalesce(sum(l.available), 0)::bigint as left
     from credit.card c left join credit.sold_card s on s.card_id = c.card_id
     left join ledger.lot l on l.party_id = s.party_id and l.source = 'card:' || s.sold_card_id and l.asset = 'visits:' || s.card_id
       and l.is_alive and (l.expires_at is null or l.expires_at > $1)
     group by c.card_id`,
    [house.clock.now()],
  )
  return {
    rules: await readRules(house),
    usual: usualCredit(currency, minorDigits(currency)),
    cards: cards.map(card => {
      const { sold: count, left } = sold.find(each => each.cardId === card.cardId)!
      return { ...card, sold: count, left }
    }),
    totals: await totals(house),
    moves: await latestMoves(database, movesShown),
    withdrawals: await readWithdrawals(database, actor),
  }
}

/** Per currency, from the ledger's own balances; money that came in and went out again is told by what was asked of us. */
async function totals(house: House) {
  const { database } = house
  const balances = (await readHouseBalances(database)).filter(({ asset }) => asset.startsWith('money:'))
  const owed = await database.query<{ asset: string; members: number; owed: number; debt: number }>(
    `select asset, count(*) filter (where available + held > 0) as members, sum(available + held + pending)::bigint as owed,
       sum(debt)::bigint as debt
     from ledger.holding where asset like 'money:%' group by asset order by asset`,
  )
  const bonuses = await database.query<{ asset: string; owed: number }>(
    `select asset, sum(available + held)::bigint as owed from ledger.lot
     where asset like 'money:%' and issuer = $1 and is_alive group by asset`,
    [bonusIssuer],
  )
  const paidIn = await database.query<{ currency: string; amount: number }>(
    `select currency, sum(amount)::bigint as amount from (
       select currency, amount_minor as amount from credit.top_up
       union all select currency, price_minor from credit.sold_card where method <> 'stored-money') as each group by currency`,
  )
  return owed.map(({ asset, members, owed: owedMinor, debt }) => {
    const currency = asset.slice('money:'.length)
    const of = (kind: string) =>
      balances.reduce(
        (sum, each) => (each.asset === asset && each.account.split(':')[0] === kind ? sum + each.amount : sum),
        0,
      )
    const paidInMinor = paidIn.find(each => each.currency === currency)?.amount ?? 0
    return {
      currency,
      members,
      paidInMinor,
      bonusMinor: -of('expense') - of('adjustment'),
      usedMinor: of('redeemed'),
      paidBackMinor: paidInMinor + of('clearing'),
      expiredMinor: of('breakage'),
      owedMinor,
      owedBonusMinor: bonuses.find(each => each.asset === asset)?.owed ?? 0,
      owedBackMinor: debt,
    }
  })
}

async function readWithdrawals(queryable: Queryable, actor: string): Promise<contract.Withdrawal[]> {
  const rows = await queryable.query<
    Omit<contract.Withdrawal, 'askedAt' | 'isOwn'> & { readonly askedAt: Date; readonly askedBy: string }
  >(
    `select w.withdrawal_id as "withdrawalId", w.party_id as "partyId", coalesce(p.name, '') as "partyName", w.currency,
       w.amount_minor as "amountMinor", w.method, w.state, s.name as "askedByName", w.asked_at as "askedAt", w.asked_by as "askedBy"
     from credit.withdrawal w left join parties.party p on p.party_id = w.party_id
     left join access.staff s on w.asked_by = 'staff:' || s.staff_id
     where w.state = 'waiting' order by w.asked_at limit 50`,
  )
  return rows.map(({ askedBy, askedAt, ...row }) => ({
    ...row,
    askedAt: askedAt.toISOString(),
    isOwn: askedBy === actor,
  }))
}

/** What one customer has in store, and what of it can be undone. */
export async function memberCredit(house: House, partyId: string): Promise<contract.MemberCredit> {
  const { database } = house
  const now = house.clock.now()
  const rows = await database.query<{
    asset: string
    issuer: string
    source: string | null
    issued: number
    available: number
    held: number
    expiresAt: Date | null
  }>(
    `select asset, issuer, source, issued, available, held, expires_at as "expiresAt" from ledger.lot
     where party_id = ${ofPerson('$1')} and (asset like 'money:%' or asset like 'visits:%') and is_alive
       and (expires_at is null or expires_at > $2 or held > 0) order by expires_at nulls last, lot_id`,
    [partyId, now],
  )
  const isOver = (lot: (typeof rows)[number]) => lot.expiresAt !== null && lot.expiresAt <= now
  const lots = rows.map(lot => (isOver(lot) ? { ...lot, available: 0 } : lot))
  const holdings = await database.query<{ asset: string; debt: number }>(
    `select asset, sum(debt)::bigint as debt from ledger.holding where party_id = ${ofPerson('$1')} and asset like 'money:%'
     group by asset order by asset`,
    [partyId],
  )
  const balances = holdings.map(({ asset, debt }) => {
    const own = lots.filter(lot => lot.asset === asset)
    const sum = (pick: (lot: (typeof own)[number]) => number) => own.reduce((total, lot) => total + pick(lot), 0)
    const bonusMinor = sum(lot => (lot.issuer === bonusIssuer ? lot.available : 0))
    const availableMinor = sum(lot => lot.available)
    const [first] = own.filter(lot => lot.expiresAt !== null && lot.available > 0)
    const together = own.filter(lot => lot.expiresAt?.getTime() === first?.expiresAt?.getTime())
    return {
      currency: asset.slice('money:'.length),
      availableMinor,
      paidMinor: availableMinor - bonusMinor,
      bonusMinor,
      heldMinor: sum(lot => lot.held),
      owedBackMinor: debt,
      nextExpiry: first
        ? {
            amountMinor: together.reduce((total, lot) => total + lot.available, 0),
            expiresAt: first.expiresAt!.toISOString(),
          }
        : null,
    }
  })
  const cards = await readCards(database)
  return {
    rules: await readRules(house),
    balances,
    topUps: await topUpsOf(database, partyId, lots),
    cards: await soldTo(database, { partyId, lots, names: new Map(cards.map(card => [card.cardId, card.name])) }),
    offered: cards.filter(card => card.isOffered),
    moves: await movesOf(database, partyId, movesShown),
  }
}

/** What a customer is told of it on their own card: what there is, and until when. */
export async function myCredit(house: House, partyId: string) {
  const { balances, cards } = await memberCredit(house, partyId)
  const { zone } = await house.settings.business()
  const lastUsable = (expiresAt: string | null | undefined) =>
    expiresAt ? localDay(new Date(Date.parse(expiresAt) - 1), zone) : null
  return {
    balances: balances
      .filter(({ availableMinor, heldMinor, owedBackMinor }) => availableMinor + heldMinor + owedBackMinor > 0)
      .map(({ currency, availableMinor, bonusMinor, heldMinor, owedBackMinor, nextExpiry }) => ({
        ...{ currency, availableMinor, bonusMinor, heldMinor, owedBackMinor },
        endsMinor: nextExpiry?.amountMinor ?? 0,
        lastUsableOn: lastUsable(nextExpiry?.expiresAt),
      })),
    cards: cards
      .filter(card => card.left > 0)
      .map(({ soldCardId, name, visits, left, expiresAt }) => ({
        ...{ soldCardId, name, visits, left },
        lastUsableOn: lastUsable(expiresAt),
      })),
  }
}

type Lots = readonly { readonly source: string | null; readonly available: number }[]

async function topUpsOf(queryable: Queryable, partyId: string, lots: Lots) {
  const rows = await queryable.query<{
    topUpId: string
    currency: string
    amountMinor: number
    bonusMinor: number
    method: Method
    at: Date
  }>(
    `select top_up_id as "topUpId", currency, amount_minor as "amountMinor", bonus_minor as "bonusMinor", method,
       occurred_at as at
     from credit.top_up where party_id = ${ofPerson('$1')} order by occurred_at desc, top_up_id limit 20`,
    [partyId],
  )
  const left = (source: string) => lots.find(lot => lot.source === source)?.available ?? 0
  return rows.map(row => {
    const leftMinor = left(`topup:${row.topUpId}`)
    const bonusLeft = left(`topup:${row.topUpId}:bonus`)
    const canUndo = leftMinor === row.amountMinor && bonusLeft === row.bonusMinor
    return { ...row, at: row.at.toISOString(), leftMinor, canUndo }
  })
}

async function soldTo(
  queryable: Queryable,
  { partyId, lots, names }: { partyId: string; lots: Lots; names: ReadonlyMap<string, string> },
) {
  const rows = await queryable.query<{
    soldCardId: string
    cardId: string
    visits: number
    priceMinor: number
    currency: string
    refundPercent: number
    refundedVisits: number
    refundedMinor: number
    soldAt: Date
    expiresAt: Date | null
  }>(
    `select sold_card_id as "soldCardId", card_id as "cardId", visits, price_minor as "priceMinor", currency,
       refund_percent as "refundPercent", refunded_visits as "refundedVisits", refunded_minor as "refundedMinor",
       sold_at as "soldAt", expires_at as "expiresAt"
     from credit.sold_card where party_id = ${ofPerson('$1')} order by sold_at desc, sold_card_id`,
    [partyId],
  )
  return rows.map(({ soldAt, expiresAt, refundedVisits, refundedMinor, refundPercent, ...row }) => {
    const left = lots.find(lot => lot.source === `card:${row.soldCardId}`)?.available ?? 0
    return {
      ...row,
      name: names.get(row.cardId) ?? row.cardId,
      left,
      soldAt: soldAt.toISOString(),
      expiresAt: expiresAt?.toISOString() ?? null,
      refundMinor: refundOfVisits({ ...row, refundPercent }, refundedVisits + left) - refundedMinor,
    }
  })
}
