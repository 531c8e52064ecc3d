import type { Task } from '#kernel/tasks/contract.ts'
import { listWarnings } from '#social/warnings/contract.ts'
import { useAsk } from '../api.ts'

/**
 * A task's sentence is written when the task is made, and without money, because anyone may read tasks. Its programme
 * knows it as of today and for this reader: that sentence is shown where there is one, the task's own otherwise.
 */
export function useFreshWords(partyId?: string): (task: Task) => Task {
  const warnings = useAsk(listWarnings, { query: { view: 'week', limit: 100, ...(partyId ? { partyId } : {}) } })
  const fresh = new Map(warnings.data?.items.map(({ taskId, wordsKey, words }) => [taskId, { wordsKey, words }]))
  return task => ({ ...task, ...fresh.get(task.taskId) })
}
