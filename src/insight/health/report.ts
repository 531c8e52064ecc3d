import { addDays } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import type { ModelHealth, WatchedFit } from './contract.ts'
import { type RefitReason, reasonToRefit } from './refit.ts'
import { maturedSnapshots, openSnapshots, type Review, readFinding, readReviews, wasAskedSince } from './store.ts'
import { measuresOf, verdictOf } from './verdict.ts'
import type { KnownFit, WatchedModel } from './watched.ts'

/** A year of weekly forecasts. */
const mostMatured = 52

/** How far back a fit is looked for that was tested. */
const fitsSearched = 5

/** All that is known of one model, with the verdict by today's rules. */
export async function healthOf(house: House, model: WatchedModel): Promise<ModelHealth> {
  const standing = await model.standing(house)
  const { fits } = await model.fits(house, fitsSearched)
  const fit = fits[0] ?? null
  const [reviews, finding, matured, open] = await Promise.all([
    readReviews(
      house.database,
      model.name,
      fits.map(({ fitId }) => fitId),
    ),
    readFinding(house.database, model.name),
    maturedSnapshots(house.database, model.name, mostMatured),
    openSnapshots(house.database, model.name),
  ])
  const review = fit ? reviews.get(fit.fitId) : undefined
  // Between a fit and its test, what was found of the fit before still stands.
  const judged = fits.find(({ fitId }) => reviews.has(fitId)) ?? fit
  const holdout = (judged && reviews.get(judged.fitId)?.holdout) ?? null
  const drift = finding && finding.fitId === judged?.fitId ? finding.drift : null
  const measures =
    judged?.kind === 'fitted'
      ? measuresOf({ fit: judged, today: standing.reading.asOfOn, holdout, live: matured[0] ?? null, drift })
      : []
  return {
    model: model.name,
    state: standing.state,
    have: standing.have,
    needed: standing.needed,
    reading: standing.reading,
    horizonDays: standing.horizonDays,
    verdict: verdictOf(measures, model.tells),
    measures,
    fit: fit && fitShown(fit, review),
    holdout,
    live: model.foretells && {
      matured: matured.map(({ maturedAt, ...shown }) => shown),
      open: open.map(({ madeOn, horizonDays, customers }) => ({
        madeOn,
        endsOn: addDays(madeOn, horizonDays),
        customers,
      })),
    },
    drift,
    slowDrift: finding?.slowDrift ?? null,
    notice: fit && (await noticeOf(house, model, fit)),
  }
}

export async function fitsOf(house: House, model: WatchedModel, limit: number) {
  const { fits, total } = await model.fits(house, limit)
  const reviews = await readReviews(
    house.database,
    model.name,
    fits.map(({ fitId }) => fitId),
  )
  return { items: fits.map(fit => fitShown(fit, reviews.get(fit.fitId))), total }
}

/** Why this model should be learned anew, if it should. */
export async function reasonFor(house: House, model: WatchedModel, fit: KnownFit): Promise<RefitReason | null> {
  const finding = await readFinding(house.database, model.name)
  const [live] = await maturedSnapshots(house.database, model.name, 1)
  return reasonToRefit({
    fittedAt: fit.fittedAt,
    drift: finding?.fitId === fit.fitId ? finding.drift : null,
    live: live ?? null,
  })
}

async function noticeOf(house: House, model: WatchedModel, fit: KnownFit): Promise<ModelHealth['notice']> {
  const reason = await reasonFor(house, model, fit)
  if (!reason) return null
  const isAsked = await wasAskedSince(house.database, model.name, fit.fittedAt)
  return { ...reason, state: isAsked ? 'asked' : 'proposed' }
}

function fitShown(fit: KnownFit, review: (Review & { readonly tookMs: number | null }) | undefined): WatchedFit {
  return {
    fitId: fit.fitId,
    fittedAt: fit.fittedAt.toISOString(),
    asOfOn: fit.asOfOn,
    kind: fit.kind,
    customers: fit.customers,
    parameters: fit.parameters,
    logLikelihood: fit.logLikelihood,
    warnings: [...fit.warnings],
    review: review
      ? {
          because: review.because,
          askedBy: review.askedBy,
          runId: review.runId,
          tookMs: review.tookMs,
          holdout: review.holdout,
          change: review.change,
        }
      : null,
  }
}
