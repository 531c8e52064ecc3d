import { Button, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { countCustomers, readRhythm } from '#insight/rhythm/contract.ts'
import { changeMe, readSession } from '#kernel/access/contract.ts'
import { listTasks, type Task } from '#kernel/tasks/contract.ts'
import { OverdueToday, PromisesToday } from '../../src/financial/guarantee/screen-today.tsx'
import { BackupAlarm } from '../../src/kernel/recovery/screen-alarm.tsx'
import { DeafEndpoints } from '../../src/kernel/webhooks/screen-today.tsx'
import { useAsk, useDo } from '../api.ts'
import { now } from '../days.ts'
import { useFormat } from '../format.ts'
import { Answer, EmptyState, type Level, Page } from '../kit/index.ts'
import { useSession } from '../session.tsx'
import { useVerbs } from '../shell/keys.ts'
import { FirstMinute } from './first-minute.tsx'
import { useFreshWords } from './fresh-words.ts'
import { HistoryNote } from './history-note.tsx'
import { TaskRow } from './task-row.tsx'
import { TodayAside } from './today-aside.tsx'
import { useStrips } from './use-strips.ts'

/** Which level's colour a programme's queue carries; a new programme adds its line. */
const levelOf: Record<string, Level> = { warnings: 'vermilion', guarantee: 'jade' }
const most = 10

/** Home: a short list of people to look after today, each with one suggested step and the reason for it. */
export function Today() {
  const { t } = useTranslation()
  const format = useFormat()
  const session = useSession()
  const counts = useAsk(countCustomers, {})
  const tasks = useAsk(listTasks, { query: { state: 'open', limit: 50 } })
  const fresh = useFreshWords()
  const total = tasks.data?.total
  const hour = format.hourOf(now())
  const greeting = t(
    hour < 5 ? 'today.evening' : hour < 12 ? 'today.morning' : hour < 18 ? 'today.noon' : 'today.evening',
    {
      name: session.staff.name,
      context: session.staff.name ? 'named' : 'nameless',
    },
  )
  const empty = counts.data?.all === 0
  const title = empty
    ? t('today.welcome', { greeting })
    : total === undefined
      ? greeting
      : t('today.title', {
          greeting,
          count: total,
          number: t(`number.${total}`, { defaultValue: format.number(total) }),
        })
  return (
    <Page
      name={t('nav.today')}
      title={title}
      subtitle={empty ? t('today.welcome-text') : format.longToday(now())}
      aside={empty ? undefined : <TodayAside />}
    >
      {session.staff.name ? null : <AskName />}
      <BackupAlarm />
      {empty ? (
        <FirstMinute />
      ) : (
        <>
          <OverdueToday />
          <DeafEndpoints />
          <HistoryNote reading={counts.data?.reading} />
          <PromisesToday />
          <Answer of={tasks}>{({ items, total }) => <Queues items={items.map(fresh)} total={total} />}</Answer>
        </>
      )}
    </Page>
  )
}

function Queues({ items, total }: { items: readonly Task[]; total: number }) {
  const { t, i18n } = useTranslation()
  const strips = useStrips(items.map(task => task.partyId))
  useRowKeys()
  if (items.length === 0) return <NothingToday />
  const programmes = [...new Set(items.map(task => task.programme))]
  return programmes.map(programme => {
    const mine = items.filter(task => task.programme === programme)
    const level = levelOf[programme] ?? 'indigo'
    return (
      <section key={programme} aria-label={t(`queue.${programme}`, { defaultValue: programme })}>
        <h2>
          <span className={`dot ${level}`} aria-hidden />
          {t(`queue.${programme}`, { defaultValue: programme })}
          {i18n.exists(`queue.${programme}-order`) ? <small>{t(`queue.${programme}-order`)}</small> : null}
        </h2>
        <ul className="rows">
          {mine.slice(0, most).map(task => (
            <TaskRow key={task.taskId} task={task} strip={strips(task.partyId)} level={level} />
          ))}
        </ul>
        {mine.length > most ? (
          <p className="more">
            <Link to={programme === 'guarantee' ? '/promises' : '/late'} className="link">
              {t('today.more', { count: programme === 'guarantee' ? mine.length - most : total - most })}
            </Link>
          </p>
        ) : null}
      </section>
    )
  })
}

function NothingToday() {
  const { t } = useTranslation()
  const counts = useAsk(countCustomers, {})
  const rhythm = useAsk(readRhythm, {})
  if (rhythm.data?.state === 'none')
    return <EmptyState title={t('today.learning')}>{t('today.learning-text')}</EmptyState>
  return (
    <EmptyState
      title={t('today.nothing')}
      actions={
        <Link to="/late" search={{ view: 'waiting' }} className="link">
          {t('today.see-late')}
        </Link>
      }
    >
      {t('today.nothing-text', { count: counts.data?.late ?? 0 })}
    </EmptyState>
  )
}

/** J and K move between people, D opens what to do: nobody needs the mouse for a morning's list. */
function useRowKeys(): void {
  const { t } = useTranslation()
  const move = (step: 1 | -1) => {
    const rows = [...document.querySelectorAll<HTMLElement>('.rows .who a')]
    const at = rows.findIndex(row => row.closest('.row')?.contains(document.activeElement))
    const next = at < 0 ? (step === 1 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1)
    rows[next]?.focus()
  }
  useVerbs([
    { keys: 'j', label: t('keys.next'), run: () => move(1) },
    { keys: 'k', label: t('keys.previous'), run: () => move(-1) },
    {
      keys: 'd',
      label: t('task.do'),
      run: () => {
        const row = document.activeElement?.closest('.row') ?? document.querySelector('.rows .row')
        row?.querySelector<HTMLElement>('[data-verb="do"]')?.click()
      },
    },
  ])
}

/** The first owner came in by a link and has told nobody their name yet. */
function AskName() {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const change = useDo(changeMe, { refresh: [readSession] })
  const [hidden, setHidden] = useState(false)
  useEffect(() => {
    if (change.isSuccess) setHidden(true)
  }, [change.isSuccess])
  if (hidden) return null
  const save = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim()) change.mutate({ body: { name: name.trim() } })
  }
  return (
    <form className="ask-name" onSubmit={save}>
      <TextInput
        label={t('today.ask-name')}
        value={name}
        onChange={event => setName(event.currentTarget.value)}
        maxLength={120}
        autoComplete="name"
      />
      <Button type="submit" size="sm" loading={change.isPending} disabled={!name.trim()}>
        {t('save')}
      </Button>
    </form>
  )
}
