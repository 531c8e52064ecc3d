import { type Box, isAtEdge } from '../../optimisation/box.ts'
import { type Columns, checkColumns, everyNth } from '../columns.ts'
import type { Fit, FitOptions } from '../fit.ts'
import { groupByPurchases } from '../purchase-groups.ts'
import { checkFitOptions, fitOf, meanGap } from '../report-fit.ts'
import { growingSamples, searchInStages } from '../staged-search.ts'
import { nbdObjective } from './objective.ts'
import { type NbdParameters, nbdParameterNames } from './parameters.ts'

/** Fits NBD to a base of customers by maximum likelihood over (ln r, ln alpha). */
export function fitNbd(columns: Columns, options: FitOptions): Fit<NbdParameters> {
  checkColumns(columns)
  checkFitOptions(options)
  const gap = meanGap(everyNth(columns, 30_000))
  const box: Box = { lower: [1e-3, 1e-4 * gap].map(Math.log), upper: [1e3, 1e5 * gap].map(Math.log) }
  const starts = [[0.5, gap].map(Math.log)]
  const bases = growingSamples(columns).map(groupByPurchases)
  const stages = bases.map(base => ({ customers: base.customers, objective: nbdObjective(base) }))
  const minimum = searchInStages(stages, { starts, box, ...options }).at(-1)!
  const atEdge = isAtEdge(minimum.point, box, 0) || isAtEdge(minimum.point, box, 1)
  return fitOf({ minimum, base: bases.at(-1)! }, nbdParameterNames, box, atEdge ? ['rates-at-boundary'] : [])
}
