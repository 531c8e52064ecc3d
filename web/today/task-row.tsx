import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Task } from '#kernel/tasks/contract.ts'
import { todayIn } from '../days.ts'
import { useFormat } from '../format.ts'
import { Face, type Level, Sentence, Strip, type StripData } from '../kit/index.ts'
import { GiveTask } from './give-task.tsx'
import { reasonsOfWords } from './reasons-of-words.ts'
import { TaskActions } from './task-actions.tsx'

/** One person to look after: face, why, the rhythm behind it, and what can be done. */
export function TaskRow({ task, strip, level }: { task: Task; strip: StripData | undefined; level: Level }) {
  const { t } = useTranslation()
  const format = useFormat()
  const overdue = task.dueOn < todayIn(format.zone)
  return (
    <li className="row" data-task={task.taskId}>
      <Face name={task.partyName} level={level} />
      <div>
        <div className="who">
          <Link to="." search={(previous: object) => ({ ...previous, person: task.partyId })}>
            {task.partyName}
          </Link>
          <GiveTask task={task} />
          {overdue ? <small className="warn">{t('task.since', { day: format.shortDay(task.dueOn) })}</small> : null}
        </div>
        <div className="why">
          <Sentence
            of={task.wordsKey}
            values={task.words}
            reasons={reasonsOfWords(t, format, task.wordsKey, task.words)}
          />
        </div>
      </div>
      <div className="row-strip">{strip ? <Strip data={strip} /> : null}</div>
      <TaskActions task={task} />
    </li>
  )
}
