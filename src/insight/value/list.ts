import { readSituation } from '#insight/rhythm/index.ts'
import { type Day, dayNumber } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import { baseOf } from './base.ts'
import type { valuedOrders } from './contract.ts'
import { chanceFrom, seedOf } from './draws.ts'
import { type MoneyHistory, standingOn } from './history.ts'
import { customerInterval, level } from './intervals.ts'
import { stampOf, type ValueModel } from './model.ts'
import { historiesOf } from './money-log.ts'
import { customerIn } from './portrait.ts'
import { currentModel } from './store.ts'

interface Row {
  readonly partyId: string
  readonly name: string
  readonly asOfOn: Day
  readonly yearMinor: number
  readonly lifetimeMinor: number | null
  readonly atStakeMinor: number | null
  readonly alive: number | null
  readonly expectedPurchases: number
  readonly spendMinor: number
}

const orders: Readonly<Record<(typeof valuedOrders)[number], { column: string; where: string }>> = {
  worth: { column: 'worth_minor', where: 'true' },
  'at-stake': { column: 'at_stake_minor', where: 'at_stake_minor > 0' },
}

/** Customers by value along its index; intervals are drawn for those on the page only. */
export async function listValuedCustomers(
  house: House,
  {
    sort,
    after,
    limit,
  }: { readonly sort: (typeof valuedOrders)[number]; readonly after?: string | undefined; readonly limit: number },
) {
  const situation = await readSituation(house)
  const model = await currentModel(house)
  const answer = { currency: situation.currency, level, stamp: model && stampOf(model) }
  if (!model) return { ...answer, items: [], total: 0, next: null }
  const { column, where } = orders[sort]
  const cursor = cursorFrom(after)
  const [count] = await house.database.query<{ total: number }>(
    `select count(*) as total from value.customer where ${where}`,
  )
  const rows = await house.database.query<Row & { position: number }>(
    `select v.party_id as "partyId", p.name, v.as_of_on as "asOfOn", v.year_minor as "yearMinor",
       v.lifetime_minor as "lifetimeMinor", v.at_stake_minor as "atStakeMinor", v.alive,
       v.expected_purchases as "expectedPurchases", v.spend_minor as "spendMinor", v.${column} as position
     from value.customer v join parties.party p on p.party_id = v.party_id
     where ${where} and ($1::int8 is null or v.${column} < $1 or (v.${column} = $1 and v.party_id > $2::uuid))
     order by v.${column} desc, v.party_id limit $3`,
    [cursor?.amountMinor ?? null, cursor?.partyId ?? null, limit],
  )
  const histories = await historiesOf(
    house.database,
    rows.map(row => row.partyId),
    situation,
  )
  const byParty = new Map(histories.map(history => [history.partyId, history]))
  const last = rows.length === limit ? rows.at(-1) : undefined
  return {
    ...answer,
    items: rows.map(({ position: _, ...row }) => ({ ...row, ...rangeOf(model, row, byParty.get(row.partyId)) })),
    total: count!.total,
    next: last ? `${last.position}_${last.partyId}` : null,
  }
}

/** A list is read at a glance: fewer draws than on the customer's own page, the same way. */
const drawsInList = 8

function rangeOf(model: ValueModel, row: Row, history: MoneyHistory | undefined) {
  const standing = history && standingOn(history, dayNumber(row.asOfOn))
  if (!standing) return { yearLowMinor: row.yearMinor, yearHighMinor: row.yearMinor }
  const base = baseOf([{ partyId: row.partyId, ...standing }])
  const { lowMinor, highMinor } = customerInterval(model, customerIn(base, 0, 1), {
    what: 'year',
    amountMinor: row.yearMinor,
    chance: chanceFrom(seedOf(`${row.partyId} ${model.fitNo} year`)),
    draws: drawsInList,
  })
  return { yearLowMinor: lowMinor, yearHighMinor: highMinor }
}

function cursorFrom(after: string | undefined): { amountMinor: number; partyId: string } | undefined {
  if (after === undefined) return undefined
  const [, amount, partyId] = /^(\d{1,15})_([0-9a-f-]{36})$/.exec(after) ?? []
  if (amount === undefined || partyId === undefined) throw refuse('invalid', 'value:refusal.cursor')
  return { amountMinor: Number(amount), partyId }
}
