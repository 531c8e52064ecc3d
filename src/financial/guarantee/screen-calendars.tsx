import { ActionIcon, Button, Textarea, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Page } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { type BusinessCalendar, businessCalendar, changeCalendars, type Hours, listPromises } from './contract.ts'
import type { Promises } from './screen.tsx'
import { clockTime } from './screen-sentences.tsx'

interface Draft {
  readonly calendarId: string
  readonly name: string
  readonly zone: string
  readonly week: readonly string[]
  readonly special: string
}

/** Opening hours as one writes them on a door. */
export function Calendars({ promises }: { promises: Promises }) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const [drafts, setDrafts] = useState<readonly Draft[]>(() => promises.calendars.map(draftOf))
  const [bad, setBad] = useState<string | null>(null)
  const save = useDo(changeCalendars, { refresh: [listPromises] })
  const weekday = new Intl.DateTimeFormat(format.language, { weekday: 'long', timeZone: 'UTC' })
  const set = (index: number, part: Partial<Draft>) =>
    setDrafts(before => before.map((each, at) => (at === index ? { ...each, ...part } : each)))
  const add = () =>
    setDrafts(before => [
      ...before,
      {
        calendarId: freeId(before),
        name: t('guarantee:calendar.name-usual'),
        zone: format.zone,
        week: ['9:00-18:00', '9:00-18:00', '9:00-18:00', '9:00-18:00', '9:00-18:00', '', ''],
        special: '',
      },
    ])
  const put = () => {
    const read: BusinessCalendar[] = []
    for (const draft of drafts) {
      const { calendar, line } = calendarOf(draft)
      if (!calendar) return setBad(line)
      read.push(calendar)
    }
    setBad(null)
    save.mutate({ body: { calendars: read } }, { onSuccess: () => showNotice(t('guarantee:calendar.saved')) })
  }
  return (
    <Page
      name={t('guarantee:section.calendars')}
      title={t('guarantee:section.calendars')}
      subtitle={t('guarantee:calendar.text')}
      actions={
        <Button onClick={() => void navigate({ to: '/promises', search: {} })}>
          {t('guarantee:section.promises')}
        </Button>
      }
    >
      <form
        className="form form-wide promise-form"
        onSubmit={event => {
          event.preventDefault()
          put()
        }}
      >
        {drafts.length === 0 ? <p className="muted">{t('guarantee:calendar.none')}</p> : null}
        {drafts.map((draft, index) => (
          <fieldset key={draft.calendarId}>
            <legend>
              {draft.name}{' '}
              <ActionIcon
                variant="subtle"
                aria-label={t('guarantee:calendar.remove', { name: draft.name })}
                onClick={() => setDrafts(before => before.filter((_, at) => at !== index))}
              >
                <Trash2 size={15} />
              </ActionIcon>
            </legend>
            <div className="fields">
              <TextInput
                required
                label={t('guarantee:calendar.name')}
                maxLength={80}
                value={draft.name}
                onChange={event => set(index, { name: event.currentTarget.value })}
              />
              <TextInput
                required
                label={t('guarantee:calendar.zone')}
                value={draft.zone}
                onChange={event => set(index, { zone: event.currentTarget.value })}
              />
            </div>
            <p className="hint">{t('guarantee:calendar.hours-hint')}</p>
            <div className="week-fields">
              {draft.week.map((hours, day) => {
                // 2024-01-01 was a Monday.
                const name = weekday.format(Date.UTC(2024, 0, 1 + day))
                return (
                  <TextInput
                    key={name}
                    label={name}
                    aria-label={`${draft.name}, ${t('guarantee:calendar.hours', { day: name })}`}
                    value={hours}
                    onChange={event => {
                      const { value } = event.currentTarget
                      set(index, { week: draft.week.map((each, at) => (at === day ? value : each)) })
                    }}
                  />
                )
              })}
            </div>
            <Textarea
              mt={12}
              autosize
              minRows={3}
              label={t('guarantee:calendar.special')}
              description={t('guarantee:calendar.special-hint')}
              value={draft.special}
              onChange={event => set(index, { special: event.currentTarget.value })}
            />
          </fieldset>
        ))}
        {bad !== null ? (
          <p className="bad" role="alert">
            {t('guarantee:calendar.bad', { line: bad })}
          </p>
        ) : null}
        <div className="acts">
          <Button onClick={add}>{t('guarantee:calendar.add')}</Button>
          <Button type="submit" variant="filled" loading={save.isPending}>
            {t('guarantee:calendar.save')}
          </Button>
        </div>
      </form>
    </Page>
  )
}

function freeId(drafts: readonly Draft[]): string {
  const taken = new Set(drafts.map(each => each.calendarId))
  if (!taken.has('office')) return 'office'
  for (let number = 2; ; number++) if (!taken.has(`office-${number}`)) return `office-${number}`
}

function draftOf({ week, special, ...rest }: BusinessCalendar): Draft {
  return {
    ...rest,
    week: week.map(hoursSaid),
    special: special.map(({ on, hours }) => `${on} ${hoursSaid(hours)}`.trim()).join('\n'),
  }
}

function hoursSaid(hours: Hours): string {
  return hours.map(({ fromMinute, untilMinute }) => `${clockTime(fromMinute)}-${clockTime(untilMinute)}`).join(', ')
}

/** Example: `9:00-12:00, 13:30-18:00`; undefined where it cannot be read. */
function hoursOf(text: string): Hours | undefined {
  const parts = text
    .replaceAll('：', ':')
    .split(/[,，、;；]/)
    .map(part => part.trim())
    .filter(Boolean)
  const hours = parts.map(part => {
    const found = /^(\d{1,2})(?::(\d{2}))?\s*[-–—~至]\s*(\d{1,2})(?::(\d{2}))?$/.exec(part)
    if (!found) return undefined
    const [, fromHour, fromMinute = '0', untilHour, untilMinute = '0'] = found
    return {
      fromMinute: Number(fromHour) * 60 + Number(fromMinute),
      untilMinute: Number(untilHour) * 60 + Number(untilMinute),
    }
  })
  return hours.every(each => each !== undefined) ? hours : undefined
}

function calendarOf(draft: Draft): { calendar: BusinessCalendar; line: '' } | { calendar?: never; line: string } {
  const week: Hours[] = []
  for (const text of draft.week) {
    const hours = hoursOf(text)
    if (!hours) return { line: text }
    week.push(hours)
  }
  const special: { on: string; hours: Hours }[] = []
  for (const line of draft.special.split('\n').map(each => each.trim())) {
    if (!line) continue
    const hours = hoursOf(line.slice(10))
    if (!/^\d{4}-\d{2}-\d{2}/.test(line) || !hours) return { line }
    special.push({ on: line.slice(0, 10), hours })
  }
  const { calendarId, name, zone } = draft
  const calendar = businessCalendar.safeParse({ calendarId, name: name.trim(), zone: zone.trim(), week, special })
  return calendar.success ? { calendar: calendar.data, line: '' } : { line: `${name} ${zone}` }
}
