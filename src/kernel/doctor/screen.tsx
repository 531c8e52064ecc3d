import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer } from '../../../web/kit/index.ts'
import { examine, type Finding } from './contract.ts'
import './screen.css'

/** What Guanxi stands on, worst first in the heading; the same that `guanxi doctor` says. */
export function Doctor() {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useAsk(examine, {})
  return (
    <Answer of={asked}>
      {({ items, examinedAt }) => {
        const bad = items.filter(({ state }) => state === 'bad').length
        const warn = items.filter(({ state }) => state === 'warn').length
        return (
          <section className="doctor">
            <div className="doctor-head">
              <p className="doctor-say">
                {bad > 0
                  ? t('doctor:page.bad', { count: bad })
                  : warn > 0
                    ? t('doctor:page.warn', { count: warn })
                    : t('doctor:page.good')}
              </p>
              <Button loading={asked.isFetching} onClick={() => void asked.refetch()}>
                {t('doctor:page.again')}
              </Button>
            </div>
            <dl className="doctor-checks">
              {items.map((item, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a check may find several things; their order is theirs
                <Check key={place} item={item} />
              ))}
            </dl>
            <p className="muted small">{t('doctor:page.when', { when: format.instant(examinedAt) })}</p>
          </section>
        )
      }}
    </Answer>
  )
}

function Check({ item }: { item: Finding }) {
  const { t } = useTranslation()
  return (
    <div data-state={item.state}>
      <dt>{t(`doctor:${item.check}.name`)}</dt>
      <dd>
        <span className="doctor-state">{t(`doctor:page.state.${item.state}`)}</span>
        <span>
          {t(item.foundKey, item.values)}
          {item.mendKey ? <em>{t(item.mendKey, item.values)}</em> : null}
        </span>
      </dd>
    </div>
  )
}
