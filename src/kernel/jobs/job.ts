import type { z } from 'zod'
import type { Transaction } from '../database/index.ts'
import type { House } from '../house.ts'

/**
 * Tells how far the work is; shown as it is, so only ever what is true. Totals may grow while more is discovered. It is written
 * beside the work, so that a transaction may tell of itself too.
 */
export interface Progress {
  report(step: {
    done: number
    total?: number
    unit: 'rows' | 'bytes' | 'customers' | 'events' | 'steps'
  }): Promise<void>
  /** Words for the Jobs page: a translation key with its values. */
  say(key: string, values?: Readonly<Record<string, string | number>>): Promise<void>
  /** Set when the process is stopping: a long job ends at its next safe place and is run again later. */
  readonly signal: AbortSignal
}

/** Work to be done later, at least once; a job must be written so that running it twice does no harm. */
export interface JobDefinition {
  /** `rhythm.fit`; also the translation key of its title, `<room>:job.<rest>`. */
  readonly name: string
  readonly input: z.ZodType
  /** Shown on the Jobs page. Small routine work stays out of sight. */
  readonly visible: boolean
  run(house: House, input: never, progress: Progress): Promise<Readonly<Record<string, string | number>> | undefined>
}

export function job<Input extends z.ZodType>(definition: {
  name: string
  input: Input
  visible: boolean
  run(
    house: House,
    input: z.output<Input>,
    progress: Progress,
  ): Promise<Readonly<Record<string, string | number>> | undefined>
}): JobDefinition {
  return definition as unknown as JobDefinition
}

/** A job enqueued by the calendar: five cron fields, read in UTC. Missed runs are made up for once. */
export interface Schedule {
  readonly job: string
  readonly cron: string
}

export interface JobRun {
  readonly runId: string
  readonly name: string
  readonly state: 'waiting' | 'running' | 'done' | 'failed'
  readonly done: number
  readonly total: number | null
  readonly unit: string | null
  readonly wordsKey: string | null
  readonly words: Readonly<Record<string, string | number>> | null
  readonly result: Readonly<Record<string, string | number>> | null
  readonly failure: string | null
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly endedAt: Date | null
}

export interface Jobs {
  /**
   * Asks for a job in the same transaction as its cause. With `key`, a job that waits already is not asked for twice.
   * Returns the run's id (visible jobs).
   */
  enqueue(
    transaction: Transaction,
    name: string,
    input: object,
    options?: { readonly key?: string; readonly runAt?: Date },
  ): Promise<string>
  list(limit: number): Promise<JobRun[]>
}
