import { Fragment, useEffect, useState } from 'react'
import type { closeCard } from '#kernel/access/contract.ts'
import type { changeMyConsent, myConsents } from '#kernel/parties/contract.ts'
import type { askAboutMyData, myPrivacyRequests } from '#kernel/privacy/contract.ts'
import { Problem, type ReplyOf, tell } from './api.ts'
import { useAsked } from './asked.ts'
import { onInstallable, type Prompt } from './install.ts'
import { LanguageSwitch } from './language-switch.tsx'
import { Act, Section, Skeleton, sentenceOf } from './pieces.tsx'
import { useSay } from './words.ts'

/** What is mine to decide: language, what I may be sent, where the card stands, and leaving. */
export function Me({ onLeave }: { onLeave: () => void }) {
  const { t } = useSay()
  return (
    <>
      <Section title={t('me.language')}>
        <LanguageSwitch />
      </Section>
      <Consents />
      <MyData />
      <Install />
      <Section title={t('me.device')}>
        <p className="muted">{t('me.device-hint')}</p>
        <Act
          does={async () => {
            await tell<typeof closeCard>('DELETE', '/api/member/session')
            onLeave()
          }}
        >
          {t('me.leave')}
        </Act>
      </Section>
    </>
  )
}

type Consent = ReplyOf<typeof myConsents>['items'][number]

function Consents() {
  const say = useSay()
  const { t, language } = say
  const asked = useAsked<typeof myConsents>('/api/member/consents')
  const [said, setSaid] = useState<ReplyOf<typeof myConsents>>()
  const [problem, setProblem] = useState<Problem>()
  const items = (said ?? asked.data)?.items
  if (!items) return asked.problem ? null : <Skeleton lines={6} />
  const change = ({ channel, purpose, isGiven, wording }: Consent) => {
    setProblem(undefined)
    const body = { channel, purpose, isGiven: !isGiven, textVersion: wording.version }
    tell<typeof changeMyConsent>('POST', '/api/member/consents', { body }).then(setSaid, (error: unknown) => {
      if (!(error instanceof Problem)) throw error
      setProblem(error)
      // A new wording is there to be read before anything is said to it.
      setSaid(undefined)
      asked.again()
    })
  }
  const purposes = [...new Set(items.map(item => item.purpose))]
  const textOf = ({ wording }: Consent) => (language === 'zh-CN' ? wording.zh : wording.en)
  return (
    <Section title={t('consent.title')}>
      {problem ? (
        <p className="note bad" role="alert">
          {sentenceOf(problem, say)}
        </p>
      ) : null}
      {purposes.map(purpose => (
        <fieldset key={purpose}>
          <legend>{t(`consent.${purpose}`)}</legend>
          {items
            .filter(item => item.purpose === purpose)
            .map((item, place, all) => (
              <Fragment key={item.channel}>
                {item.wording.version === all[place - 1]?.wording.version ? null : (
                  <p className="muted">{textOf(item)}</p>
                )}
                <button
                  type="button"
                  role="switch"
                  className="switch"
                  aria-checked={item.isGiven}
                  onClick={() => change(item)}
                >
                  <span>{t(`consent.by-${item.channel}`)}</span>
                  <i aria-hidden="true" />
                </button>
              </Fragment>
            ))}
        </fieldset>
      ))}
      <p className="muted">{t('consent.back')}</p>
    </Section>
  )
}

/** What the law gives: to see everything that is held, and to be forgotten; each asked for once, with the day of the answer. */
function MyData() {
  const say = useSay()
  const { t, format } = say
  const asked = useAsked<typeof myPrivacyRequests>('/api/member/privacy-requests')
  const [said, setSaid] = useState<ReplyOf<typeof myPrivacyRequests>>()
  const items = (said ?? asked.data)?.items
  if (!items) return null
  return (
    <Section title={t('data.title')}>
      <p className="muted">{t('data.hint')}</p>
      {(['access', 'erasure'] as const).map(kind => {
        const open = items.find(item => item.kind === kind && (item.state === 'open' || item.state === 'working'))
        return open ? (
          <p key={kind} role="status">
            {t(`data.asked-${kind}`, { day: format.day(open.dueOn) })}
          </p>
        ) : (
          <Act
            key={kind}
            does={async () =>
              setSaid(await tell<typeof askAboutMyData>('POST', '/api/member/privacy-requests', { body: { kind } }))
            }
          >
            {t(`data.ask-${kind}`)}
          </Act>
        )
      })}
    </Section>
  )
}

function Install() {
  const { t } = useSay()
  const [prompt, setPrompt] = useState<Prompt>()
  useEffect(() => onInstallable(setPrompt), [])
  if (matchMedia('(display-mode: standalone)').matches) return null
  return (
    <Section title={t('me.install')}>
      <p className="muted">{t(prompt ? 'me.install-hint' : 'me.install-by-hand')}</p>
      {prompt ? <Act does={() => prompt.prompt()}>{t('me.install-do')}</Act> : null}
    </Section>
  )
}
