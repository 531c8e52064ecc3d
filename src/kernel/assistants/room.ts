import type { Permission } from '#kernel/access/index.ts'
import { route } from '#kernel/operation.ts'
import type { Room } from '#kernel/room.ts'
import { listAssistantTools } from './contract.ts'
import { type AssistantTool, isAct } from './tool.ts'

export const assistantsRoom = (tools: readonly AssistantTool[]): Room => ({
  name: 'kernel/assistants',
  routes: [
    route(listAssistantTools, async () => ({
      items: tools.map(tool => ({
        name: tool.name,
        description: tool.description,
        needs: [...new Set(Object.values(tool.parts).map(({ operation }) => operation.permission as Permission))],
        changes: isAct(tool),
      })),
    })),
  ],
})
