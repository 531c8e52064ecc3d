import type { RandomSource } from '../sampling/random-source.ts'
import type { Columns, NumberColumn } from './columns.ts'
import type { Fit, FitOptions } from './fit.ts'
import type { History } from './history.ts'

export const modelNames = ['nbd', 'pareto-nbd', 'bg-nbd', 'mbg-nbd', 'bg-cnbd-k', 'mbg-cnbd-k'] as const
export type ModelName = (typeof modelNames)[number]

/** The three numbers a business asks of everybody, one row per customer. */
export interface Scores {
  /** P(alive). */
  readonly alive: Float64Array
  /** Expected purchases within the horizon. */
  readonly expected: Float64Array
  /** Probability of no purchase within the horizon: rank by this one. */
  readonly silence: Float64Array
}

/** Invented customers: what was seen of them, and what came after. */
export interface Simulated {
  readonly columns: Required<Columns>
  /** Purchases within `horizon` after the observation; all 0 where no horizon was asked for. */
  readonly future: Int32Array
  /** 1 where the customer had not left when the observation ended. */
  readonly alive: Uint8Array
}

export interface SimulationWindow {
  /** T of each customer. */
  readonly observed: NumberColumn
  readonly horizon?: number
}

/**
 * A model of repeat buying without a contract: customers buy at their own rate until, unseen, they leave. Every model
 * answers the same questions under the same names, so that one can stand in for another; all spans are in the unit of
 * the columns it was fitted on. Every answer is finite for every sound input; unsound input is refused (`InvalidInput`).
 *
 * `Parameters` are positive numbers by name, in the order of `parameterNames`.
 */
export interface TransactionModel<Parameters extends object, Options extends FitOptions = FitOptions> {
  readonly name: ModelName
  readonly parameterNames: readonly string[]
  /** Maximum likelihood over the logarithms of the parameters. Deterministic. */
  fit(columns: Columns, options?: Options): Fit<Parameters>
  /** Of one customer. */
  logLikelihood(parameters: Parameters, history: History): number
  /** The probability that the customer has not left for good by the end of the observation. */
  probabilityAlive(parameters: Parameters, history: History): number
  /** Conditional expectation of purchases within `horizon` after the end of the observation. */
  expectedPurchases(parameters: Parameters, history: History, horizon: number): number
  /** Expected repeat purchases of a customer of whom nothing is known, within `horizon` after the first purchase. */
  expectedPurchasesOfNew(parameters: Parameters, horizon: number): number
  /** Probability that such a customer makes exactly `count` repeat purchases within `horizon`. */
  purchaseCountProbability(parameters: Parameters, count: number, horizon: number): number
  /** Probability of no purchase within `horizon` after the end of the observation; 1 at horizon 0. */
  probabilityOfSilence(parameters: Parameters, history: History, horizon: number): number
  /** Span after the last purchase within which the next comes with probability `p`, given that the customer stays. */
  nextPurchaseQuantile(parameters: Parameters, history: History, p: number): number
  /**
   * Expected purchases over all time to come, each discounted by e^(-rate u) at u after the end of the observation
   * (discounted expected residual transactions, DERT). `rate` is continuous, per unit of time, and positive.
   */
  discountedExpectedResidual(parameters: Parameters, history: History, rate: number): number
  /** Given that the customer has not left: the span that the rest of the relationship outlives with probability 1/2. */
  residualLifetimeMedian(parameters: Parameters, history: History): number
  /** Invents customers who live exactly as the model says. */
  simulate(parameters: Parameters, window: SimulationWindow, random: RandomSource): Simulated
  /** P(alive), expected purchases and probability of silence of a whole base. */
  scores(parameters: Parameters, columns: Columns, horizon: number): Scores
  /** `discountedExpectedResidual` of a whole base. */
  discountedExpectedResiduals(parameters: Parameters, columns: Columns, rate: number): Float64Array
}

/** Whichever model: what code that chooses among models holds in its hands. */
export type AnyModel = TransactionModel<object>
