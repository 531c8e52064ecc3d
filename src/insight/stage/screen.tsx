import { Link, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, Page } from '../../../web/kit/index.ts'
import { TypeBadge } from '../../../web/portrait/type-badge.tsx'
import { FirstMinute } from '../../../web/today/first-minute.tsx'
import { HistoryNote } from '../../../web/today/history-note.tsx'
import { BaseIndices } from '../indices/screen-base.tsx'
import { readStages, stageFlow } from './contract.ts'
import './screen.css'
import { Flow } from './screen-flow.tsx'
import { periodOf } from './screen-period.tsx'
import { Rates } from './screen-rates.tsx'
import { Trend } from './screen-trend.tsx'

export type Stages = z.infer<typeof readStages.reply>

/** Where everybody stands on the way from stranger to regular, who moved between two days, and what comes next. */
export function StagesPage() {
  const { t } = useTranslation()
  const asked = useAsk(readStages, {})
  if (asked.data?.customers === 0)
    return (
      <Page name={t('nav.stages')} title={t('stage:none.title')} subtitle={t('stage:none.text')}>
        <FirstMinute />
      </Page>
    )
  return (
    <Page name={t('nav.stages')} title={<Finding stages={asked.data} />} subtitle={t('stage:subtitle')}>
      <Answer of={asked}>
        {stages => (
          <>
            <HistoryNote reading={stages.reading} />
            <Standing stages={stages} />
            <Flow stages={stages} />
            <Trend />
            <Rates />
            <BaseIndices />
          </>
        )}
      </Answer>
    </Page>
  )
}

/** The number that the page is about: how many are loyal, and whether it is more than before. */
function Finding({ stages }: { stages: Stages | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  const search = useSearch({ from: '/shell/stages' })
  const period = stages && periodOf(stages, search)
  const flow = useAsk(stageFlow, { query: period ?? { from: '', to: '' } }, { enabled: Boolean(period), keep: true })
  if (!stages) return t('nav.stages')
  const loyal = stages.stages.find(each => each.stage === 'loyal')?.customers ?? 0
  if (loyal === 0) return t('stage:title.none')
  const words = { count: loyal, number: format.number(loyal) }
  if (!period || !flow.data || flow.data.toOn !== stages.reading.asOfOn) return t('stage:title.plain', words)
  const change = loyal - flow.data.before.loyal
  const key = change > 0 ? 'more' : change < 0 ? 'fewer' : 'same'
  return t(`stage:title.${key}`, { ...words, change: format.number(Math.abs(change)), days: period.days })
}

/** One bar for the base, then each stage with its rule in one sentence; every row leads to its people. */
function Standing({ stages }: { stages: Stages }) {
  const { t } = useTranslation()
  const format = useFormat()
  const present = stages.stages.filter(each => each.customers > 0)
  const list = present.map(each => `${t(`rhythm:type.${each.stage}.name`)} ${format.number(each.customers)}`)
  return (
    <section>
      <h2>{t('stage:bar.title')}</h2>
      <div
        className="stage-bar"
        role="img"
        aria-label={t('stage:bar.label', { list: new Intl.ListFormat(format.language).format(list) })}
      >
        {present.map(each => (
          <span key={each.stage} data-type={each.stage} style={{ flexGrow: each.customers }} />
        ))}
      </div>
      <ul className="stages">
        {stages.stages.map(each => (
          <li key={each.stage}>
            <Link to="/customers" search={{ type: each.stage }}>
              <TypeBadge type={each.stage} plain />
            </Link>
            <span className="strong">{format.number(each.customers)}</span>
            <span className="muted">{format.percent(each.share)}</span>
            <span className="muted">{t(each.ruleKey)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
