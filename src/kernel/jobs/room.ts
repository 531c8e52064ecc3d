import { local } from '#kernel/database/index.ts'
import { route } from '#kernel/operation.ts'
import type { Room } from '#kernel/room.ts'
import { listJobs } from './contract.ts'
import { forgetRuns } from './forget.ts'

const iso = (instant: Date | null) => instant?.toISOString() ?? null

export const jobsRoom: Room = {
  name: 'kernel/jobs',
  migrations: new URL('./migrations/', import.meta.url),
  tables: { 'jobs.run': local },
  forget: forgetRuns,
  routes: [
    route(listJobs, async (house, { query }) => ({
      items: (await house.jobs.list(query.limit)).map(run => ({
        ...run,
        words: run.words && { ...run.words },
        result: run.result && { ...run.result },
        createdAt: run.createdAt.toISOString(),
        startedAt: iso(run.startedAt),
        endedAt: iso(run.endedAt),
      })),
    })),
  ],
}
