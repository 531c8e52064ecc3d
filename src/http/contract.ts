import { z } from 'zod'
import { operation } from '#kernel/operation.ts'

/** The answer to every refused or failed request: RFC 9457, media type `application/problem+json`. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    /** Stable; also the translation key of `detail`. */
    code: z.string(),
    /** A sentence in the reader's language. */
    detail: z.string(),
    errors: z.array(z.object({ path: z.string(), code: z.string(), detail: z.string() })).optional(),
    /** Only for faults of the server: what to quote to the operator, who finds it in the log. */
    faultId: z.string().optional(),
  })
  .meta({ id: 'Problem' })

export type Problem = z.infer<typeof problem>

export const health = z
  .object({
    status: z.enum(['ok', 'unavailable']),
    version: z.string(),
    database: z.enum(['ok', 'unreachable']),
    queue: z.enum(['ok', 'unreachable']),
  })
  .meta({ id: 'Health' })

export type Health = z.infer<typeof health>

export const readHealth = operation({
  id: 'readHealth',
  method: 'GET',
  path: '/api/health',
  summary: 'Is the server well; answers 503 with the same body when it is not',
  permission: 'public',
  reply: health,
  world: 'business',
})
