import type { Queryable, Transaction } from '#kernel/database/index.ts'

export interface Product {
  readonly sku: string
  readonly name: string
  readonly category?: string | undefined
}

/**
 * Adds products and brings names up to date; the later of two entries with one sku wins. Rows that would not change are
 * not even locked, since every purchase names products and two batches must not wait for each other over them. A product that
 * came without a name is called by its number until somebody names it.
 */
export async function upsertProducts(transaction: Transaction, products: readonly Product[]): Promise<void> {
  const bySku = new Map(products.map(product => [product.sku, product]))
  if (bySku.size === 0) return
  const rows = [...bySku.values()].sort((left, right) => (left.sku < right.sku ? -1 : 1))
  await transaction.query(
    `insert into catalogue.product as p (sku, name, category)
     select * from unnest($1::text[], $2::text[], $3::text[]) as n (sku, name, category)
     where not exists (select from catalogue.product k
       where k.sku = n.sku and n.name in (k.name, k.sku) and (n.category is null or k.category = n.category))
     on conflict (sku) do update set name = case when excluded.name = p.sku then p.name else excluded.name end, category = coalesce(excluded.category, p.category)
     where p.name <> excluded.name or p.category is distinct from coalesce(excluded.category, p.category)`,
    [rows.map(row => row.sku), rows.map(row => row.name), rows.map(row => row.category ?? null)],
  )
}

export async function productNames(queryable: Queryable, skus: readonly string[]): Promise<Map<string, string>> {
  if (skus.length === 0) return new Map()
  const rows = await queryable.query<{ sku: string; name: string }>(
    'select sku, name from catalogue.product where sku = any($1)',
    [skus],
  )
  return new Map(rows.map(row => [row.sku, row.name]))
}
