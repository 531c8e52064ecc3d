import type { Totals } from './apply.ts'
import type { Base } from './base.ts'
import type { Estimate, Levers, Rival, ValueSettings, Winning } from './contract.ts'
import { rateWithRetention, replacementMinor } from './economics.ts'
import { baseIntervals, type Panel, panelRatio, picksByWorth, rowsOf } from './intervals.ts'
import { defaultMarginShare, type MarginOf } from './margins.ts'
import { learnedFrom, learnedFromRival, type ValueModel } from './model.ts'
import { expectedSpend } from './spend.ts'
import type { Findings } from './store.ts'
import { dailyRate, discountedYear, sum, type Terms, worthOf, yearDays } from './worth.ts'

const picks = 120

/** Days over which the pace of buying is compared, now and a year later: long enough to see past single visits. */
const paceDays = 91

/** Everything about the base that is more than a sum over customers. */
export async function findingsOf(
  model: ValueModel,
  {
    panelBase,
    marginOf,
    settings,
    totals,
    deciles,
  }: {
    readonly panelBase: Base
    readonly marginOf: MarginOf
    readonly settings: ValueSettings
    readonly totals: Totals
    readonly deciles: Findings['deciles']
  },
): Promise<Findings> {
  const { annualDiscountShare } = settings
  const terms = { annualDiscountShare }
  const panel = panelOf(model, panelBase, {
    annualDiscountShare,
    marginShare: Float64Array.from(panelBase.partyIds, marginOf),
  })
  const rivals = rivalsOf(model, panelBase, { annualDiscountShare, marginOf, totals })
  const intervals = await baseIntervals(model, panel, { ...terms, marginShare: panel.marginShare }, totals)
  return {
    lifetime: model.lifetime,
    equity: around(
      intervals.equity,
      rivals.flatMap(rival => rival.equityMinor ?? []),
    ),
    year: around(
      intervals.year,
      rivals.map(rival => rival.yearMinor),
    ),
    rivals,
    deciles,
    levers: leversOf(model, panel, settings, totals),
    winning: winningOf(model, settings, totals),
    marginShare: defaultMarginShare(settings),
    isMarginAssumed: settings.marginShare === null,
    annualDiscountShare,
    correction: model.correction,
  }
}

/** A range that holds what the rivals say as well. */
function around(estimate: Estimate, others: readonly number[]): Estimate {
  return {
    ...estimate,
    lowMinor: Math.min(estimate.lowMinor, ...others),
    highMinor: Math.max(estimate.highMinor, ...others),
  }
}

/** Customers on whom rivals are compared with the chosen model. */
const mostCompared = 6000

/** What the rivals make of the base: the total of the chosen model, times how theirs compares on the same customers. */
function rivalsOf(
  model: ValueModel,
  base: Base,
  {
    annualDiscountShare,
    marginOf,
    totals,
  }: {
    readonly annualDiscountShare: number
    readonly marginOf: MarginOf
    readonly totals: Totals
  },
): Rival[] {
  if (model.rivals.length === 0 || base.partyIds.length === 0) return []
  const stride = Math.ceil(base.partyIds.length / mostCompared)
  const some = rowsOf(
    base,
    Int32Array.from({ length: Math.ceil(base.partyIds.length / stride) }, (_, index) => index * stride),
  )
  const terms = { annualDiscountShare, marginShare: Float64Array.from(some.partyIds, marginOf) }
  const own = worthOf(learnedFrom(model), some, terms)
  const scaled = (total: number, theirs: Float64Array, ours: Float64Array) =>
    sum(ours) > 0 ? Math.round((total * sum(theirs)) / sum(ours)) : 0
  return model.rivals.map(rival => {
    const theirs = worthOf(learnedFromRival(model, rival), some, terms)
    const equity = model.lifetime === 'known' ? theirs.lifetimeMinor : theirs.yearMinor
    return {
      model: rival.model,
      yearMinor: scaled(totals.yearMinor, theirs.yearMinor, own.yearMinor),
      equityMinor: equity && scaled(totals.equityMinor, equity, own.worthMinor),
    }
  })
}

export function panelOf(
  model: ValueModel,
  base: Base,
  terms: { readonly annualDiscountShare: number; readonly marginShare: Float64Array },
): Panel {
  const learned = learnedFrom(model)
  const gross = worthOf(learned, base, { ...terms, marginShare: 1 }).worthMinor
  const rows = picksByWorth(gross, picks)
  const picked = rowsOf(base, rows)
  const marginShare = Float64Array.from(rows, row => terms.marginShare[row]!)
  return {
    base: picked,
    marginShare,
    worth: worthOf(learned, picked, { ...terms, marginShare }),
    weight: Float64Array.from(rows, row => gross[row]!),
  }
}

/**
 * What one point of retention, one of margin, and one per cent of acquisition spend are worth. Margin needs no model:
 * a point is a hundredth of what the base would be worth if all revenue were margin.
 */
export function leversOf(
  model: ValueModel,
  panel: Panel,
  settings: Pick<ValueSettings, 'annualDiscountShare' | 'acquisitionMinor'>,
  totals: Totals,
): Levers {
  const { equityMinor } = totals
  const retentionShare = model.lifetime === 'known' ? retentionOf(model, panel) : null
  const terms: Terms = { annualDiscountShare: settings.annualDiscountShare, marginShare: panel.marginShare }
  /** Part by which equity grows when this share of revenue stays instead. */
  const growth = (betterShare: number): number | null => {
    if (retentionShare === null) return null
    const rate = rateWithRetention(dailyRate(settings.annualDiscountShare) * yearDays, retentionShare, betterShare)
    if (rate === null) return null
    const better = worthOf(learnedFrom(model), panel.base, { ...terms, annualDiscountShare: Math.expm1(rate) })
    return panelRatio(panel, better.worthMinor, panel.worth.worthMinor) - 1
  }
  const point = retentionShare === null ? null : growth(retentionShare + 0.01)
  const percent = retentionShare === null ? null : growth(retentionShare * 1.01)
  const acquisition =
    settings.acquisitionMinor === null ? null : Math.round(0.01 * settings.acquisitionMinor * totals.newCustomersInYear)
  return {
    retentionShare,
    retentionPointMinor: point === null ? null : Math.round(equityMinor * point),
    marginPointMinor: Math.round(0.01 * totals.grossMinor),
    acquisitionPercentMinor: acquisition,
    elasticity: {
      retention: percent === null ? null : percent / 0.01,
      margin: 1,
      acquisition: acquisition === null || equityMinor <= 0 ? null : (100 * acquisition) / equityMinor,
    },
  }
}

/**
 * Of each unit of revenue that today's customers bring, what is still there a year later: the pace at which the model sees
 * them buy in the quarter after a year, against that of the coming quarter.
 */
function retentionOf(model: ValueModel, panel: Panel): number | null {
  const { model: transactions, parameters, spend, correction } = learnedFrom(model)
  const expected = (days: number) => transactions.scores(parameters, panel.base.columns, days).expected
  const soon = expected(paceDays)
  const year = expected(yearDays)
  const later = expected(yearDays + paceDays)
  const priced = (purchases: (row: number) => number) =>
    panel.base.partyIds.map((_, row) => {
      const each = expectedSpend(spend, panel.base.purchaseDays[row]!, panel.base.meanMinor[row]!)
      return purchases(row) * each * panel.marginShare[row]! * correction
    })
  const share = panelRatio(
    panel,
    priced(row => later[row]! - year[row]!),
    priced(row => soon[row]!),
  )
  return share > 0 && share < 1 ? share : null
}

/** A customer of whom nothing is known yet, against those who are here: what winning brings, what losing costs. */
export function winningOf(
  model: ValueModel,
  settings: Pick<ValueSettings, 'annualDiscountShare' | 'acquisitionMinor' | 'marginShare'>,
  totals: Totals,
): Winning {
  const { model: transactions, parameters, spend, correction } = learnedFrom(model)
  const rate = dailyRate(settings.annualDiscountShare)
  const newcomer = { purchases: 0, recency: 0, observed: 0, logGapSum: 0 }
  const within = (days: number) => transactions.expectedPurchasesOfNew(parameters, days)
  const later =
    model.lifetime === 'known'
      ? transactions.discountedExpectedResidual(parameters, newcomer, rate)
      : discountedYear(within(yearDays / 2), within(yearDays), rate)
  const perPurchase = expectedSpend(spend, 0, 0) * defaultMarginShare(settings)
  // The first purchase is sure; only what follows is a forecast, and only that is corrected.
  const newCustomerMinor = Math.round(perPurchase * (1 + later * correction))
  const { customers, worthMinor } = totals.present
  const presentCustomerMinor = customers > 0 ? Math.round(worthMinor / customers) : 0
  return {
    newCustomersInYear: totals.newCustomersInYear,
    newCustomerMinor,
    acquisitionMinor: settings.acquisitionMinor,
    presentCustomerMinor,
    replacementMinor: replacementMinor(presentCustomerMinor, newCustomerMinor, settings.acquisitionMinor),
  }
}
