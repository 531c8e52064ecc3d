import { type FormEvent, useState } from 'react'
import type { askForCardCode, signInWithCardCode } from '#kernel/access/contract.ts'
import { Problem, tell } from './api.ts'
import { LanguageSwitch } from './language-switch.tsx'
import { sentenceOf } from './pieces.tsx'
import { useSay } from './words.ts'

/** Whoever has just asked for the code types it next. */
const focus = (input: HTMLInputElement | null) => input?.focus()

/** The door: a link opens by itself; whoever has none types how they are known, and the code that they are told. */
export function Opening({ why, onOpened }: { why: Problem | undefined; onOpened: () => void }) {
  const say = useSay()
  const { t } = say
  const [identifier, setIdentifier] = useState('')
  const [minutes, setMinutes] = useState<number>()
  const [problem, setProblem] = useState(why)
  const [isBusy, setIsBusy] = useState(false)
  const attempt = (work: () => Promise<void>) => {
    setIsBusy(true)
    setProblem(undefined)
    work()
      .catch((error: unknown) => {
        if (!(error instanceof Problem)) throw error
        setProblem(error)
      })
      .finally(() => setIsBusy(false))
  }
  const askForCode = (event: FormEvent) => {
    event.preventDefault()
    attempt(async () => {
      const given = await tell<typeof askForCardCode>('POST', '/api/member/session/code', { body: { identifier } })
      setMinutes(given.minutes)
    })
  }
  const open = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const code = String(new FormData(event.currentTarget).get('code'))
    attempt(async () => {
      await tell<typeof signInWithCardCode>('POST', '/api/member/session', { body: { identifier, code } })
      onOpened()
    })
  }
  return (
    <main className="page door">
      <img src="/card.svg" alt="" width="64" height="64" className="door-mark" />
      <h1>{t('door.title')}</h1>
      {problem ? (
        <p className="note bad" role="alert">
          {sentenceOf(problem, say)}
        </p>
      ) : null}
      <p>{t('door.link')}</p>
      {minutes === undefined ? (
        <form onSubmit={askForCode}>
          <label>
            {t('door.identifier')}
            <input
              name="identifier"
              autoComplete="username"
              required
              minLength={3}
              maxLength={254}
              value={identifier}
              onChange={event => setIdentifier(event.currentTarget.value)}
            />
          </label>
          <button type="submit" className="act strong" disabled={isBusy} aria-busy={isBusy}>
            {t('door.ask')}
          </button>
          <p className="muted">{t('door.staff')}</p>
        </form>
      ) : (
        <form onSubmit={open}>
          <p role="status">{t('door.asked', { minutes })}</p>
          <label>
            {t('door.code')}
            <input
              name="code"
              className="code"
              inputMode="numeric"
              autoComplete="one-time-code"
              required
              minLength={6}
              maxLength={9}
              ref={focus}
            />
          </label>
          <button type="submit" className="act strong" disabled={isBusy} aria-busy={isBusy}>
            {t('door.open')}
          </button>
          <button type="button" className="act quiet" onClick={() => setMinutes(undefined)}>
            {t('door.other')}
          </button>
        </form>
      )}
      <LanguageSwitch />
    </main>
  )
}
