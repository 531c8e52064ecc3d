import { Button, NumberInput, Select } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import {
  adjustmentReasons,
  adjustPoints,
  type MemberPoints,
  memberPoints,
  memberPointsHistory,
} from '#financial/points/contract.ts'
import { call, type Problem, useAsk, useDo } from '../api.ts'
import { useFormat } from '../format.ts'
import { Sentence } from '../kit/index.ts'
import { showNotice } from '../notices.tsx'
import { useMay } from '../session.tsx'
import './points-panel.css'

/** What a customer has in points, what of it expires next, where it is from, and everything that came and went. */
export function PointsPanel({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const mayRead = useMay('points.read')
  const mayAdjust = useMay('points.adjust')
  const asked = useAsk(memberPoints, { params: { partyId } }, { enabled: mayRead })
  const points = asked.data
  if (!points || (!points.isRunning && points.lots.length === 0)) return null
  const hasAny = points.available + points.pending + points.held + points.owedBack > 0
  return (
    <section aria-label={t('points:panel.title')} className="points-panel">
      <h2>{t('points:panel.title')}</h2>
      {hasAny ? <Balance points={points} /> : <p className="muted">{t('points:panel.none')}</p>}
      {points.lots.length > 0 ? <Lots lots={points.lots} /> : null}
      <History partyId={partyId} />
      {mayAdjust && points.isRunning ? <Adjust partyId={partyId} /> : null}
    </section>
  )
}

function Balance({ points }: { points: MemberPoints }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { available, pending, owedBack, nextExpiry, worthMinor, currency } = points
  return (
    <>
      <ul className="facts">
        <li>
          <span>{t('points:panel.available')}</span>
          <span>
            <b className="jade points-figure">{format.number(available)}</b>{' '}
            <small className="muted">
              {t('points:panel.worth', { worth: format.exactMoney(worthMinor, currency) })}
            </small>
          </span>
        </li>
        {pending > 0 ? (
          <li>
            <span>{t('points:panel.pending')}</span>
            <span>{format.number(pending)}</span>
          </li>
        ) : null}
        {owedBack > 0 ? (
          <li>
            <span>{t('points:panel.owed')}</span>
            <span className="bad">{format.number(owedBack)}</span>
          </li>
        ) : null}
      </ul>
      {nextExpiry ? (
        <p className="muted small">
          {t('points:panel.next', {
            number: format.number(nextExpiry.points),
            day: format.nearDay(nextExpiry.lastUsableOn),
          })}
        </p>
      ) : null}
    </>
  )
}

/** The first to expire come first; the rest is long. */
const lotsShown = 10

function Lots({ lots }: { lots: MemberPoints['lots'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <details className="folded">
      <summary>
        {t('points:panel.lots')} <span className="muted">{format.number(lots.length)}</span>
      </summary>
      <ul className="moves">
        {lots.slice(0, lotsShown).map(lot => (
          <li key={lot.lotId}>
            <b>{format.number(lot.available + lot.pending + lot.held)}</b>
            <div>
              {lot.reason ? <Sentence of={lot.reason.key} values={lot.reason.values} /> : t('points:move.adjusted')}
              <small className="muted">
                {lot.usableFromOn ? `${t('points:panel.from', { day: format.nearDay(lot.usableFromOn) })} · ` : ''}
                {lot.lastUsableOn
                  ? t('points:panel.until', { day: format.nearDay(lot.lastUsableOn) })
                  : t('points:panel.for-ever')}
              </small>
            </div>
          </li>
        ))}
      </ul>
      {lots.length > lotsShown ? (
        <p className="muted small">{t('points:panel.more-lots', { count: lots.length - lotsShown })}</p>
      ) : null}
    </details>
  )
}

type PageOfMoves = z.infer<typeof memberPointsHistory.reply>

function History({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useInfiniteQuery<
    PageOfMoves,
    Problem,
    { pages: PageOfMoves[] },
    readonly unknown[],
    string | undefined
  >({
    queryKey: [memberPointsHistory.id, partyId],
    queryFn: ({ pageParam, signal }) =>
      call(memberPointsHistory, { params: { partyId }, query: { before: pageParam, limit: 20 } }, signal),
    initialPageParam: undefined,
    getNextPageParam: page => page.next ?? undefined,
  })
  const moves = asked.data?.pages.flatMap(page => page.items) ?? []
  if (moves.length === 0) return null
  return (
    <details className="folded">
      <summary>{t('points:panel.history')}</summary>
      <ul className="moves">
        {moves.map(move => (
          <li key={move.moveId}>
            <b className={move.points < 0 ? 'muted' : 'jade'}>
              {move.points > 0 ? '+' : '−'}
              {format.number(Math.abs(move.points))}
            </b>
            <div>
              {t(`points:move.${move.kind}`)}
              <span className="why">
                <Sentence of={move.reason.key} values={move.reason.values} />
              </span>
              <small className="muted">{format.nearDay(format.dayOf(move.occurredAt))}</small>
            </div>
          </li>
        ))}
      </ul>
      {asked.hasNextPage ? (
        <Button size="xs" onClick={() => void asked.fetchNextPage()} loading={asked.isFetchingNextPage}>
          {t('points:panel.more')}
        </Button>
      ) : null}
    </details>
  )
}

function Adjust({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [points, setPoints] = useState<number | string>('')
  const [reason, setReason] = useState<(typeof adjustmentReasons)[number]>('goodwill')
  const adjust = useDo(adjustPoints, { refresh: [memberPoints, memberPointsHistory] })
  const save = (event: FormEvent) => {
    event.preventDefault()
    adjust.mutate(
      { params: { partyId }, body: { points: Number(points), reason } },
      {
        onSuccess: ({ state, available }) => {
          setPoints('')
          showNotice(
            state === 'waiting'
              ? t('points:panel.adjust-waiting')
              : t('points:panel.adjusted', { number: format.number(available) }),
          )
        },
      },
    )
  }
  return (
    <details className="folded">
      <summary>{t('points:panel.adjust')}</summary>
      <form className="points-adjust" onSubmit={save}>
        <NumberInput label={t('points:panel.adjust-points')} required value={points} onChange={setPoints} />
        <Select
          label={t('points:panel.adjust-reason')}
          allowDeselect={false}
          data={adjustmentReasons.map(value => ({ value, label: t(`points:adjustment.${value}`) }))}
          value={reason}
          onChange={value => value && setReason(value as typeof reason)}
        />
        <Button type="submit" size="xs" disabled={!Number(points)} loading={adjust.isPending}>
          {t('points:panel.adjust-do')}
        </Button>
      </form>
    </details>
  )
}
