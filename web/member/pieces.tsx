import { type ReactNode, useState } from 'react'
import { Problem } from './api.ts'
import { type Say, useSay } from './words.ts'

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

/** What the server said instead of doing it, in its own words where it has some. */
export function sentenceOf(problem: Problem, { t }: Say): string {
  if (problem.status === 0) return t('problem.offline')
  return problem.sentence ?? t('problem.other')
}

/** A button for something that takes a moment: it waits, says what went wrong, and cannot be pressed twice. */
export function Act({
  children,
  does,
  kind = 'plain',
  isDisabled = false,
}: {
  children: ReactNode
  does: () => Promise<unknown>
  kind?: 'plain' | 'strong' | 'quiet'
  isDisabled?: boolean
}) {
  const say = useSay()
  const [isBusy, setIsBusy] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  const press = () => {
    setIsBusy(true)
    setProblem(undefined)
    does()
      .catch((error: unknown) => {
        if (!(error instanceof Problem)) throw error
        setProblem(error)
      })
      .finally(() => setIsBusy(false))
  }
  return (
    <>
      <button
        type="button"
        className={`act ${kind}`}
        disabled={isBusy || isDisabled}
        aria-busy={isBusy}
        onClick={press}
      >
        {children}
      </button>
      {problem ? (
        <p className="note bad" role="alert">
          {sentenceOf(problem, say)}
        </p>
      ) : null}
    </>
  )
}

/** Lines that stand where something will be said, of its height. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div className="skeleton" aria-hidden="true">
      {[...'abcdefgh'].slice(0, lines).map(line => (
        <span key={line} />
      ))}
    </div>
  )
}

/** What the shop wrote in the languages it speaks; the reader's where there is one. Some rooms name Chinese shortly. */
export function inWords(
  words: { readonly en?: string | undefined; readonly zh?: string | undefined; readonly 'zh-CN'?: string | undefined },
  { language }: Say,
): string {
  const chinese = words['zh-CN'] ?? words.zh
  return (language === 'en' ? (words.en ?? chinese) : (chinese ?? words.en)) ?? ''
}

/** `points`, `money:CNY`, and whatever else may be owed. */
export function amountOf(asset: string, amount: number, { t, format }: Say): string {
  const [kind, rest = ''] = asset.split(':')
  if (kind === 'money') return format.money(amount, rest)
  return t(kind === 'points' ? 'points.amount' : 'points.pieces', { count: amount, number: format.number(amount) })
}
