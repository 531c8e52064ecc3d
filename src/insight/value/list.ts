import { readSituation } from '#insight/rhythm/index.ts'
import { type Day, dayNumber } from '#kernel/clock/index.ts'
import { idPattern } from '#kernel/cursor.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import { baseOf } from './base.ts'
import type { valuedOrders } from './contract.ts'
import { type MoneyHistory, standingOn } from './history.ts'
import { level, yearRanges } from './intervals.ts'
import { stampOf, type ValueModel } from './model.ts'
import { historiesOf } from './money-log.ts'
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
  const ranges = rangesOf(model, rows, new Map(histories.map(history => [history.partyId, history])))
  const last = rows.length === limit ? rows.at(-1) : undefined
  return {
    ...answer,
    items: rows.map(({ position: _, ...row }) => ({
      ...row,
      yearLowMinor: ranges.get(row.partyId)?.low ?? row.yearMinor,
      yearHighMinor: ranges.get(row.partyId)?.high ?? row.yearMinor,
    })),
    total: count!.total,
    next: last ? `${last.position}_${last.partyId}` : null,
  }
}

/** Ranges of those on the page, as of the day on which each was valued. */
function rangesOf(model: ValueModel, rows: readonly Row[], histories: ReadonlyMap<string, MoneyHistory>) {
  const members = rows.flatMap(row => {
    const history = histories.get(row.partyId)
    const standing = history && standingOn(history, dayNumber(row.asOfOn))
    return standing ? [{ partyId: row.partyId, yearMinor: row.yearMinor, ...standing }] : []
  })
  if (members.length === 0) return new Map<string, { low: number; high: number }>()
  const ranges = yearRanges(
    model,
    baseOf(members),
    members.map(member => member.yearMinor),
  )
  return new Map(members.map((member, row) => [member.partyId, ranges[row]!]))
}

function cursorFrom(after: string | undefined): { amountMinor: number; partyId: string } | undefined {
  if (after === undefined) return undefined
  const [, amount, partyId] = new RegExp(`^(\\d{1,15})_(${idPattern})$`).exec(after) ?? []
  if (amount === undefined || partyId === undefined) throw refuse('invalid', 'value:refusal.cursor')
  return { amountMinor: Number(amount), partyId }
}
