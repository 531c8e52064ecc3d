import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { useMay } from '../../../web/session.tsx'
import { decideAdjustment, listAdjustments, listPostings, readLedger, type ShownAdjustment } from './contract.ts'
import { assetName, useAmountOf } from './screen-balance.tsx'

/** Adjustments above their threshold, until somebody else than who asked has looked. */
export function Waiting() {
  const { t } = useTranslation()
  const asked = useAsk(listAdjustments, { query: {} })
  const waiting = asked.data?.items.filter(item => item.state === 'waiting') ?? []
  if (waiting.length === 0) return null
  return (
    <section className="reading-width">
      <h2>{t('ledger:waiting.title')}</h2>
      <ul className="ledger-waiting">
        {waiting.map(item => (
          <WaitingOne key={item.adjustmentId} item={item} />
        ))}
      </ul>
    </section>
  )
}

function WaitingOne({ item }: { item: ShownAdjustment }) {
  const { t } = useTranslation()
  const say = useAmountOf()
  const format = useFormat()
  const decide = useDo(decideAdjustment, { refresh: [listAdjustments, listPostings, readLedger] })
  const mayApprove = useMay('ledger.approve')
  const decideOn = (decision: 'approve' | 'decline') =>
    decide.mutate({ params: { adjustmentId: item.adjustmentId }, body: { partyId: item.partyId, decision } })
  return (
    <li>
      <div>
        <Link to="/customers/$partyId" params={{ partyId: item.partyId }}>
          {item.partyName || item.partyId}
        </Link>{' '}
        <b className="numbers">
          {item.amount > 0 ? '+' : '−'}
          {say(item.asset, Math.abs(item.amount))}
        </b>{' '}
        {item.asset.startsWith('money:') ? null : assetName(t, item.asset)}
        <p className="muted small">
          {t('ledger:waiting.by', {
            name: item.askedByName ?? t('ledger:waiting.machine'),
            when: format.instant(item.askedAt),
            reason: item.reason,
          })}
        </p>
        {item.isOwn ? <p className="small">{t('ledger:waiting.own')}</p> : null}
      </div>
      {mayApprove && !item.isOwn ? (
        <div className="acts">
          <Button size="xs" onClick={() => decideOn('approve')} loading={decide.isPending}>
            {t('ledger:waiting.approve')}
          </Button>
          <Button size="xs" variant="default" onClick={() => decideOn('decline')} disabled={decide.isPending}>
            {t('ledger:waiting.decline')}
          </Button>
        </div>
      ) : null}
    </li>
  )
}
