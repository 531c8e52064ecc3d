import { Link, useSearch } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Page, Waiting } from '../kit/index.ts'
import { exactly } from '../tabs.ts'

const Send = lazy(async () => ({ default: (await import('../../src/kernel/webhooks/screen.tsx')).Send }))
const Receive = lazy(async () => ({ default: (await import('../../src/kernel/receivers/screen.tsx')).Receive }))

/** What leaves the house by itself and what other systems bring: one page, a tab for each direction. */
const tabs: readonly { readonly name: 'send' | 'receive'; readonly show: () => ReactNode }[] = [
  { name: 'send', show: () => <Send /> },
  { name: 'receive', show: () => <Receive /> },
]

export function Webhooks() {
  const { t } = useTranslation()
  const search = useSearch({ from: '/shell/webhooks' })
  const tab = tabs.find(({ name }) => name === search.tab) ?? tabs[0]!
  return (
    <Page name={t('nav.webhooks')} title={t('webhooks-page.title')} subtitle={t('webhooks-page.subtitle')}>
      <nav className="tabs" aria-label={t('nav.webhooks')}>
        {tabs.map(({ name }) => (
          <Link
            key={name}
            to="/webhooks"
            search={name === 'send' ? {} : { tab: name }}
            activeOptions={exactly}
            aria-current={tab.name === name ? 'page' : undefined}
          >
            {t(`webhooks-page.${name}`)}
          </Link>
        ))}
      </nav>
      <Suspense fallback={<Waiting />}>{tab.show()}</Suspense>
    </Page>
  )
}
