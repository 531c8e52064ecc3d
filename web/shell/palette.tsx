import { useMantineColorScheme } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { Spotlight, spotlight } from '@mantine/spotlight'
import { useNavigate } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { findParties } from '#kernel/parties/contract.ts'
import { useAsk } from '../api.ts'
import { Face } from '../kit/index.ts'
import { useMay, useSession } from '../session.tsx'
import { useDemo } from './demo.ts'
import { useLanguage } from './top.tsx'
import { showVerbList } from './verb-list.tsx'

interface Entry {
  readonly id: string
  readonly label: string
  readonly hint?: string
  readonly run: () => void
}

/** Ctrl-K: go to a page, find a person, do a thing, from one field. */
export function Palette() {
  const { t, i18n } = useTranslation()
  const [text, setText] = useState('')
  const [find] = useDebouncedValue(text.trim(), 90)
  const people = useAsk(findParties, { query: { find, limit: 7 } }, { enabled: find.length > 0, keep: true })
  const navigate = useNavigate()
  const session = useSession()
  const demo = useDemo()
  const choose = useLanguage()
  const { setColorScheme } = useMantineColorScheme()
  const mayImport = useMay('imports.run')
  const maySeeJobs = useMay('jobs.read')
  const places: Entry[] = [
    { id: 'today', label: t('nav.today'), hint: 'G T', run: () => void navigate({ to: '/' }) },
    { id: 'customers', label: t('nav.customers'), hint: 'G C', run: () => void navigate({ to: '/customers' }) },
    { id: 'late', label: t('nav.late'), hint: 'G W', run: () => void navigate({ to: '/late' }) },
    ...(mayImport
      ? [{ id: 'data', label: t('nav.data'), hint: 'G D', run: () => void navigate({ to: '/data' }) }]
      : []),
    ...(maySeeJobs
      ? [{ id: 'jobs', label: t('nav.jobs'), hint: 'G J', run: () => void navigate({ to: '/jobs' }) }]
      : []),
    { id: 'settings', label: t('nav.settings'), hint: 'G S', run: () => void navigate({ to: '/settings' }) },
  ]
  const other = i18n.language === 'en' ? ('zh-CN' as const) : ('en' as const)
  const deeds: Entry[] = [
    ...(mayImport ? [{ id: 'import', label: t('do.import'), run: () => void navigate({ to: '/data' }) }] : []),
    { id: 'language', label: t('do.language'), run: () => choose(other) },
    { id: 'light', label: t('do.light'), run: () => setColorScheme('light') },
    { id: 'dark', label: t('do.dark'), run: () => setColorScheme('dark') },
    ...(session.worlds.current === 'demo'
      ? [{ id: 'leave', label: t('demo.leave'), run: demo.leave }]
      : session.worlds.demoLoaded
        ? [{ id: 'visit', label: t('demo.visit'), run: demo.visit }]
        : demo.mayManage
          ? [{ id: 'load', label: t('demo.load'), run: demo.load }]
          : []),
    { id: 'keys', label: t('keys.title'), hint: '?', run: showVerbList },
  ]
  const matches = (entry: Entry) => entry.label.toLowerCase().includes(text.trim().toLowerCase())
  const found = find ? (people.data?.items ?? []) : []
  const groups: [string, Entry[]][] = [
    [t('palette.go'), places.filter(matches)],
    [t('palette.do'), deeds.filter(matches)],
  ]
  const nothing = found.length === 0 && groups.every(([, entries]) => entries.length === 0) && !people.isFetching
  return (
    <Spotlight.Root
      query={text}
      onQueryChange={setText}
      shortcut={['mod + K']}
      clearQueryOnClose
      scrollable
      maxHeight={440}
      transitionProps={{ duration: 120 }}
    >
      <Spotlight.Search
        placeholder={t('top.find')}
        aria-label={t('top.find')}
        leftSection={<Search size={17} />}
        size="md"
      />
      <Spotlight.ActionsList>
        {found.length ? (
          <Spotlight.ActionsGroup label={t('palette.people')}>
            {found.map(person => (
              <Spotlight.Action
                key={person.partyId}
                onClick={() => {
                  spotlight.close()
                  void navigate({ to: '/customers/$partyId', params: { partyId: person.partyId } })
                }}
              >
                <span className="palette-row">
                  <Face name={person.name} size={28} />
                  <span>{person.name}</span>
                  <small>{person.hint}</small>
                </span>
              </Spotlight.Action>
            ))}
          </Spotlight.ActionsGroup>
        ) : null}
        {groups.map(([label, entries]) =>
          entries.length ? (
            <Spotlight.ActionsGroup key={label} label={label}>
              {entries.map(entry => (
                <Spotlight.Action key={entry.id} onClick={entry.run}>
                  <span className="palette-row">
                    <span>{entry.label}</span>
                    {entry.hint ? <kbd>{entry.hint}</kbd> : null}
                  </span>
                </Spotlight.Action>
              ))}
            </Spotlight.ActionsGroup>
          ) : null,
        )}
        {nothing ? <Spotlight.Empty>{t('palette.nothing', { text })}</Spotlight.Empty> : null}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}
