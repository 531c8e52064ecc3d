import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import type { myTier } from '#financial/tiers/contract-member.ts'
import type { Language } from '#kernel/locale/languages.ts'
import type { changeMyLanguage } from '#kernel/parties/contract.ts'
import { type Problem, tell } from './api.ts'
import { onClosed, useAsked } from './asked.ts'
import { BenefitsSection } from './benefits.tsx'
import { AsOf, Face, useCard } from './face.tsx'
import { forgetAll } from './kept.ts'
import { SwitchLanguage } from './language-switch.tsx'
import { Opening } from './opening.tsx'
import { Skeleton } from './pieces.tsx'
import { PointsSection } from './points.tsx'
import { TierSection, tierName } from './tier.tsx'
import { chosenLanguage, language, Saying, sayIn, speak, useSay } from './words.ts'

const tabs = ['card', 'rewards', 'history', 'me'] as const
type Tab = (typeof tabs)[number]

/** Below the card; where the line was lost before it came, the card does without. */
const Stored = lazy(
  (): Promise<{ default: () => ReactNode }> => import('./stored.tsx').catch(() => ({ default: () => null })),
)

const More = lazy(() => import('./more.tsx').catch(() => ({ default: NoLine })))

/** The line was lost before the rest of the page had come. */
function NoLine() {
  const { t } = useSay()
  return <p className="note bad">{t('problem.offline')}</p>
}

/** The page of a tab: the card itself at `/card`, the others one step below. */
const pathOf = (tab: Tab) => (tab === 'card' ? '/card' : `/card/${tab}`) + location.search
const tabHere = (): Tab => tabs.find(tab => location.pathname === `/card/${tab}`) ?? 'card'

/** The member's card, or the door to it. `why` is what was wrong with the link that led here. */
export function App({ why }: { why: Problem | undefined }) {
  const [isOpen, setIsOpen] = useState(true)
  const [problem, setProblem] = useState(why)
  const [spoken, setSpoken] = useState<Language>(language())
  const [zone, setZone] = useState('UTC')
  const say = useMemo(() => sayIn(spoken, zone), [spoken, zone])
  useEffect(() => onClosed(() => setIsOpen(false)), [])
  const known = useCallback((given: { zone: string; language: Language | null }) => {
    setZone(given.zone)
    const { language: own } = given
    if (chosenLanguage() || own === null || own === language()) return
    speak(own).then(
      () => setSpoken(own),
      () => undefined,
    )
  }, [])
  const choose = (wanted: Language) => {
    speak(wanted, { isChosen: true }).then(
      () => setSpoken(wanted),
      // Without a line the other language cannot be had; what is there stays.
      () => undefined,
    )
    if (!isOpen) return
    tell<typeof changeMyLanguage>('PUT', '/api/member/language', { body: { language: wanted } }).catch(() => undefined)
  }
  return (
    <Saying value={say}>
      <SwitchLanguage value={choose}>
        {isOpen ? (
          <Open
            onKnown={known}
            onLeave={() => {
              forgetAll()
              setProblem(undefined)
              setIsOpen(false)
            }}
          />
        ) : (
          <Opening why={problem} onOpened={() => setIsOpen(true)} />
        )}
      </SwitchLanguage>
    </Saying>
  )
}

function Open({
  onKnown,
  onLeave,
}: {
  onKnown: (given: { zone: string; language: Language | null }) => void
  onLeave: () => void
}) {
  const { t } = useSay()
  const card = useCard()
  const [tab, setTab] = useState<Tab>(tabHere)
  const { data } = card
  // Who is not known is told so once, not by every part of the page.
  const tier = useAsked<typeof myTier>('/api/member/tier', { isWanted: data !== undefined })
  const zone = data?.business.zone
  const own = data?.language
  useEffect(() => {
    if (zone !== undefined && own !== undefined) onKnown({ zone, language: own })
  }, [zone, own, onKnown])
  useEffect(() => {
    const back = () => setTab(tabHere())
    window.addEventListener('popstate', back)
    return () => window.removeEventListener('popstate', back)
  }, [])
  const title = data?.business.name || t('card.title')
  useEffect(() => {
    document.title = title
  }, [title])
  const go = (wanted: Tab) => {
    history.pushState(null, '', pathOf(wanted))
    setTab(wanted)
    scrollTo(0, 0)
  }
  return (
    <>
      <main className="page" aria-busy={!data}>
        <h1 className={tab === 'card' ? 'visually-hidden' : undefined}>{t(`tab.${tab}`)}</h1>
        {data?.world === 'demo' ? <p className="demo">{t('card.demo')}</p> : null}
        <AsOf asked={card} />
        {tab === 'card' ? (
          <>
            <Face asked={card} tier={tierName(tier.data)} />
            {!data && card.problem && card.problem.status !== 401 ? (
              <p className="note bad" role="alert">
                {t('problem.first')}
              </p>
            ) : null}
            {data ? (
              <>
                <PointsSection />
                <TierSection tier={tier.data} />
                <BenefitsSection />
                <Suspense fallback={null}>
                  <Stored />
                </Suspense>
              </>
            ) : null}
          </>
        ) : null}
        {data && tab !== 'card' ? (
          <Suspense fallback={<Skeleton lines={6} />}>
            <More tab={tab} onLeave={onLeave} />
          </Suspense>
        ) : null}
      </main>
      <nav className="tabs" aria-label={t('tab.all')}>
        {tabs.map(each => (
          <a
            key={each}
            href={pathOf(each)}
            aria-current={each === tab ? 'page' : undefined}
            onClick={event => {
              if (event.metaKey || event.ctrlKey || event.shiftKey) return
              event.preventDefault()
              go(each)
            }}
          >
            <Icon of={each} />
            {t(`tab.${each}`)}
          </a>
        ))}
      </nav>
    </>
  )
}

const drawn: Readonly<Record<Tab, string>> = {
  card: 'M3 6h18v12H3zM3 10h18M7 15h4',
  rewards: 'M4 10h16v10H4zM3 7h18v3H3zM12 7v13M12 7c-5 0-5-4-2.500-4S12 7 12 7c0 0 0-4 2.500-4S17 7 12 7',
  history: 'M5 6h14M5 12h14M5 18h9',
  me: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 3.500-6 8-6s8 2 8 6',
}

function Icon({ of }: { of: Tab }) {
  return (
    <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
      <path
        d={drawn[of]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.7"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
