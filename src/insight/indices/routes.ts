import { readSituation } from '#insight/rhythm/index.ts'
import type { House } from '#kernel/house.ts'
import { type Route, route } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import * as contract from './contract.ts'
import { type Evidence, readFacts } from './facts.ts'
import { answersThatCount, type Facts, indexOf, scoresOf, weights } from './indices.ts'
import { readMeans, readMeasurement } from './store.ts'

export const indicesRoutes: readonly Route[] = [
  route(contract.readIndices, readIndices),
  route(contract.customerIndices, (house, { params }) => indicesOf(house, params.partyId)),
]

type Weighed = readonly [contract.FactName, number]
const factsIn = (index: contract.IndexName) => Object.entries(weights[index]) as unknown as readonly Weighed[]

async function readIndices(house: House) {
  const { asOfOn, history } = await readSituation(house)
  const measurement = await readMeasurement(house.database)
  const means = measurement ? await readMeans(house.database, measurement.measuredOn) : []
  return {
    reading: { asOfOn, history },
    measuredOn: measurement?.measuredOn ?? null,
    customers: measurement?.customers ?? 0,
    lookedAt: measurement?.lookedAt ?? 0,
    indices: contract.indexNames.map(index => {
      const trend = means.filter(each => each.index === index)
      const last = trend.findLast(each => each.on === measurement?.measuredOn)
      return {
        index,
        mean: last?.mean ?? null,
        low: last?.low ?? null,
        high: last?.high ?? null,
        speaksFor: last?.customers ?? 0,
        facts: factsIn(index).map(([fact, weight]) => ({ fact, weight })),
        trend: trend.map(({ on, mean, low, high, customers }) => ({ on, mean, low, high, speaksFor: customers })),
      }
    }),
  }
}

/** Computed when asked for: one customer's facts are one read of the log. */
async function indicesOf(house: House, partyId: string) {
  const [party] = await house.database.query('select 1 from parties.party where party_id = $1', [partyId])
  if (!party) throw refuse('not-found', 'indices:refusal.unknown-customer')
  const { asOfOn, history } = await readSituation(house)
  const measurement = await readMeasurement(house.database)
  const { facts, evidence } = (await readFacts(house, [partyId], new Set(measurement?.seen))).get(partyId)!
  const scores = scoresOf(facts)
  const shown = (events: readonly Evidence[] | undefined) => (events ?? []).slice(-answersThatCount).reverse()
  return {
    partyId,
    reading: { asOfOn, history },
    indices: contract.indexNames.map(index => ({
      index,
      ...indexOf(index, scores),
      facts: factsIn(index).map(([fact, weight]) => ({
        fact,
        weight,
        score: scores[fact],
        values: scores[fact] === null ? {} : valuesOf(fact, facts),
        events: shown(evidence[fact]),
      })),
    })),
  }
}

/** The numbers of a fact's sentence. */
function valuesOf(fact: contract.FactName, facts: Facts): Record<string, number> {
  switch (fact) {
    case 'returning':
      return { share: facts.returning!, count: facts.horizonDays }
    case 'rhythm':
      return { usual: facts.usualDays!, count: facts.silentDays! }
    case 'tenure':
      return { count: facts.tenureDays! }
    case 'ratings':
      return { count: Math.min(answersThatCount, facts.ratings.length), share: scoresOf(facts).ratings! }
    case 'promises':
      return { kept: facts.promisesKept, count: facts.promisesKept + facts.promisesBreached }
    case 'closed-complaints':
      return { closed: facts.complaintsClosed, count: facts.complaintsOpened! }
    case 'visits':
      return { count: facts.visits! }
    case 'replies':
      return { replies: facts.replies, count: facts.contacts }
    case 'reviews':
      return { count: facts.reviews! }
    case 'referrals':
      return { count: facts.referrals! }
    case 'refunds':
      return { share: Math.min(1, facts.refundedMinor! / facts.boughtMinor) }
    case 'complaints':
      return { count: facts.complaintsOpened! }
    case 'deliveries':
      return { late: facts.lateDeliveries, count: facts.deliveries }
  }
}
