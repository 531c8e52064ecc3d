import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { closeTask, listTasks, type outcomes, postponeTask, reopenTask, type Task } from '#kernel/tasks/contract.ts'
import { call, Problem } from '../api.ts'
import { useFormat } from '../format.ts'
import { offerUndo, showNotice, showProblem } from '../notices.tsx'

type List = z.infer<typeof listTasks.reply>

/**
 * Closing and postponing show at once and can be taken back for ten seconds. If the server says no, the card comes
 * back and the reason is told.
 */
export function useTask(task: Task) {
  const client = useQueryClient()
  const { t } = useTranslation()
  const format = useFormat()
  const ask = { params: { taskId: task.taskId } }
  const refresh = () =>
    client.invalidateQueries({
      predicate: query => ['listTasks', 'listWarnings', 'partyTimeline'].includes(String(query.queryKey[0])),
    })

  const act = async (doing: () => Promise<unknown>, said: string) => {
    await client.cancelQueries({ queryKey: [listTasks.id] })
    const before = client.getQueriesData<List>({ queryKey: [listTasks.id] })
    client.setQueriesData<List>({ queryKey: [listTasks.id] }, list => {
      if (!list) return list
      const items = list.items.filter(item => item.taskId !== task.taskId)
      return { items, total: list.total - (list.items.length - items.length) }
    })
    try {
      await doing()
      offerUndo(said, () => void undo())
    } catch (error) {
      for (const [key, list] of before) client.setQueryData(key, list)
      if (error instanceof Problem) showProblem(error)
    }
    await refresh()
  }

  const undo = async () => {
    try {
      await call(reopenTask, { ...ask, body: { partyId: task.partyId } })
      showNotice(t('task.reopened', { name: task.partyName }))
    } catch (error) {
      if (error instanceof Problem) showProblem(error)
    }
    await refresh()
  }

  return {
    close: (outcome: (typeof outcomes)[number], note?: string) =>
      act(
        () => call(closeTask, { ...ask, body: { partyId: task.partyId, outcome, ...(note ? { note } : {}) } }),
        t('task.closed', { name: task.partyName, outcome: t(`tasks:outcome.${outcome}`) }),
      ),
    postpone: (until: string) =>
      act(
        () => call(postponeTask, { ...ask, body: { partyId: task.partyId, until } }),
        t('task.postponed', { name: task.partyName, day: format.day(until) }),
      ),
  }
}
