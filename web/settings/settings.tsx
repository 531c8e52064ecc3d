import { Button } from '@mantine/core'
import { Link, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Me } from '../../src/kernel/access/screen-me.tsx'
import { EmptyState, Page, Waiting } from '../kit/index.ts'
import { useMay, useSession } from '../session.tsx'
import { useDemo } from '../shell/demo.ts'
import { exactly, useTabInSight } from '../tabs.ts'

const StaffList = lazy(async () => ({ default: (await import('../../src/kernel/access/screen-staff.tsx')).StaffList }))
const Keys = lazy(async () => ({ default: (await import('../../src/kernel/access/screen-keys.tsx')).Keys }))
const Assistants = lazy(async () => ({
  default: (await import('../../src/kernel/assistants/screen.tsx')).Assistants,
}))
const Merchants = lazy(async () => ({ default: (await import('../../src/kernel/merchants/screen.tsx')).Merchants }))
const Backups = lazy(async () => ({ default: (await import('../../src/kernel/recovery/screen.tsx')).Backups }))
const Doctor = lazy(async () => ({ default: (await import('../../src/kernel/doctor/screen.tsx')).Doctor }))
const TillSettings = lazy(async () => ({
  default: (await import('../../src/financial/till/screen-rules.tsx')).TillSettings,
}))
const SharingLimits = lazy(async () => ({
  default: (await import('../../src/financial/sharing/screen.tsx')).SharingLimits,
}))
const MemberCardSettings = lazy(async () => ({
  default: (await import('../../src/kernel/access/screen-card.tsx')).MemberCardSettings,
}))
const ConsentWordings = lazy(async () => ({
  default: (await import('../../src/kernel/parties/screen-consent.tsx')).ConsentWordings,
}))
const Business = lazy(async () => ({ default: (await import('../../src/kernel/settings/screen.tsx')).Business }))

export function SettingsPage() {
  const { t } = useTranslation()
  const search = useSearch({ from: '/shell/settings' })
  const mayBusiness = useMay('settings.manage')
  const mayPrivacy = useMay('privacy.manage')
  const mayStaff = useMay('staff.manage')
  const mayKeys = useMay('keys.manage')
  const mayBackups = useMay('backups.manage')
  const mayDemo = useMay('demo.manage')
  const tabs = [
    'me' as const,
    ...(mayBusiness ? (['business', 'merchants', 'limits'] as const) : []),
    ...(mayPrivacy ? (['consent'] as const) : []),
    ...(mayStaff ? (['staff'] as const) : []),
    ...(mayKeys ? (['keys', 'assistants'] as const) : []),
    ...(mayBackups ? (['backups'] as const) : []),
    ...(mayBusiness ? (['doctor'] as const) : []),
    ...(mayDemo ? (['demo'] as const) : []),
  ]
  const tab = tabs.find(name => name === search.tab) ?? 'me'
  useTabInSight(tab)
  return (
    <Page name={t('nav.settings')} title={t('nav.settings')}>
      <nav className="tabs" aria-label={t('nav.settings')}>
        {tabs.map(name => (
          <Link
            key={name}
            to="/settings"
            search={name === 'me' ? {} : { tab: name }}
            activeOptions={exactly}
            aria-current={tab === name ? 'page' : undefined}
          >
            {t(`settings-tab.${name}`)}
          </Link>
        ))}
      </nav>
      <Suspense fallback={<Waiting />}>
        {tab === 'me' ? <Me /> : null}
        {tab === 'business' ? <Business /> : null}
        {tab === 'merchants' ? <Merchants /> : null}
        {tab === 'limits' ? <Limits /> : null}
        {tab === 'consent' ? <ConsentWordings /> : null}
        {tab === 'staff' ? <StaffList /> : null}
        {tab === 'keys' ? <Keys /> : null}
        {tab === 'assistants' ? <Assistants /> : null}
        {tab === 'backups' ? <Backups /> : null}
        {tab === 'doctor' ? <Doctor /> : null}
        {tab === 'demo' ? <DemoSettings /> : null}
      </Suspense>
    </Page>
  )
}

/** Rules that are set once and then forgotten; each shown to whoever may change it. */
function Limits() {
  const mayTill = useMay('credit.manage')
  const maySharing = useMay('points.manage')
  return (
    <div className="form-columns">
      <div>
        {mayTill ? <TillSettings /> : null}
        <MemberCardSettings />
      </div>
      {maySharing ? <SharingLimits /> : null}
    </div>
  )
}

function DemoSettings() {
  const { t } = useTranslation()
  const demo = useDemo()
  const session = useSession()
  return (
    <EmptyState
      title={t(demo.loaded ? 'demo.loaded' : 'demo.absent')}
      actions={
        demo.loaded ? (
          <>
            {session.worlds.current === 'demo' ? (
              <Button onClick={demo.leave}>{t('demo.leave')}</Button>
            ) : (
              <Button variant="filled" onClick={demo.visit}>
                {t('demo.visit')}
              </Button>
            )}
            <Button onClick={demo.remove} loading={demo.busy}>
              {t('demo.remove')}
            </Button>
          </>
        ) : (
          <Button variant="filled" onClick={demo.load} loading={demo.busy}>
            {t('demo.load')}
          </Button>
        )
      }
    >
      {t('demo.about')}
    </EmptyState>
  )
}
