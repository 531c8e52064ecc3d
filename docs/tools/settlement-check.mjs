// Works a coalition statement out again from the ledger's journal, with nothing but Node.
//
//   node settlement-check.mjs journal.csv statement.json
//
// The journal is what the Ledger page exports, the statement is the JSON of the Coalition page; see docs/guides/settlement.md.
// Prints each line as the journal has it and ends with 1 where the statement says otherwise.
import { readFileSync } from 'node:fs'

const [journalPath, statementPath] = process.argv.slice(2)
if (!statementPath) {
  console.error('usage: node settlement-check.mjs journal.csv statement.json')
  process.exit(2)
}
const statement = JSON.parse(readFileSync(statementPath, 'utf8'))
const { merchantId, zone, terms } = statement
const [startsAt, endsAt] = [Date.parse(statement.startsAt), Date.parse(statement.endsAt)]

/** Rows of a CSV text as objects named by its first row. */
function rowsOf(text) {
  const rows = [[]]
  for (const [, quoted, plain, end] of text
    .replace(/^\uFEFF/, '')
    .matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === '') break
    if (end !== ',') rows.push([])
  }
  const [names, ...rest] = rows.filter(row => row.length > 1)
  return rest.map(row => Object.fromEntries(names.map((name, index) => [name, row[index]])))
}

const days = new Intl.DateTimeFormat('en-CA', { timeZone: zone })
const begun = on => terms.filter(each => each.fromOn <= on).sort((one, other) => other.number - one.number)[0]

const sums = new Map()
function count(kind, amount, on) {
  const last = begun(on)
  const isOver = !last || (last.untilOn !== null && last.untilOn < on)
  // New business needs terms in force; what undoes earlier business follows the last that were.
  if (!last || (isOver && (kind === 'issued' || kind === 'redeemed'))) return
  const name = `${kind}-${last.number}`
  const line = sums.get(name) ?? { kind, terms: last, points: 0 }
  sums.set(name, { ...line, points: line.points + amount })
}

for (const row of rowsOf(readFileSync(journalPath, 'utf8'))) {
  const postedAt = Date.parse(row.postedAt)
  if (row.asset !== 'points' || postedAt < startsAt || postedAt >= endsAt) continue
  const on = days.format(postedAt)
  const amount = Number(row.amount)
  if (row.code === 'issue' && row.from === `issuance:${merchantId}`) count('issued', amount, on)
  if (row.code === 'revoke' && row.to === `revoked:${merchantId}`) count('revoked', amount, on)
  if (row.code === 'expire' && row.to === `breakage:${merchantId}`) count('expired', amount, on)
  if (row.code === 'revoke' && row.from === `breakage:${merchantId}`) count('expired', -amount, on)
  if (/^(spend|capture)$/.test(row.code) && row.to === `redeemed:${merchantId}`) count('redeemed', amount, on)
  if (row.code === 'return' && row.from === `redeemed:${merchantId}`) count('returned', amount, on)
}

/** What a line is worth, in ten-thousandths of a minor unit; above zero the merchant owes it. */
function worthOf({ kind, terms: { fundMinorPer100, redeemMinorPer100, breakage }, points }) {
  const isTaken = kind === 'redeemed' || kind === 'returned'
  const rate = BigInt(isTaken ? redeemMinorPer100 : fundMinorPer100)
  const percent = BigInt(kind === 'expired' ? breakage.merchant : 100)
  const sign = kind === 'issued' || kind === 'returned' ? 1n : -1n
  return sign * BigInt(points) * rate * percent
}

const faults = []
let exact = 0n
for (const [name, line] of sums) {
  const worth = worthOf(line)
  exact += worth
  const said = statement.lines.find(each => each.lineId === name)
  console.log(
    `${name}: ${line.points} points, ${Number(worth) / 10_000} minor units; the statement says ${said?.points}, ${said?.amountMinor}`,
  )
  if (said?.points !== line.points)
    faults.push(`${name} is ${line.points} points in the journal, ${said?.points} in the statement`)
  else if (Math.abs(said.amountMinor - Number(worth) / 10_000) >= 1)
    faults.push(`${name} is a unit or more from ${Number(worth) / 10_000}`)
}
for (const line of statement.lines) {
  if (line.kind === 'correction') exact += BigInt(line.amountMinor) * 10_000n
  else if (!sums.has(line.lineId)) faults.push(`${line.lineId} has no posting in the journal`)
}
const net = Number((exact + 5000n - ((((exact + 5000n) % 10_000n) + 10_000n) % 10_000n)) / 10_000n)
const sum = statement.lines.reduce((total, line) => total + line.amountMinor, 0)
if (sum !== statement.netMinor) faults.push(`the lines add up to ${sum}, the net is ${statement.netMinor}`)
if (net !== statement.netMinor) faults.push(`the net is ${net} by the journal, ${statement.netMinor} in the statement`)

for (const fault of faults) console.error(fault)
console.log(
  faults.length === 0
    ? `The statement of ${merchantId} for ${statement.month} agrees with the journal.`
    : 'It does not agree.',
)
process.exitCode = faults.length === 0 ? 0 : 1
