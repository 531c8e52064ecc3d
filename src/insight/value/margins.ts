import type { Queryable, Transaction } from '#kernel/database/index.ts'
import { assumedMarginShare, type MarginRule, type ValueSettings } from './contract.ts'

/** The margin of everything that no rule names: what the owner said, else what is assumed until then. */
export function defaultMarginShare(settings: Pick<ValueSettings, 'marginShare'>): number {
  return settings.marginShare ?? assumedMarginShare
}

/**
 * A customer's margin is the mean over what they bought, weighted by what it cost: each line at its product's own rule,
 * else its group's, else the default.
 *
 * Example: ¥80 of tea at .5 and ¥20 of cups at .2 -> .44. Null where no line has a price.
 */
export function marginOfLines(lines: readonly { amountMinor: number; marginShare: number }[]): number | null {
  let amount = 0
  let margin = 0
  for (const line of lines) {
    if (line.amountMinor <= 0) continue
    amount += line.amountMinor
    margin += line.amountMinor * line.marginShare
  }
  return amount > 0 ? margin / amount : null
}

/**
 * The same in SQL, for all customers of a share or for some: lines are many times the size of what is asked of them, so
 * the database adds them up. Read only where a rule exists.
 */
const marginSql = (whose: string) => `
  select e.party_id, sum((l ->> 'amountMinor')::float8 * coalesce(bysku.share, bycategory.share, $2))
      / sum((l ->> 'amountMinor')::float8) as share
  from events.event e cross join lateral jsonb_array_elements(e.payload -> 'lines') as l
  left join unnest($3::text[], $4::float8[]) as bysku (sku, share) on bysku.sku = l ->> 'sku'
  left join catalogue.product p on p.sku = l ->> 'sku'
  left join unnest($5::text[], $6::float8[]) as bycategory (category, share) on bycategory.category = p.category
  where e.kind = 'purchase.recorded' and (l ->> 'amountMinor')::int8 > 0 and ${whose}
    and not exists (select 1 from events.event c where c.party_id = e.party_id and c.kind = 'purchase.recorded'
      and c.payload ->> 'replaces' = e.event_id::text)
  group by e.party_id`

interface Row {
  readonly party_id: string
  readonly share: number
}

function valuesOf(settings: ValueSettings): unknown[] {
  const rules = (kind: MarginRule['kind']) => settings.margins.filter(rule => rule.kind === kind)
  return [
    defaultMarginShare(settings),
    rules('sku').map(rule => rule.value),
    rules('sku').map(rule => rule.marginShare),
    rules('category').map(rule => rule.value),
    rules('category').map(rule => rule.marginShare),
  ]
}

export type MarginOf = (partyId: string) => number

/** Margins of these parties. */
export async function marginsOf(
  queryable: Queryable,
  partyIds: readonly string[],
  settings: ValueSettings,
): Promise<MarginOf> {
  const standard = defaultMarginShare(settings)
  if (settings.margins.length === 0) return () => standard
  const rows = await queryable.query<Row>(marginSql('e.party_id = any($1)'), [partyIds, ...valuesOf(settings)])
  return lookUp(rows, standard)
}

/** Margins of everybody, read once for a pass over the whole base. */
export async function allMargins(transaction: Transaction, settings: ValueSettings): Promise<MarginOf> {
  const standard = defaultMarginShare(settings)
  if (settings.margins.length === 0) return () => standard
  const rows: Row[] = []
  for await (const page of transaction.pages<Row>(marginSql('$1::int4 = 1'), [1, ...valuesOf(settings)], 10_000)) {
    rows.push(...page)
  }
  return lookUp(rows, standard)
}

function lookUp(rows: readonly Row[], standard: number): MarginOf {
  const shares = new Map(rows.map(row => [row.party_id, row.share]))
  return partyId => shares.get(partyId) ?? standard
}
