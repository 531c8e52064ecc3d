import type { House } from '#kernel/house.ts'
import type { Progress } from '#kernel/jobs/index.ts'
import type { ImportSummary } from './contract.ts'

export type ImportStep = Omit<NonNullable<ImportSummary['progress']>, 'rate'>

/** Where an import stands, for its own screen, the Jobs page and the command line alike. */
export interface ImportProgress {
  report(step: ImportStep): Promise<void>
  readonly signal: AbortSignal
}

const pauseMilliseconds = 400

/** Writes what is true at most a few times a second; the rate is of the running step. */
export function importProgress(
  house: House,
  importId: string,
  hear: { readonly job?: Progress; readonly onProgress?: (progress: NonNullable<ImportSummary['progress']>) => void },
): ImportProgress {
  let writtenAt = Number.NEGATIVE_INFINITY
  let begun: { step: string; at: number; done: number } | undefined
  return {
    signal: hear.job?.signal ?? new AbortController().signal,
    async report(step) {
      const now = house.clock.elapsed()
      if (begun?.step !== step.step) begun = { step: step.step, at: now, done: step.done }
      else if (now - writtenAt < pauseMilliseconds && step.done !== step.total) return
      writtenAt = now
      const seconds = (now - begun.at) / 1000
      const rate = seconds > 0 ? Math.round((step.done - begun.done) / seconds) : 0
      const progress = { ...step, rate }
      hear.onProgress?.(progress)
      await house.database.transaction(async transaction => {
        await transaction.query('update files.import set progress = $2 where import_id = $1', [
          importId,
          JSON.stringify(progress),
        ])
        await house.live.announce(transaction, ['imports'])
      })
      const { done, total, unit } = step
      await hear.job?.report({
        done,
        ...(total !== null && { total }),
        unit: unit === 'orders' ? 'events' : unit === 'products' ? 'steps' : unit,
      })
    },
  }
}
