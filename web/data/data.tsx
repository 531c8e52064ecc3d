import { Link, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { ImportList } from '../../src/kernel/files/screen-list.tsx'
import { Page, Waiting } from '../kit/index.ts'
import { useMay } from '../session.tsx'
import { exactly, useTabInSight } from '../tabs.ts'

const OpeningBalances = lazy(async () => ({
  default: (await import('../../src/financial/opening/screen.tsx')).OpeningBalances,
}))
const Stream = lazy(async () => ({ default: (await import('../../src/kernel/events/screen.tsx')).Stream }))
const Problems = lazy(async () => ({ default: (await import('../../src/kernel/events/screen-problems.tsx')).Problems }))
const Connect = lazy(async () => ({ default: (await import('../../src/kernel/events/screen-connect.tsx')).Connect }))

/** Where facts come from: files, tills and shops; what arrived, and what could not be taken in. */
export function Data() {
  const { t } = useTranslation()
  const mayImport = useMay('imports.run')
  const maySee = useMay('events.read')
  const search = useSearch({ from: '/shell/data' })
  const tabs = [
    ...(mayImport ? (['imports', 'balances'] as const) : []),
    ...(maySee ? (['stream', 'problems', 'connect'] as const) : []),
  ]
  const tab = tabs.find(name => name === search.tab) ?? tabs[0]
  useTabInSight(tab ?? '')
  return (
    <Page name={t('nav.data')} title={t('data.title')} subtitle={t('data.subtitle')}>
      <nav className="tabs" aria-label={t('nav.data')}>
        {tabs.map((name, index) => (
          <Link
            key={name}
            to="/data"
            search={index === 0 ? {} : { tab: name }}
            activeOptions={exactly}
            aria-current={tab === name ? 'page' : undefined}
          >
            {t(`data.${name}`)}
          </Link>
        ))}
      </nav>
      <Suspense fallback={<Waiting />}>
        {tab === 'imports' ? <ImportList /> : null}
        {tab === 'balances' ? <OpeningBalances /> : null}
        {tab === 'stream' ? <Stream /> : null}
        {tab === 'problems' ? <Problems /> : null}
        {tab === 'connect' ? <Connect /> : null}
      </Suspense>
    </Page>
  )
}
