import { Menu } from '@mantine/core'
import { Check } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { listColleagues } from '#kernel/access/contract.ts'
import { assignTask, listTasks, type Task } from '#kernel/tasks/contract.ts'
import { listWarnings } from '#social/warnings/contract.ts'
import { useAsk, useDo } from '../api.ts'
import { offerUndo } from '../notices.tsx'
import { useMay } from '../session.tsx'

/** Whose task it is; where there are colleagues, it can be given to one of them. */
export function GiveTask({ task }: { task: Task }) {
  const { t } = useTranslation()
  const mayAct = useMay('tasks.act')
  const colleagues = useAsk(listColleagues, {})
  const assign = useDo(assignTask, { refresh: [listTasks, listWarnings] })
  const people = colleagues.data?.items ?? []
  // Staff live in the business alone: the demo's tasks know their owner's id, not the name.
  const owner = people.find(({ id }) => id === task.ownerId)?.name ?? task.ownerName
  if (!mayAct || people.length < 2) return owner ? <small>{owner}</small> : null
  const give = (ownerId: string | null) =>
    assign.mutateAsync({ params: { taskId: task.taskId }, body: { partyId: task.partyId, ownerId } })
  const giveTo = async (ownerId: string | null, name: string) => {
    await give(ownerId)
    offerUndo(t('task.given', { name: task.partyName, to: name }), () => void give(task.ownerId).catch(() => {}))
  }
  const nobody = t('task.anybody')
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className="link small give">
          {owner || t('task.give')}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('task.give')}</Menu.Label>
        {[...people.map(({ id, name }) => ({ id, name: name || t('top.nameless') })), { id: null, name: nobody }].map(
          ({ id, name }) => (
            <Menu.Item
              key={id ?? 'nobody'}
              rightSection={task.ownerId === id ? <Check size={14} /> : null}
              onClick={() => void giveTo(id, name).catch(() => {})}
            >
              {name}
            </Menu.Item>
          ),
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
