import { acceptedIssuers } from '#financial/coalition/index.ts'
import { creditOf, readCards, visitsInStore, whyNotHere } from '#financial/credit/index.ts'
import { quote as quotePoints, worthMinorPer100 } from '#financial/points/index.ts'
import { show, usableBy } from '#financial/rewards/index.ts'
import type { PurchaseLine } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { ofPerson } from '#kernel/ledger/index.ts'
import type { Language } from '#kernel/locale/index.ts'
import type { TillQuote } from './contract.ts'
import type { KnownCustomer } from './customers.ts'
import { rewardsSetAside } from './holds.ts'
import { paidByPoints, usablePoints } from './rules.ts'
import { readTillRules } from './sale.ts'
import { pointsAsset } from './uses.ts'

export interface Quoting {
  readonly customer: KnownCustomer
  readonly merchantId: string | null
  readonly amountMinor: number
  readonly taxMinor: number | undefined
  readonly usePoints: number
  readonly lines: readonly PurchaseLine[]
  readonly language: Language
}

type Why = TillQuote['points']['whyNot']
const why = (key: string, values: NonNullable<Why>['values'] = {}): Why => ({ key: `till:why.${key}`, values })

/** What a basket would earn and what the customer could use for it now: everything a till shows before it is paid. */
export async function quote(house: House, asked: Quoting): Promise<TillQuote> {
  const { customer, merchantId, amountMinor, taxMinor, lines, usePoints } = asked
  const { database } = house
  const { partyId, name } = customer
  const [rules, worth, { currency }] = await Promise.all([
    readTillRules(house),
    worthMinorPer100(house, database),
    house.settings.business(),
  ])
  const paidMinor = worth === null ? 0 : Math.min(amountMinor, paidByPoints(usePoints, worth))
  const [earned, available, credit, visits, rewards] = await Promise.all([
    quotePoints(house, {
      ...{ lines },
      partyId,
      amountMinor,
      ...(merchantId !== null && { merchant: merchantId }),
      ...(taxMinor !== undefined && { taxMinor }),
      ...(paidMinor > 0 && { paidWithPointsMinor: paidMinor }),
    }),
    usablePointsOf(house, partyId, merchantId),
    creditOf(house, database, partyId),
    visitsOf(house, asked),
    rewardsOf(house, asked),
  ])
  const usable = usablePoints(rules, { available, worthMinorPer100: worth ?? 0, amountMinor })
  const isCurrency = credit.currency === currency
  return {
    partyId,
    name,
    currency,
    amountMinor,
    earns: {
      points: earned.points,
      worthMinor: earned.worthMinor,
      usableFrom: earned.usableFrom,
      lines: earned.lines.map(line => ({ points: line.points, reason: reasonOf(line.reason) })),
    },
    points: {
      available,
      usable,
      worthMinor: Math.min(amountMinor, paidByPoints(usable, worth ?? 0)),
      worthMinorPer100: worth ?? 0,
      whyNot: usable > 0 ? null : whyNoPoints({ available, worth, least: rules.leastPoints, amountMinor }),
    },
    credit: {
      availableMinor: credit.availableMinor,
      bonusMinor: credit.bonusMinor,
      usableMinor: isCurrency ? Math.min(amountMinor, credit.availableMinor) : 0,
      whyNot:
        credit.isOpen && isCurrency ? (credit.availableMinor > 0 ? null : why('no-credit')) : why('credit-closed'),
    },
    visits,
    rewards,
  }
}

type Reason = TillQuote['earns']['lines'][number]['reason']
const reasonOf = ({ key, values }: { readonly key: string; readonly values: object }): Reason => ({
  key,
  values: { ...values } as Reason['values'],
})

function whyNoPoints(given: {
  readonly available: number
  readonly worth: number | null
  readonly least: number
  readonly amountMinor: number
}): Why {
  const { available, worth, least, amountMinor } = given
  if (!worth) return why('points-pay-nothing')
  if (available === 0) return why('no-points')
  if (available < least) return why('too-few-points', { least })
  return amountMinor === 0 ? null : why('points-not-for-this')
}

/** Points that are usable here and now: what matured meanwhile counts, what is owed back does not; in a coalition only those taken here. */
async function usablePointsOf(house: House, partyId: string, merchantId: string | null): Promise<number> {
  const issuers = merchantId === null ? undefined : await acceptedIssuers(house, house.database, merchantId)
  const [row] = await house.database.query<{ points: number }>(
    `select greatest(0, coalesce(sum(l.available + case when l.matures_at <= $4 then l.pending else 0 end), 0)
       - coalesce((select sum(debt)::bigint from ledger.holding where party_id = ${ofPerson('$1')} and asset = $2), 0))::bigint as points
     from ledger.lot l where l.party_id = ${ofPerson('$1')} and l.asset = $2 and l.is_alive
       and (l.expires_at is null or l.expires_at > $4)
       and ($3::text[] is null or l.issuer = any ($3))`,
    [partyId, pointsAsset, issuers ?? null, house.clock.now()],
  )
  return row!.points
}

async function visitsOf(house: House, { customer, merchantId, lines }: Quoting): Promise<TillQuote['visits']> {
  const left = await visitsInStore(house, house.database, customer.partyId)
  if (left.length === 0) return []
  const cards = new Map((await readCards(house.database)).map(card => [card.cardId, card]))
  const skus = lines.map(line => line.sku)
  return left.flatMap(({ cardId, visits, expiresAt }) => {
    const card = cards.get(cardId)
    if (!card) return []
    const code = whyNotHere(card, { merchantId, ...(skus.length > 0 && { skus }) })
    const whyNot = code === null ? null : { key: code, values: {} }
    return [{ cardId, name: card.name, left: visits, expiresAt: expiresAt?.toISOString() ?? null, whyNot }]
  })
}

async function rewardsOf(house: House, { customer, merchantId, language }: Quoting): Promise<TillQuote['rewards']> {
  const { database } = house
  const usable = await usableBy(house, database, customer.partyId, merchantId)
  if (usable.length === 0) return []
  const aside = new Set(await rewardsSetAside(house, database, customer.partyId))
  const free = usable.filter(({ takenId }) => !aside.has(takenId))
  const shown = await Promise.all(free.map(taken => show(house, taken)))
  return shown.map(({ takenId, name, lastUsableOn }) => ({
    takenId,
    name: name[language] ?? Object.values(name)[0] ?? '',
    lastUsableOn,
    whyNot: null,
  }))
}
