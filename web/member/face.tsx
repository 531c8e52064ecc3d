import { useEffect, useRef, useState } from 'react'
import type { Card, readCard } from '#kernel/access/contract.ts'
import { type Asked, useAsked } from './asked.ts'
import { Qr } from './qr.tsx'
import { useSay } from './words.ts'

export type CardAsked = Asked<Card>

/** The card itself, asked for again when its code has run its minute. */
export function useCard(): CardAsked {
  const asked = useAsked<typeof readCard>('/api/member/card')
  const { data, isFresh, again } = asked
  useEffect(() => {
    if (!data || !isFresh) return
    const timer = setTimeout(again, Math.max(5000, Date.parse(data.renewsAt) - Date.parse(data.now)))
    return () => clearTimeout(timer)
  }, [data, isFresh, again])
  return asked
}

/** What the till can scan now: the code while it is good, without a line the number on the card, or nothing. */
function useScannable({ data, isFresh }: CardAsked): { text: string; isCode: boolean } | undefined {
  const [spent, setSpent] = useState<string>()
  useEffect(() => {
    if (!data || !isFresh) return
    const timer = setTimeout(() => setSpent(data.token), Date.parse(data.validUntil) - Date.parse(data.now))
    return () => clearTimeout(timer)
  }, [data, isFresh])
  // What was remembered may be hours old; a code that a request has just failed to renew is still good for a while.
  const [lastFresh, setLastFresh] = useState<string>()
  useEffect(() => {
    if (isFresh && data) setLastFresh(data.token)
  }, [isFresh, data])
  if (!data) return undefined
  if (data.token !== spent && (isFresh || data.token === lastFresh)) return { text: data.token, isCode: true }
  return data.number ? { text: data.number, isCode: false } : undefined
}

/** The face of the card: whose it is, where it counts, and what the till scans; a tap makes that large. */
export function Face({ asked, tier }: { asked: CardAsked; tier: string | undefined }) {
  const { t } = useSay()
  const scannable = useScannable(asked)
  const large = useRef<HTMLDialogElement>(null)
  const { data } = asked
  if (!data) return <div className="face face-empty" aria-hidden="true" />
  return (
    <div className="face">
      <p className="face-head">
        <b>{data.business.name || t('card.title')}</b>
        {tier ? <span className="face-tier">{tier}</span> : null}
      </p>
      {scannable ? (
        <button type="button" className="face-qr" onClick={() => large.current?.showModal()}>
          <Qr text={scannable.text} label={t('card.enlarge')} />
        </button>
      ) : (
        <p className="face-qr face-none">{t(asked.problem?.status === 0 ? 'card.no-line' : 'card.wait')}</p>
      )}
      <p className="face-foot">
        <span className="face-name">{data.name}</span>
        {data.number ? <span className="face-number">{data.number}</span> : null}
      </p>
      <dialog ref={large} className="large" aria-label={t('card.large')}>
        <button type="button" className="large-inner" onClick={() => large.current?.close()}>
          {scannable ? <Qr text={scannable.text} label={t('card.qr')} /> : null}
          <span className="large-name">{data.name}</span>
          {data.number ? <span className="large-number">{data.number}</span> : null}
          <span className="large-hint">{t('card.close')}</span>
        </button>
      </dialog>
    </div>
  )
}

/** Says that this is from before, and since when. */
export function AsOf({ asked }: { asked: CardAsked }) {
  const { t, format } = useSay()
  const { data, at, problem, isFresh } = asked
  if (isFresh || !problem || !data) return null
  return (
    <p className="note as-of" role="status">
      {t(problem.status === 0 ? 'card.offline' : 'card.trouble', { time: at ? format.moment(at) : '' })}
    </p>
  )
}
