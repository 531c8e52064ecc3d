import { Outlet, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { readSession } from '#kernel/access/contract.ts'
import { SecondStep } from '../../src/kernel/access/screen-second-step.tsx'
import { useAsk } from '../api.ts'
import { Failed, Waiting } from '../kit/index.ts'
import { hasChosenLanguage, switchLanguage } from '../language.ts'
import { useLive } from '../live.ts'
import { SessionProvider } from '../session.tsx'
import { useKeyboard } from './keys.ts'
import { Navigation } from './navigation.tsx'
import { Palette } from './palette.tsx'
import { SidePanel } from './side-panel.tsx'
import { Top } from './top.tsx'
import { VerbList } from './verb-list.tsx'

/** The frame around every page: bar, top, palette, keys and side panel. Shown to people who are signed in. */
export function Shell() {
  const session = useAsk(readSession, {})
  const language = session.data?.staff.language
  useEffect(() => {
    if (language && !hasChosenLanguage()) void switchLanguage(language)
  }, [language])
  if (!session.data) {
    return (
      <div className="alone">
        {session.error && session.error.status !== 401 ? (
          <Failed problem={session.error} again={session.refetch} />
        ) : (
          <Waiting />
        )}
      </div>
    )
  }
  return (
    <SessionProvider session={session.data}>
      {session.data.staff.secondStep === 'missing' ? <SecondStepFirst /> : <Frame />}
    </SessionProvider>
  )
}

/** Their role asks for a second step, and they have none yet: nothing else would open. */
function SecondStepFirst() {
  return (
    <main id="content" className="door">
      <div className="door-card">
        <SecondStep />
      </div>
    </main>
  )
}

function Frame() {
  const { t } = useTranslation()
  const { person } = useSearch({ from: '/shell' })
  const navigate = useNavigate()
  const live = useLive()
  useKeyboard()
  const close = () => void navigate({ to: '.', search: (previous: object) => ({ ...previous, person: undefined }) })
  return (
    <>
      <a className="skip" href="#content">
        {t('skip')}
      </a>
      <div className="shell">
        <Navigation />
        <div className="shell-main">
          <Top live={live} />
          <Outlet />
        </div>
      </div>
      {person ? <SidePanel key={person} partyId={person} close={close} /> : null}
      <Palette />
      <VerbList />
    </>
  )
}
