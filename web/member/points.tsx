import type { myPoints } from '#financial/points/contract-member.ts'
import type { ReplyOf } from './api.ts'
import { type Asked, useAsked } from './asked.ts'
import { Section, Skeleton } from './pieces.tsx'
import { useSay } from './words.ts'

type Points = ReplyOf<typeof myPoints>

/** How many days on which something ends are shown before the rest is folded away. */
const endsShown = 3

/** What I have, what it is worth, what still waits, and what ends when. */
export function PointsSection() {
  const { t, format } = useSay()
  const asked: Asked<Points> = useAsked<typeof myPoints>('/api/member/points')
  const points = asked.data
  if (!points) return asked.problem ? null : <Skeleton lines={8} />
  if (!points.isRunning && points.lots.length === 0) return null
  const { available, pending, held, owedBack, worthMinor, currency } = points
  return (
    <Section title={t('points.title')}>
      <p className="balance">
        <b>{format.number(available)}</b>
        <span>{t('points.worth', { worth: format.money(worthMinor, currency) })}</span>
      </p>
      <ul className="plain">
        {pending > 0 ? (
          <li>{t('points.pending', { number: format.number(pending), from: firstUsable(points, format) })}</li>
        ) : null}
        {held > 0 ? <li>{t('points.held', { number: format.number(held) })}</li> : null}
        {owedBack > 0 ? <li>{t('points.owed', { number: format.number(owedBack) })}</li> : null}
      </ul>
      <Ends points={points} />
    </Section>
  )
}

function firstUsable({ lots }: Points, format: { day(on: string): string }): string {
  const days = lots.flatMap(lot => (lot.usableFromOn ? [lot.usableFromOn] : [])).sort()
  return days[0] ? format.day(days[0]) : ''
}

function Ends({ points }: { points: Points }) {
  const { t, format } = useSay()
  const days = new Map<string, number>()
  for (const lot of points.lots) {
    const left = lot.available + lot.pending
    if (lot.lastUsableOn && left > 0) days.set(lot.lastUsableOn, (days.get(lot.lastUsableOn) ?? 0) + left)
  }
  const ends = [...days].sort(([one], [other]) => (one < other ? -1 : 1))
  if (ends.length === 0) return null
  const row = ([on, number]: [string, number]) => (
    <li key={on}>
      <span>{t('points.until', { day: format.day(on) })}</span>
      <b>{format.number(number)}</b>
    </li>
  )
  return (
    <>
      <h3>{t('points.ends')}</h3>
      <ul className="pairs">{ends.slice(0, endsShown).map(row)}</ul>
      {ends.length > endsShown ? (
        <details>
          <summary>{t('points.later')}</summary>
          <ul className="pairs">{ends.slice(endsShown).map(row)}</ul>
        </details>
      ) : null}
    </>
  )
}
