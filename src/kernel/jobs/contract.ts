import { z } from 'zod'
import { operation } from '#kernel/operation.ts'

const values = z.record(z.string(), z.union([z.string(), z.number()]))

export const jobRun = z.object({
  runId: z.uuid(),
  name: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  done: z.number(),
  total: z.number().nullable(),
  unit: z.string().nullable(),
  wordsKey: z.string().nullable(),
  words: values.nullable(),
  result: values.nullable(),
  failure: z.string().nullable(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
})

export const listJobs = operation({
  id: 'listJobs',
  method: 'GET',
  path: '/api/jobs',
  summary: 'Long work, running and past, newest first',
  permission: 'jobs.read',
  query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
  reply: z.object({ items: z.array(jobRun) }),
})
