import { useState } from 'react'
import type { myPointsHistory } from '#financial/points/contract-member.ts'
import { ask, type ReplyOf } from './api.ts'
import { useAsked } from './asked.ts'
import { Act, Section, Skeleton } from './pieces.tsx'
import { useSay } from './words.ts'

type Page = ReplyOf<typeof myPointsHistory>

/** Everything that came and went, each with its reason. */
export function History() {
  const { t } = useSay()
  const first = useAsked<typeof myPointsHistory>('/api/member/points/history')
  const [older, setOlder] = useState<Page[]>([])
  if (!first.data) return first.problem ? <p className="muted">{t('problem.offline')}</p> : <Skeleton lines={8} />
  const last = older.at(-1) ?? first.data
  const seen = new Map([first.data, ...older].flatMap(page => page.items).map(item => [item.moveId, item]))
  if (seen.size === 0) return <p className="muted">{t('history.none')}</p>
  return (
    <Section title={t('history.title')}>
      <ul className="moves">
        {[...seen.values()].map(move => (
          <Move key={move.moveId} move={move} />
        ))}
      </ul>
      {last.next ? (
        <Act
          does={async () => {
            const page = await ask<typeof myPointsHistory>(
              `/api/member/points/history?before=${encodeURIComponent(last.next!)}`,
            )
            setOlder(pages => [...pages, page.data])
          }}
        >
          {t('history.more')}
        </Act>
      ) : null}
    </Section>
  )
}

function Move({ move }: { move: Page['items'][number] }) {
  const say = useSay()
  const reason = say.sentence(move.reason.key, move.reason.values)
  return (
    <li>
      <div>
        <span>{say.sentence(`points:move.${move.kind}`, {})}</span>
        {reason ? <span className="reason">{reason}</span> : null}
        <time dateTime={move.occurredAt}>{say.format.dayOf(move.occurredAt)}</time>
      </div>
      <b className={move.points > 0 ? 'jade' : undefined}>
        {move.points > 0 ? '+' : '−'}
        {say.format.number(Math.abs(move.points))}
      </b>
    </li>
  )
}
