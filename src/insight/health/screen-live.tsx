import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../web/format.ts'
import type { ModelHealth } from './contract.ts'

type LiveForecasts = NonNullable<ModelHealth['live']>

const mostShown = 6
/** Left away where there is little room. */
const minor: ReadonlySet<string> = new Set(['customers', 'chance'])

/** What people were really shown, and what came of it; where nothing is over yet, when the first result comes. */
export function Live({ health }: { health: ModelHealth & { live: LiveForecasts } }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { matured, open } = health.live
  const next = open[0]
  return (
    <section>
      <h2>{t('health:live.title')}</h2>
      <p className="muted">{t('health:live.text', { days: health.horizonDays })}</p>
      {matured.length > 0 ? <Matured matured={matured} /> : null}
      <p>
        {health.reading.history
          ? t('health:live.history')
          : next
            ? t(matured.length > 0 ? 'health:live.next' : 'health:live.first', { day: format.day(next.endsOn) })
            : matured.length > 0
              ? null
              : t('health:live.none')}
      </p>
    </section>
  )
}

function Matured({ matured }: { matured: LiveForecasts['matured'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const points = (share: number) => format.number(share * 100, 1)
  return (
    <table className="table table-small health-live">
      <thead>
        <tr>
          <th scope="col">{t('health:live.on')}</th>
          {(['customers', 'said', 'back', 'error', 'chance'] as const).map(name => (
            <th key={name} scope="col" className={minor.has(name) ? 'right wide-only' : 'right'}>
              {t(`health:live.${name}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {matured.slice(0, mostShown).map(({ madeOn, reliability }) => (
          <tr key={madeOn}>
            <th scope="row">{format.nearDay(madeOn)}</th>
            <td className="right wide-only">{format.number(reliability.customers)}</td>
            <td className="right">{format.percent(reliability.said)}</td>
            <td className="right">{format.percent(reliability.happened)}</td>
            <td className="right">{points(reliability.error)}</td>
            <td className="right wide-only">{points(Math.min(reliability.error, reliability.errorByChance))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
