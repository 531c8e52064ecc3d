import type { Literature } from './contract.ts'

/**
 * The margin multiple of Gupta & Lehmann: what a customer is worth per unit of yearly margin, when a share r stays each
 * year and money is discounted by i: r / (1 + i - r). A reference beside our own numbers, which need no constant r.
 *
 * Example: r 80 %, i 12 % -> .8 / .32 = 2.5 yearly margins.
 */
export function marginMultiple(retentionShare: number, annualDiscountShare: number): number {
  return retentionShare / (1 + annualDiscountShare - retentionShare)
}

/** Per cent of firm value for one per cent of improvement: Gupta, Lehmann & Stuart 2004 (abstract; ranges of the working paper). */
export const publishedElasticities = {
  retention: { value: 5, from: 3, to: 7 },
  margin: { value: 1, from: 1, to: 1 },
  acquisition: { value: 0.1, from: 0.02, to: 0.3 },
} as const

/**
 * The discount rate under which everything later counts as much as if a share of customers more stayed every year. If the
 * chance of staying another year rises from r to r', whatever is bought u years from now becomes (r'/r)^u times as much:
 * exactly what a smaller discount rate does. So better retention can be read off any model, without touching what it knows.
 *
 * Example: r .80 -> .81 at ln 1.1 a year: ln 1.1 - ln(.81 / .80) = .0829. Null where nothing would be left to discount.
 */
export function rateWithRetention(yearlyRate: number, retentionShare: number, betterShare: number): number | null {
  if (!(retentionShare > 0 && betterShare < 1)) return null
  const rate = yearlyRate - Math.log(betterShare / retentionShare)
  return rate > 0.002 ? rate : null
}

/** What it costs to win enough new customers to make up for the loss of one present customer. */
export function replacementMinor(
  presentCustomerMinor: number,
  newCustomerMinor: number,
  acquisitionMinor: number | null,
): number | null {
  if (acquisitionMinor === null || newCustomerMinor <= 0) return null
  return Math.round((presentCustomerMinor / newCustomerMinor) * acquisitionMinor)
}

const discounts = [0.1, 0.12, 0.14, 0.16] as const
const retentions = [0.6, 0.7, 0.8, 0.9] as const

/** Published elasticities and the table of multiples, with the one that the own retention and discount give. */
export function literatureFor(retentionShare: number | null, annualDiscountShare: number): Literature {
  return {
    elasticity: publishedElasticities,
    multiples: {
      annualDiscountShares: [...discounts],
      rows: retentions.map(retention => ({
        retentionShare: retention,
        multiples: discounts.map(discount => marginMultiple(retention, discount)),
      })),
      own: retentionShare === null ? null : marginMultiple(retentionShare, annualDiscountShare),
    },
  }
}
