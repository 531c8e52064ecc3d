import { refuseAll } from '../../invalid-input.ts'

/**
 * The spread of churn over the base: a customer leaves at every renewal with a chance of her own, and those chances are
 * Beta(a, b). Mean churn at the first renewal is a / (a + b).
 */
export interface SbgParameters {
  readonly a: number
  readonly b: number
}

export const sbgNames = ['a', 'b'] as const

/**
 * How many customers of a cohort are still there: at the start, after the first renewal, after the second ... Weights and
 * percentages will do, but the fit takes them for numbers of customers.
 */
export type SurvivalCounts = ArrayLike<number>

/** Refuses cohorts that cannot have happened, every kind of fault once. */
export function checkCohorts(cohorts: readonly SurvivalCounts[]): void {
  const faults = new Map<string, number>()
  const note = (fault: string, cohort: number) => faults.has(fault) || faults.set(fault, cohort)
  for (const [number, active] of cohorts.entries()) {
    if (active.length < 2) note('a cohort needs its size and at least one renewal', number)
    if (!(active[0]! > 0)) note('a cohort must begin with customers', number)
    for (let period = 0; period < active.length; period++) {
      if (!(active[period]! >= 0 && active[period]! < Infinity)) {
        note('counts must be finite numbers of at least 0', number)
      } else if (period > 0 && active[period]! > active[period - 1]!) note('a cohort cannot grow', number)
    }
  }
  const messages = [...faults].map(([fault, cohort]) => `${fault} (first in cohort ${cohort})`)
  if (cohorts.length === 0) messages.push('there are no cohorts')
  refuseAll(messages)
}

/** Refuses a number of periods that is no whole number from `least`. */
export function checkPeriods(name: string, periods: number, least: number): void {
  if (!(Number.isInteger(periods) && periods >= least)) {
    refuseAll([`${name} must be a whole number of at least ${least}, found ${periods}`])
  }
}

/** Refuses a discount rate per period that is negative; 0 is allowed only where there is an end. */
export function checkRate(rate: number): void {
  if (!(rate > 0 && rate < Infinity)) refuseAll([`rate must be a positive finite number per period, found ${rate}`])
}
