import { useTranslation } from 'react-i18next'
import { listTasks } from '#kernel/tasks/contract.ts'
import { listWarnings } from '#social/warnings/contract.ts'
import { useAsk } from '../api.ts'
import { useFormat } from '../format.ts'
import { Sentence } from '../kit/index.ts'
import { useFreshWords } from '../today/fresh-words.ts'
import { GiveTask } from '../today/give-task.tsx'
import { reasonsOfWords } from '../today/reasons-of-words.ts'
import { TaskActions } from '../today/task-actions.tsx'

/** What to do for this customer now, why, and the buttons to say how it went. */
export function NextStep({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const tasks = useAsk(listTasks, { query: { state: 'open', partyId, limit: 5 } })
  const waiting = useAsk(listWarnings, { query: { view: 'waiting', partyId, limit: 1 } })
  const heldOut = useAsk(listWarnings, { query: { view: 'held-out', partyId, limit: 1 } })
  const fresh = useFreshWords(partyId)
  if (!tasks.data) return null
  const state = heldOut.data?.items[0] ? 'held-out' : waiting.data?.items[0] ? 'waiting' : 'none'
  return (
    <section className="card" aria-label={t('portrait.next')}>
      <h2>{t('portrait.next')}</h2>
      {tasks.data.items.length === 0 ? <p className="muted">{t(`portrait.next-${state}`)}</p> : null}
      {tasks.data.items.map(fresh).map(task => (
        <div key={task.taskId} className="next">
          <p>{t(task.suggestionKey, { name: task.partyName })}</p>
          <p className="why">
            <Sentence
              of={task.wordsKey}
              values={task.words}
              reasons={reasonsOfWords(t, format, task.wordsKey, task.words)}
            />
          </p>
          <p className="muted small due">
            {t('task.due', { day: format.day(task.dueOn) })}
            <GiveTask task={task} />
          </p>
          <TaskActions task={task} />
        </div>
      ))}
    </section>
  )
}
