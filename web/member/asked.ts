import { useCallback, useEffect, useState } from 'react'
import { type Answer, ask, Problem, type ReplyOf } from './api.ts'
import { forgetAll, keep, kept } from './kept.ts'

const closed = 'card-closed'
const changed = 'card-changed'
const tryAgainAfter = 5000

/** Calls back when the server no longer knows this device. */
export function onClosed(hear: () => void): () => void {
  window.addEventListener(closed, hear)
  return () => window.removeEventListener(closed, hear)
}

/** Something was done: all that is shown asks again. */
export function refresh(): void {
  window.dispatchEvent(new Event(changed))
}

const begun = new Map<string, Promise<Answer<never>>>()

/** Asks already while the page is still loading; whoever shows it takes the answer over. */
export function askEarly(address: string): void {
  const answer = ask<never>(address)
  answer.catch(() => undefined)
  begun.set(address, answer as Promise<Answer<never>>)
}

export interface Asked<Data> {
  readonly data: Data | undefined
  /** When the server said it. */
  readonly at: string | undefined
  /** Said now, not remembered from before. */
  readonly isFresh: boolean
  readonly problem: Problem | undefined
  again(): void
}

/** Shows at once what was said last and asks anew; without a line what was said last stays. */
export function useAsked<O>(address: string, { isWanted = true } = {}): Asked<ReplyOf<O>> {
  const [answer, setAnswer] = useState<Answer<ReplyOf<O>> | undefined>(() => kept<ReplyOf<O>>(address))
  const [isFresh, setIsFresh] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  const again = useCallback(() => {
    const early = begun.get(address) as Promise<Answer<ReplyOf<O>>> | undefined
    begun.delete(address)
    const asking = early ?? ask<O>(address)
    asking.then(
      given => {
        keep(address, given)
        setAnswer(given)
        setIsFresh(true)
        setProblem(undefined)
      },
      (error: unknown) => {
        if (!(error instanceof Problem)) throw error
        setProblem(error)
        setIsFresh(false)
        if (error.status !== 401) return
        forgetAll()
        window.dispatchEvent(new Event(closed))
      },
    )
  }, [address])
  useEffect(() => {
    // Not every browser tells when the line is back, or that the server is.
    if (!problem || (problem.status > 0 && problem.status < 500)) return
    const timer = setTimeout(again, tryAgainAfter)
    return () => clearTimeout(timer)
  }, [problem, again])
  useEffect(() => {
    if (!isWanted) return
    again()
    // A phone that was in a pocket shows what holds now, and so does one that finds its line again.
    const look = () => {
      if (document.visibilityState === 'visible') again()
    }
    document.addEventListener('visibilitychange', look)
    window.addEventListener('online', again)
    window.addEventListener(changed, again)
    return () => {
      document.removeEventListener('visibilitychange', look)
      window.removeEventListener('online', again)
      window.removeEventListener(changed, again)
    }
  }, [again, isWanted])
  return { data: answer?.data, at: answer?.at, isFresh, problem, again }
}
