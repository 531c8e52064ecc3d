import { z } from 'zod'
import { permissions } from '#kernel/access/permissions.ts'
import { operation } from '#kernel/operation.ts'

export const listAssistantTools = operation({
  id: 'listAssistantTools',
  method: 'GET',
  path: '/api/assistant-tools',
  summary: 'What assistants can ask for by the Model Context Protocol, and what a key needs for it',
  permission: 'signed-in',
  world: 'business',
  reply: z.object({
    items: z.array(
      z.object({
        name: z.string(),
        description: z.string(),
        /** Without the first the tool is not there; the others open further parts of its answer. */
        needs: z.array(z.enum(permissions)),
        changes: z.boolean(),
      }),
    ),
  }),
})
