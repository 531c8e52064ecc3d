import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { useDo } from '../../../web/api.ts'
import { type Format, useFormat } from '../../../web/format.ts'
import { showNotice } from '../../../web/notices.tsx'
import { useMay } from '../../../web/session.tsx'
import { claimAward, type Draw, type DrawDetail, readDraw } from './contract.ts'

type Award = DrawDetail['awards'][number]

/** Who won what, in the order of the ranking; who does not come is passed over for the next. */
export function Winners({ draw, awards }: { draw: Draw; awards: readonly Award[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayHandOver = useMay('till.use')
  const claim = useDo(claimAward, { refresh: [readDraw] })
  const nameOf = (prizeId: string) => draw.prizes.find(prize => prize.prizeId === prizeId)?.name ?? prizeId
  return (
    <section>
      <h2>{t('draw:section.winners')}</h2>
      {awards.length === 0 ? (
        <p className="muted">{t('draw:award.nobody')}</p>
      ) : (
        <div className="table-holder">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t('draw:award.winner')}</th>
                <th scope="col">{t('draw:award.prize')}</th>
                <th scope="col" className="right">
                  {t('draw:award.serial')}
                </th>
                <th scope="col">{t('draw:award.state')}</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {awards.map(award => (
                <tr key={award.order} className={award.state === 'lapsed' ? 'gone' : undefined}>
                  <th scope="row">
                    <Link to="/customers/$partyId" params={{ partyId: award.partyId }}>
                      {award.partyName || '–'}
                    </Link>
                    {award.replaces ? (
                      <small className="muted"> {t('draw:award.substitute', { number: award.replaces })}</small>
                    ) : null}
                  </th>
                  <td>{nameOf(award.prizeId)}</td>
                  <td className="right">{format.number(award.serial)}</td>
                  <td>{stateSaid(t, format, award)}</td>
                  <td className="right">
                    {award.state === 'waiting' && mayHandOver ? (
                      <Button
                        variant="subtle"
                        loading={claim.isPending}
                        onClick={() =>
                          claim.mutate(
                            { params: { drawId: draw.drawId, order: award.order } },
                            { onSuccess: () => showNotice(t('draw:act.claimed', { name: award.partyName })) },
                          )
                        }
                      >
                        {t('draw:act.claim')}
                      </Button>
                    ) : null}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

function stateSaid(t: TFunction, format: Format, { state, claimUntil, claimedAt }: Award): string {
  // The end of the last day is the beginning of the next.
  const lastMoment = claimUntil ? new Date(Date.parse(claimUntil) - 1).toISOString() : null
  const instant = state === 'claimed' ? claimedAt : lastMoment
  return t(`draw:award.${state}`, { day: instant ? format.nearDay(format.dayOf(instant)) : '' })
}
