import { rm } from 'node:fs/promises'
import { z } from 'zod'
import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import { emptyWhere, tracesOf } from '#kernel/parties/index.ts'
import { bytesOf } from './source.ts'
import { fileOf } from './store.ts'

/** Removes kept files; asked for in the transaction that forgets, because a file cannot be brought back if that fails. */
export const removeSources = job({
  name: 'files.remove-sources',
  input: z.object({ importIds: z.array(z.uuid()) }),
  visible: false,
  async run(house, { importIds }) {
    for (const importId of importIds) await rm(fileOf(house, importId), { force: true })
    return { files: importIds.length }
  },
})

/**
 * What an import copied of somebody is deleted: rows on their way, rows that were rejected, samples, what a profile was before.
 * A file in which they stand is removed whole, since one row cannot be taken out of a spreadsheet that somebody signed;
 * what was imported from it stays, and can still be undone.
 */
export async function forgetRows(house: House, transaction: Transaction, partyId: string): Promise<void> {
  const { identifiers, names } = await tracesOf(transaction, partyId)
  const texts = [...identifiers, ...names]
  await transaction.query(
    `delete from files.staged_customer where party_id = $1 or exists (select from unnest($2::text[]) as t (text)
       where strpos(lower(concat_ws(' ', customer_key, customer_id, email, phone, name, family_name, given_name)), lower(t.text)) > 0)`,
    [partyId, texts],
  )
  for (const table of ['files.staged_line', 'files.staged_order']) {
    await emptyWhere(transaction, table, { customer_key: 'null' }, identifiers)
  }
  await emptyWhere(transaction, 'files.rejected_row', { value: 'null', details: `'{}'`, cells: 'null' }, texts)
  await emptyWhere(transaction, 'files.mended_row', { cells: `'[]'` }, texts)
  await transaction.query('delete from files.said_value where party_id = $1', [partyId])
  await transaction.query(
    'update files.named_party set before = null, after = null where party_id = $1 and (before is not null or after is not null)',
    [partyId],
  )
  await emptyWhere(transaction, 'files.named_party', { before: 'null', after: 'null' }, identifiers)
  const named = await importsNaming(house, transaction, { partyId, texts })
  if (named.length === 0) return
  await transaction.query(
    `update files.import set preview = '[]', failure = null,
       columns = coalesce((select jsonb_agg(c || '{"samples": []}'::jsonb order by place)
         from jsonb_array_elements(columns) with ordinality as e (c, place)), '[]'), name = case when exists (select from unnest($2::text[]) as t (text)
         where strpos(lower(name), lower(t.text)) > 0) then '–' else name end,
       state = case when state in ('mapping', 'checked') then 'failed' else state end
     where import_id = any ($1)`,
    [named, texts],
  )
  // Of rows whose other cells are not kept it cannot be told any more whose they were.
  await transaction.query(
    `update files.rejected_row set value = null, details = '{}'
     where import_id = any ($1) and cells is null and (value is not null or details <> '{}')`,
    [named],
  )
  await house.jobs.enqueue(transaction, removeSources.name, { importIds: named })
}

async function importsNaming(
  house: House,
  transaction: Transaction,
  { partyId, texts }: { readonly partyId: string; readonly texts: readonly string[] },
): Promise<string[]> {
  const rows = await transaction.query<{ importId: string; gzip: boolean; format: string; isNamed: boolean }>(
    `select i.import_id as "importId", i.gzip, i.format,
       exists (select from files.named_party n where n.import_id = i.import_id and n.party_id = $1)
       or exists (select from files.recorded_order o where o.import_id = i.import_id and o.party_id = $1)
       or exists (select from unnest($2::text[]) as t (text)
         where strpos(lower(concat_ws(' ', i.name, i.preview, i.columns, i.failure)), lower(t.text)) > 0) as "isNamed"
     from files.import i`,
    [partyId, texts],
  )
  const named: string[] = []
  for (const row of rows) if (row.isNamed || (await stands(house, row, texts))) named.push(row.importId)
  return named
}

const encodings = (text: string) => [Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le')]

/** Whether a kept file of text holds one of them. Packed formats are known by the rows that were read from them. */
async function stands(
  house: House,
  row: { readonly importId: string; readonly gzip: boolean; readonly format: string },
  texts: readonly string[],
): Promise<boolean> {
  if (row.format === 'xlsx' || row.format === 'parquet') return false
  const wanted = texts.flatMap(encodings)
  const longest = Math.max(0, ...wanted.map(each => each.length))
  let before = Buffer.alloc(0)
  try {
    for await (const chunk of bytesOf(fileOf(house, row.importId), { format: 'csv', gzip: row.gzip })) {
      const bytes = Buffer.concat([before, chunk])
      if (wanted.some(each => bytes.includes(each))) return true
      before = bytes.subarray(Math.max(0, bytes.length - longest))
    }
  } catch {
    // A file that was removed, or cannot be read, holds nobody.
  }
  return false
}
