/**
 * Every published number that the models are held to, beside ours: `npm run bench -- published`. One JSON line per row; a row
 * whose data set is not here is skipped and says so.
 */
import { PUBLISHED_ROWS } from './published-rows.ts'

let met = 0
let missed = 0
let skipped = 0
for (const { source, kind, what, expected, within, ours } of PUBLISHED_ROWS) {
  const found = ours()
  if (found === undefined) {
    skipped++
    continue
  }
  const isMet = Math.abs(found - expected) <= within
  if (isMet) met++
  else missed++
  console.log(
    JSON.stringify({
      bench: 'published',
      what,
      source,
      kind,
      expected,
      ours: Number(found.toPrecision(8)),
      within,
      met: isMet,
    }),
  )
}
console.log(JSON.stringify({ bench: 'published', met, missed, skipped }))
process.exitCode = missed > 0 ? 1 : 0
