import { Button, Loader } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { Problem } from '../api.ts'
import { sentenceOf } from '../notices.tsx'

/** A page: its finding as the title, one sentence beneath, its own actions at the top right. */
export function Page({
  title,
  subtitle,
  actions,
  aside,
  name,
  children,
}: {
  title: ReactNode
  subtitle?: ReactNode
  actions?: ReactNode
  aside?: ReactNode
  /** For the window's title. */
  name: string
  children: ReactNode
}) {
  useEffect(() => {
    document.title = `${name} · Guanxi`
  }, [name])
  return (
    <main id="content" tabIndex={-1} className={aside ? 'page page-aside' : 'page'}>
      <div className="page-body">
        <div className="page-head">
          <div>
            <h1>{title}</h1>
            {subtitle ? <p className="muted">{subtitle}</p> : null}
          </div>
          {actions ? <div className="page-actions">{actions}</div> : null}
        </div>
        {children}
      </div>
      {aside ? <aside>{aside}</aside> : null}
    </main>
  )
}

/** An empty place teaches: what will stand here, what it is good for, the one thing to do. */
export function EmptyState({
  title,
  children,
  actions,
  tone = 'empty',
}: {
  title: string
  children?: ReactNode
  actions?: ReactNode
  tone?: 'empty' | 'failed'
}) {
  return (
    <div className="empty" data-tone={tone} role={tone === 'failed' ? 'alert' : undefined}>
      <h2>{title}</h2>
      {children ? <p>{children}</p> : null}
      {actions ? <div className="acts">{actions}</div> : null}
    </div>
  )
}

/** What could not be asked says so in words and offers to ask again. */
export function Failed({ problem, again }: { problem: Problem; again: () => unknown }) {
  const { t } = useTranslation()
  return (
    <EmptyState
      tone="failed"
      title={t('failed.title')}
      actions={
        <Button onClick={() => void again()} variant="default">
          {t('failed.again')}
        </Button>
      }
    >
      {sentenceOf(problem)}
    </EmptyState>
  )
}

/** What takes longer than a second says what it is. */
export function Waiting({ what }: { what?: string | undefined }) {
  const { t } = useTranslation()
  return (
    <div className="waiting" role="status">
      <Loader size="xs" color="var(--muted)" type="dots" />
      {what ? <p className="waiting-what">{what}</p> : <span className="visually-hidden">{t('waiting')}</span>}
    </div>
  )
}

interface Asked<Answer> {
  readonly data: Answer | undefined
  readonly error: Problem | null
  readonly refetch: () => unknown
}

/** Shows an answer, or that it is awaited, or why it did not come. */
export function Answer<Data>({
  of,
  waitingFor,
  children,
}: {
  of: Asked<Data>
  waitingFor?: string
  children: (data: Data) => ReactNode
}) {
  if (of.data !== undefined) return <>{children(of.data)}</>
  if (of.error) return <Failed problem={of.error} again={of.refetch} />
  return <Waiting what={waitingFor} />
}
