// Checks a lucky draw from what it published, without asking anybody: node draw-check.mjs proof.json tickets.csv
// It needs nothing but Node (20 or later). Read it: that is the point of it.
import { createHash, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'

const [proofFile, ticketsFile] = process.argv.slice(2)
if (!proofFile || !ticketsFile) {
  console.error('Usage: node draw-check.mjs proof.json tickets.csv')
  process.exit(2)
}
const proof = JSON.parse(readFileSync(proofFile, 'utf8'))
const list = readFileSync(ticketsFile)
const faults = []
const claim = (isTrue, sentence) => {
  console.log(`${isTrue ? 'ok   ' : 'WRONG'} ${sentence}`)
  if (!isTrue) faults.push(sentence)
}
const sha256 = data => createHash('sha256').update(data).digest()

if (proof.format !== 'guanxi-draw-1') throw new Error(`unknown format ${proof.format}`)
if (!proof.seed) {
  console.log(`The draw has not been made yet. Keep this line until then: ${proof.seedHash}`)
  process.exit(0)
}

// 1. The seed is the one whose hash was published before the first ticket. Compare this hash with the one you kept.
const seed = Buffer.from(proof.seed, 'hex')
claim(sha256(seed).toString('hex') === proof.seedHash, `the seed is the one that was published: ${proof.seedHash}`)

// 2. The list is the one that was fixed at the closing, and its serials have no gap.
claim(sha256(list).toString('hex') === proof.listHash, `the list is the one that was fixed: ${proof.listHash}`)
const tickets = list
  .toString('utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map(line => line.split(','))
claim(
  tickets.length === proof.tickets && tickets.every(([serial], index) => Number(serial) === index + 1),
  `${tickets.length} tickets, numbered without a gap`,
)

// 3. The ranking: every serial by HMAC-SHA256(key, serial), the smallest first. With a public value, the key is
//    SHA-256(seed, a zero byte, the public value).
const key =
  proof.publicValue === null
    ? seed
    : createHash('sha256')
        .update(seed)
        .update(Buffer.from([0]))
        .update(proof.publicValue, 'utf8')
        .digest()
if (proof.publicValueName !== null) {
  console.log(`     compare yourself: ${proof.publicValueName} is ${JSON.stringify(proof.publicValue)}`)
}
const ranking = tickets
  .map(([serial, ticket, holder]) => ({
    serial: Number(serial),
    ticket,
    holder,
    rank: createHmac('sha256', key).update(serial).digest('hex'),
  }))
  .sort((one, other) => (one.rank < other.rank ? -1 : 1))

// 4. Down the ranking, nobody twice: first the prizes in their order, then a replacement for each that nobody came for.
const units = proof.prizes.flatMap(prize => Array.from({ length: prize.count }, () => prize.prizeId))
const holders = new Set()
const winners = ranking.filter(({ holder }) => !holders.has(holder) && holders.add(holder))
const awards = [...proof.awards].sort((one, other) => one.order - other.order)
const lapsed = awards.filter(award => award.state === 'lapsed')
claim(
  awards.filter(award => award.replaces === null).length === Math.min(units.length, winners.length),
  `${units.length} prizes, ${winners.length} customers with tickets`,
)
awards.forEach((award, index) => {
  const due = winners[index]
  const replaced = award.replaces === null ? undefined : lapsed.find(each => each.order === award.replaces)
  const prize = award.replaces === null ? units[index] : replaced?.prizeId
  claim(
    award.order === index + 1 &&
      due !== undefined &&
      award.serial === due.serial &&
      award.ticket === due.ticket &&
      award.prizeId === prize,
    `no. ${award.order}: serial ${award.serial}, ticket ${award.ticket}, ${award.prizeId}${
      award.replaces === null ? '' : ` (instead of no. ${award.replaces}, who did not come)`
    }`,
  )
})
for (const [index, each] of winners.slice(awards.length, awards.length + 3).entries()) {
  console.log(`     next in the ranking, ${index + 1}: serial ${each.serial}, ticket ${each.ticket}`)
}
console.log(faults.length === 0 ? 'The draw is right.' : `The draw is NOT right: ${faults.length} claims failed.`)
process.exit(faults.length === 0 ? 0 : 1)
