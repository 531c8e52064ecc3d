import { type FormEvent, useState } from 'react'
import type { claimAsMember, giveAsMember, memberGifts, takeBackAsMember } from '#financial/sharing/contract.ts'
import { newKey, Problem, type ReplyOf, tell } from './api.ts'
import { refresh, useAsked } from './asked.ts'
import { Act, amountOf, Section, sentenceOf } from './pieces.tsx'
import { useSay } from './words.ts'

type Gifts = ReplyOf<typeof memberGifts>

/** Giving points to somebody by phone, card or e-mail, or to whoever gets the code; taking a gift by its code. */
export function GiftsSection() {
  const say = useSay()
  const { t, format } = say
  const { data } = useAsked<typeof memberGifts>('/api/member/gifts')
  if (!data || (data.giftable.length === 0 && data.items.length === 0)) return null
  return (
    <Section title={t('gifts.title')}>
      {data.giftable.some(each => each.available > 0) ? <Give giftable={data.giftable} /> : null}
      <Claim />
      {data.items.length > 0 ? (
        <ul className="moves">
          {data.items.slice(0, 10).map(gift => (
            <li key={gift.giftId}>
              <div>
                <span>{t(`gifts.${gift.direction}`, { other: gift.other ?? t('gifts.somebody') })}</span>
                <span className="reason">
                  {t(`gifts.state-${gift.state}`, { day: gift.until ? format.dayOf(gift.until) : '' })}
                </span>
                <time dateTime={gift.givenAt}>{format.dayOf(gift.givenAt)}</time>
                {gift.direction === 'given' && gift.state === 'waiting' ? (
                  <Act
                    kind="quiet"
                    does={async () => {
                      await tell<typeof takeBackAsMember>('POST', `/api/member/gifts/${gift.giftId}/take-back`)
                      refresh()
                    }}
                  >
                    {t('gifts.take-back')}
                  </Act>
                ) : null}
              </div>
              <b>{amountOf(gift.asset, gift.amount, say)}</b>
            </li>
          ))}
        </ul>
      ) : null}
    </Section>
  )
}

/** Sends a form once for one intention, and says what came of it. */
function useSending() {
  const [problem, setProblem] = useState<Problem>()
  const [isBusy, setIsBusy] = useState(false)
  const [key, setKey] = useState(newKey)
  const send = (work: (key: string) => Promise<void>) => {
    setIsBusy(true)
    setProblem(undefined)
    work(key)
      .then(() => {
        setKey(newKey())
        refresh()
      })
      .catch((error: unknown) => {
        if (!(error instanceof Problem)) throw error
        // Refused is refused: what is tried next is something else. A lost answer is asked for under the same name.
        if (error.status !== 0) setKey(newKey())
        setProblem(error)
      })
      .finally(() => setIsBusy(false))
  }
  return { problem, isBusy, send }
}

function Give({ giftable }: { giftable: Gifts['giftable'] }) {
  const say = useSay()
  const { t } = say
  const { problem, isBusy, send } = useSending()
  const [given, setGiven] = useState<ReplyOf<typeof giveAsMember>>()
  const [asset, setAsset] = useState(giftable[0]!.asset)
  const available = giftable.find(each => each.asset === asset)?.available ?? 0
  const give = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const fields = new FormData(form)
    const value = String(fields.get('to')).trim()
    const kind = value.includes('@') ? 'email' : /^\+?[\d\s()-]{7,}$/.test(value) ? 'phone' : 'card'
    send(async key => {
      const to = value ? { by: 'identifier' as const, kind: kind as 'email', value } : { by: 'link' as const }
      const body = { asset, amount: Number(fields.get('amount')), to }
      setGiven(await tell<typeof giveAsMember>('POST', '/api/member/gifts', { body, key }))
      form.reset()
    })
  }
  return (
    <details>
      <summary>{t('gifts.give')}</summary>
      <form onSubmit={give}>
        {giftable.length > 1 ? (
          <label>
            {t('gifts.what')}
            <select value={asset} onChange={event => setAsset(event.currentTarget.value)}>
              {giftable.map(each => (
                <option key={each.asset} value={each.asset}>
                  {amountOf(each.asset, each.available, say)}
                </option>
              ))}
            </select>
          </label>
        ) : null}
        <label>
          {t('gifts.amount', { most: amountOf(asset, available, say) })}
          <input name="amount" type="number" inputMode="numeric" min={1} max={available} step={1} required />
        </label>
        <label>
          {t('gifts.to')}
          <input name="to" maxLength={320} autoComplete="off" />
        </label>
        <button type="submit" className="act strong" disabled={isBusy} aria-busy={isBusy}>
          {t('gifts.do')}
        </button>
      </form>
      {problem ? (
        <p className="note bad" role="alert">
          {sentenceOf(problem, say)}
        </p>
      ) : null}
      {given ? (
        <p className="note" role="status">
          {given.code ? (
            <>
              {t('gifts.code')} <b className="gift-code">{given.code}</b>
            </>
          ) : (
            t('gifts.done', { other: given.receiver ?? t('gifts.somebody') })
          )}
        </p>
      ) : null}
    </details>
  )
}

function Claim() {
  const say = useSay()
  const { t } = say
  const { problem, isBusy, send } = useSending()
  const [got, setGot] = useState<ReplyOf<typeof claimAsMember>>()
  const claim = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const code = String(new FormData(form).get('code')).trim()
    send(async key => {
      setGot(await tell<typeof claimAsMember>('POST', '/api/member/gifts/claim', { body: { code }, key }))
      form.reset()
    })
  }
  return (
    <details>
      <summary>{t('gifts.claim')}</summary>
      <form onSubmit={claim}>
        <label>
          {t('gifts.claim-code')}
          <input name="code" required minLength={8} maxLength={100} autoComplete="off" />
        </label>
        <button type="submit" className="act" disabled={isBusy} aria-busy={isBusy}>
          {t('gifts.claim-do')}
        </button>
      </form>
      {problem ? (
        <p className="note bad" role="alert">
          {sentenceOf(problem, say)}
        </p>
      ) : null}
      {got ? (
        <p className="note" role="status">
          {t('gifts.claimed', { amount: amountOf(got.asset, got.amount, say) })}
        </p>
      ) : null}
    </details>
  )
}
