import { Button, Menu, Popover, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Mail, Phone } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { readParty } from '#kernel/parties/contract.ts'
import { outcomes, type Task } from '#kernel/tasks/contract.ts'
import { useAsk } from '../api.ts'
import { dayNumber, dayOfNumber, todayIn } from '../days.ts'
import { useFormat } from '../format.ts'
import { useTask } from './use-task.ts'

const later = [
  ['tomorrow', 1],
  ['three-days', 3],
  ['week', 7],
  ['month', 30],
] as const

/** The three things one can do with a task: see to it and say how it went, put it off, or say that it is not right. */
export function TaskActions({ task, onDone }: { task: Task; onDone?: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const act = useTask(task)
  const today = dayNumber(todayIn(format.zone))
  const done = (doing: Promise<void>) => {
    onDone?.()
    void doing
  }
  return (
    <div className="acts">
      <SeeToIt task={task} close={(outcome, note) => done(act.close(outcome, note))} />
      <Menu position="bottom-start">
        <Menu.Target>
          <Button variant="subtle">{t('task.later')}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {later.map(([name, days]) => (
            <Menu.Item key={name} onClick={() => done(act.postpone(dayOfNumber(today + days)))}>
              {t(`task.later-${name}`)}
              <span className="muted small"> · {format.shortDay(dayOfNumber(today + days))}</span>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Button variant="subtle" onClick={() => done(act.close('wrong-alarm'))} title={t('task.wrong-hint')}>
        {t('task.wrong')}
      </Button>
    </div>
  )
}

/** What to do, how to reach them, and then how it went, in one small panel beside the name. */
function SeeToIt({
  task,
  close,
}: {
  task: Task
  close: (outcome: (typeof outcomes)[number], note: string | undefined) => void
}) {
  const { t } = useTranslation()
  const [opened, { toggle, close: shut }] = useDisclosure(false)
  const [note, setNote] = useState('')
  const party = useAsk(readParty, { params: { partyId: task.partyId } }, { enabled: opened })
  const reach = party.data?.identifiers.filter(({ kind }) => kind === 'phone' || kind === 'email') ?? []
  return (
    <Popover
      opened={opened}
      onChange={next => !next && shut()}
      position="bottom-start"
      width={340}
      trapFocus
      withRoles={false}
    >
      <Popover.Target>
        <Button variant="filled" onClick={toggle} aria-haspopup="dialog" aria-expanded={opened} data-verb="do">
          {t('task.do')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className="see-to-it" role="dialog" aria-label={t('task.do')}>
        <p className="suggestion">{t(task.suggestionKey, { name: task.partyName })}</p>
        {reach.length ? (
          <ul className="reach">
            {reach.map(({ kind, value }) => (
              <li key={kind + value}>
                <a className="link" href={`${kind === 'phone' ? 'tel' : 'mailto'}:${value}`}>
                  {kind === 'phone' ? <Phone size={13} aria-hidden /> : <Mail size={13} aria-hidden />} {value}
                </a>
              </li>
            ))}
          </ul>
        ) : party.data ? (
          <p className="muted small">{t('task.no-contact')}</p>
        ) : null}
        <Textarea
          size="xs"
          autosize
          minRows={1}
          maxRows={4}
          maxLength={2000}
          label={t('task.note')}
          placeholder={t('task.note-placeholder')}
          value={note}
          onChange={event => setNote(event.currentTarget.value)}
        />
        <h3>{t('task.how')}</h3>
        <div className="outcomes">
          {outcomes.map((outcome, index) => (
            <Button
              key={outcome}
              data-autofocus={index === 0 || undefined}
              onClick={() => {
                shut()
                close(outcome, note.trim() || undefined)
              }}
            >
              {t(`tasks:outcome.${outcome}`)}
            </Button>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
