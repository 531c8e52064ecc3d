import { z } from 'zod'
import { operation } from '#kernel/operation.ts'

export const demoStates = ['absent', 'loading', 'loaded'] as const

const demo = z.object({
  state: z.enum(demoStates),
  /** Steps told and to tell, while it loads. */
  done: z.int(),
  total: z.int().nullable(),
})

export const readDemo = operation({
  id: 'readDemo',
  method: 'GET',
  path: '/api/demo',
  summary: 'Whether the demo world is there, and how far its loading is',
  permission: 'signed-in',
  world: 'business',
  reply: demo,
})

export const loadDemo = operation({
  id: 'loadDemo',
  method: 'POST',
  path: '/api/demo/load',
  summary: 'Loads the demo world, a tea-shop chain, beside the business: a database of its own',
  permission: 'demo.manage',
  world: 'business',
  reply: demo,
  status: 202,
})

export const removeDemo = operation({
  id: 'removeDemo',
  method: 'POST',
  path: '/api/demo/remove',
  summary: 'Removes the demo world with its database; the business is not touched',
  permission: 'demo.manage',
  world: 'business',
  reply: demo,
  refusals: ['demo:refusal.still-loading'],
})
