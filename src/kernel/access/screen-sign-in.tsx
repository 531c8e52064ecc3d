import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, Problem, useAsk, useDo } from '../../../web/api.ts'
import { Waiting } from '../../../web/kit/index.ts'
import { switchLanguage } from '../../../web/language.ts'
import { sentenceOf } from '../../../web/notices.tsx'
import { languages } from '../locale/languages.ts'
import {
  beginProviderSignIn,
  finishProviderSignIn,
  followSignInLink,
  readProviderButton,
  readSession,
  type Session,
  signIn,
} from './contract.ts'
import './screen.css'

/** The door: a one-time link opens it at once; otherwise e-mail and password, or how to get a new link. */
export function SignIn() {
  const { t, i18n } = useTranslation()
  const { back } = useSearch({ from: '/sign-in' })
  const navigate = useNavigate()
  const client = useQueryClient()
  const [refusal, setRefusal] = useState<Problem>()
  const [following, setFollowing] = useState(() => tokenIn(location.hash) !== undefined || isFromProvider())
  /** A link whose holder has a second step waits here for the code. */
  const [waiting, setWaiting] = useState<string>()
  const [asksCode, setAsksCode] = useState(false)
  const provider = useAsk(readProviderButton, {})
  const toProvider = useDo(beginProviderSignIn)
  const enter = async (session: Session) => {
    client.clear()
    client.setQueryData([readSession.id, {}], session)
    await navigate({ href: back ?? '/', replace: true })
  }
  const password = useDo(signIn, { quiet: true })
  const entering = useRef(enter)
  entering.current = enter
  useEffect(() => {
    const follow = () => {
      const token = tokenIn(location.hash)
      if (!token) return
      // The token leaves the address bar before it is used: it must not stay in the history.
      history.replaceState(history.state, '', location.pathname + location.search)
      setFollowing(true)
      call(followSignInLink, { body: { token } })
        .then(session => entering.current(session))
        .catch((error: unknown) => {
          setFollowing(false)
          if (!(error instanceof Problem)) return
          if (error.code === codeNeeded) setWaiting(token)
          setRefusal(error)
        })
    }
    if (isFromProvider()) {
      const { search } = location
      history.replaceState(history.state, '', location.pathname)
      call(finishProviderSignIn, { body: { search } })
        .then(session => entering.current(session))
        .catch((error: unknown) => {
          setFollowing(false)
          if (error instanceof Problem) setRefusal(error)
        })
    }
    follow()
    window.addEventListener('hashchange', follow)
    return () => window.removeEventListener('hashchange', follow)
  }, [])
  useEffect(() => {
    document.title = `${t('sign-in.title')} · Guanxi`
  }, [t])
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const code = String(form.get('code') ?? '').trim()
    const withCode = code ? { code } : {}
    if (waiting) {
      call(followSignInLink, { body: { token: waiting, ...withCode } }).then(enter, setRefusal)
      return
    }
    password.mutate(
      { body: { email: String(form.get('email')), password: String(form.get('password')), ...withCode } },
      {
        onSuccess: session => void enter(session),
        onError: error => {
          setRefusal(error)
          setAsksCode(error.code.startsWith('access:refusal.code-'))
        },
      },
    )
  }
  const isSecondStep = asksCode || waiting !== undefined
  return (
    <main id="content" className="door">
      <div className="door-card">
        <p className="brand">
          <span lang="zh-CN">关系</span>Guanxi
        </p>
        <h1>{t('sign-in.title')}</h1>
        {following ? (
          <Waiting />
        ) : (
          <>
            {isSecondStep ? null : <p className="muted">{t('sign-in.lead')}</p>}
            {refusal && refusal.code !== codeNeeded ? (
              <p className="note note-bad" role="alert">
                {sentenceOf(refusal)}
              </p>
            ) : null}
            <form onSubmit={submit} className="form">
              {waiting ? null : (
                <div className="form" hidden={isSecondStep}>
                  <TextInput
                    name="email"
                    type="email"
                    label={t('sign-in.email')}
                    autoComplete="username"
                    required
                    withAsterisk={false}
                  />
                  <PasswordInput
                    name="password"
                    label={t('sign-in.password')}
                    autoComplete="current-password"
                    required
                    withAsterisk={false}
                    visibilityToggleButtonProps={{ 'aria-label': t('sign-in.show') }}
                  />
                </div>
              )}
              {isSecondStep ? (
                <TextInput
                  name="code"
                  label={t('access:step.code')}
                  description={t('access:step.code-hint')}
                  inputMode="numeric"
                  autoComplete="one-time-code"
                  maxLength={40}
                  autoFocus
                  required
                  withAsterisk={false}
                />
              ) : null}
              <Button type="submit" variant="filled" size="sm" loading={password.isPending} fullWidth>
                {t('sign-in.do')}
              </Button>
            </form>
            {provider.data?.name && !isSecondStep ? (
              <Button
                className="provider-button"
                fullWidth
                loading={toProvider.isPending}
                onClick={() =>
                  toProvider.mutate({ body: {} }, { onSuccess: ({ address }) => location.assign(address) })
                }
              >
                {t('access:provider.button', { name: provider.data.name })}
              </Button>
            ) : null}
            {isSecondStep ? null : (
              <>
                <h2>{t('sign-in.no-password')}</h2>
                <p className="small">{t('sign-in.terminal')}</p>
                <pre>npx guanxi sign-in-link</pre>
                <p className="small muted">{t('sign-in.ask-owner')}</p>
              </>
            )}
          </>
        )}
        <p className="door-languages">
          {languages.map(language => (
            <button
              key={language}
              type="button"
              className="link"
              lang={language}
              aria-pressed={i18n.language === language}
              onClick={() => void switchLanguage(language)}
            >
              {language === 'en' ? 'English' : '中文'}
            </button>
          ))}
        </p>
      </div>
    </main>
  )
}

const codeNeeded = 'access:refusal.code-needed'

/** The provider sends the browser back with `code` and `state`, or with why not. */
function isFromProvider(): boolean {
  const search = new URLSearchParams(location.search)
  return search.has('state') && (search.has('code') || search.has('error'))
}

/** `#eyJ…` or `#token=eyJ…`; what stands behind `#` never leaves the browser. */
function tokenIn(hash: string): string | undefined {
  const text = hash.replace(/^#/, '').replace(/^token=/, '')
  return text.length >= 16 ? decodeURIComponent(text) : undefined
}
