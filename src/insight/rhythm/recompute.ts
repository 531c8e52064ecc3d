import type { House } from '#kernel/house.ts'
import type { Progress } from '#kernel/jobs/index.ts'
import { dueDaysSql } from './due-days.ts'
import { tableOf } from './forecast.ts'
import { currentModel } from './store.ts'

const pageSize = 10_000

/**
 * Works out late, dormant and lost days of the whole base by the newest model, page by page. Each page is one statement:
 * the odds depend on the number of purchases alone, so the database needs a small table of them and no mathematics. The
 * version grows with it, so that a batch which read a state under the old model cannot write its days over the new.
 */
export async function recomputeDays(house: House, modelNo: number, progress: Progress): Promise<number> {
  const model = await currentModel(house)
  if (!model || model.modelNo !== modelNo) return 0
  const counts = await house.database.query<{ purchase_days: number }>(
    'select distinct purchase_days from rhythm.state where purchase_days > 0 order by purchase_days',
  )
  // Whoever buys while we compute has one purchase day more, or two; their odds must be in the table as well.
  const days = [...new Set(counts.flatMap(row => [row.purchase_days, row.purchase_days + 1, row.purchase_days + 2]))]
  const odds = days.map(purchaseDays => tableOf(model)(purchaseDays - 1))
  const [total] = await house.database.query<{ count: number }>('select count(*) as count from rhythm.state')
  let last: string | null = null
  let done = 0
  for (;;) {
    if (progress.signal.aborted) throw new Error('stopped before all customers were computed; the job runs again')
    const [page]: { last: string | null }[] = await house.database.query<{ last: string | null }>(
      `select max(party_id::text) as last from (select party_id from rhythm.state
         where $1::uuid is null or party_id > $1 order by party_id limit ${pageSize}) as page`,
      [last],
    )
    if (!page?.last) break
    const through: string = page.last
    // In a transaction, because those are run again when they meet a batch of purchases that locked the same customers.
    const [written] = await house.database.transaction(transaction =>
      transaction.query<{ count: number }>(
        `with written as (
         update rhythm.state s set version = s.version + 1, model_no = $2, late_on = ${dueDaysSql.lateOn},
           dormant_on = ${dueDaysSql.dormantOn}, lost_on = ${dueDaysSql.lostOn}
         from unnest($3::int4[], $4::float8[], $5::float8[], $6::float8[]) as o (purchase_days, late, dormant, lost)
         where o.purchase_days = s.purchase_days and ($7::uuid is null or s.party_id > $7) and s.party_id <= $8
         returning 1)
       select count(*) as count from written`,
        [
          model.parameters.alpha,
          modelNo,
          days,
          odds.map(row => row.late),
          odds.map(row => row.dormant),
          odds.map(row => row.lost),
          last,
          through,
        ],
      ),
    )
    done += written!.count
    last = through
    await progress.report({ done, total: Math.max(done, total!.count), unit: 'customers' })
  }
  return done
}
