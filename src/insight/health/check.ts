import { z } from 'zod'
import { addDays, type Day, localDay } from '#kernel/clock/index.ts'
import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { job, type Progress } from '#kernel/jobs/index.ts'
import { type Drift, healthSettings } from './contract.ts'
import { driftOf, type Profile, profileOf } from './drift.ts'
import { judgeMatured, takeSnapshot } from './live-forecasts.ts'
import { models } from './models.ts'
import { refitsByItself } from './refit.ts'
import { reasonFor } from './report.ts'
import {
  isUnderWay,
  noteRequest,
  profileBefore,
  type Review,
  readRequest,
  readReviews,
  runAt,
  saveFinding,
  saveReview,
} from './store.ts'
import type { KnownFit, Observed, Standing, WatchedModel } from './watched.ts'

export const settingsName = 'health'

/** Enough customers to see a drift or an error of one in a hundred; more would only make the check slower. */
const mostObserved = 10_000

/** A model that is learned every night follows a slow change without ever showing it; so it is shown against this long ago. */
const slowDays = 90

/**
 * Looks at every model in use: tests a fit that nobody has tested yet, compares the base with the one the model saw, puts
 * down what is foretold, holds what has matured against what happened, and learns anew where the owner wants it so.
 */
export const checkJob = job({
  name: 'health.check',
  input: z.object({}),
  visible: true,
  async run(house, _, progress) {
    let checked = 0
    let matured = 0
    for (const model of models) {
      const standing = await model.standing(house)
      const { fits } = await model.fits(house, 1)
      const fit = fits[0]
      if (!fit) continue
      await checkFit(house, model, fit, standing, progress)
      matured += await judgeMatured(house, model, standing)
      await takeSnapshot(house, model, fit, standing)
      await askForRefit(house, model, fit, standing)
      checked++
    }
    await house.database.transaction(async transaction => {
      await lookAgain(house, transaction)
      await house.live.announce(transaction, ['models'])
    })
    return { checked, matured }
  },
})

/** Not every fit tells of its end; while one is under way, the check comes back for it. */
async function lookAgain(house: House, transaction: Transaction): Promise<void> {
  const now = house.clock.now()
  const jobs = models.map(model => model.job)
  if (!(await isUnderWay(transaction, jobs, new Date(now.getTime() - longestFitMs)))) return
  await house.jobs.enqueue(transaction, 'health.check', {}, { key: 'health.check', runAt: soonAfter(now) })
}

/** A fit that has been waiting for longer than this is stuck, and its run says so. */
const longestFitMs = 3_600_000

export function soonAfter(now: Date): Date {
  return new Date(now.getTime() + 15_000)
}

async function checkFit(
  house: House,
  model: WatchedModel,
  fit: KnownFit,
  standing: Standing,
  progress: Progress,
): Promise<void> {
  await progress.say('health:job.reading', {})
  const observed = await model.observe(house, mostObserved)
  let review: Review | undefined = (await readReviews(house.database, model.name, [fit.fitId])).get(fit.fitId)
  if (!review) {
    await progress.say('health:job.testing', {})
    const tested = await reviewOf(house, model, fit, observed)
    await house.database.transaction(transaction => saveReview(transaction, model.name, tested))
    review = tested
  }
  const since = (seen: { profileOn: Day; profile: Profile | null } | null): Drift | null =>
    seen?.profile
      ? {
          sinceOn: seen.profileOn,
          foundOn: observed.onDay,
          customers: observed.partyIds.length,
          features: driftOf(seen.profile, observed),
        }
      : null
  const aQuarterAgo = await profileBefore(house.database, model.name, addDays(observed.onDay, -slowDays))
  const finding = {
    foundOn: standing.today,
    foundAt: house.clock.now(),
    fitId: fit.fitId,
    drift: since(review),
    slowDrift: since(aQuarterAgo),
  }
  await house.database.transaction(transaction => saveFinding(transaction, model.name, finding))
}

async function reviewOf(house: House, model: WatchedModel, fit: KnownFit, observed: Observed): Promise<Review> {
  const runId = await runAt(house.database, model.job, fit.fittedAt)
  const request = runId ? await readRequest(house.database, runId) : null
  return {
    fitId: fit.fitId,
    reviewedAt: house.clock.now(),
    because: request?.because ?? (runId ? 'data' : 'schedule'),
    askedBy: request?.askedBy ?? null,
    runId,
    profileOn: observed.onDay,
    profile: observed.partyIds.length > 0 ? profileOf(observed) : null,
    holdout: fit.kind === 'fitted' ? await model.test(house, observed) : null,
    change: await model.compare(house, observed),
  }
}

async function askForRefit(house: House, model: WatchedModel, fit: KnownFit, standing: Standing): Promise<void> {
  const settings = await house.settings.read(settingsName, healthSettings)
  const { zone } = await house.settings.business()
  if (!refitsByItself(settings, localDay(fit.fittedAt, zone), standing.today)) return
  const reason = await reasonFor(house, model, fit)
  if (!reason) return
  await house.database.transaction(async transaction => {
    const runId = await house.jobs.enqueue(transaction, model.job, {}, { key: model.job })
    await noteRequest(transaction, {
      runId,
      model: model.name,
      because: 'drift',
      askedBy: null,
      askedAt: house.clock.now(),
      reason,
    })
  })
}
