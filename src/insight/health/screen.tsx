import { Button, SegmentedControl } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, Page } from '../../../web/kit/index.ts'
import { useMay } from '../../../web/session.tsx'
import { exactly } from '../../../web/tabs.ts'
import { FirstMinute } from '../../../web/today/first-minute.tsx'
import { HistoryNote } from '../../../web/today/history-note.tsx'
import { changeHealthSettings, type HealthSettings, listFits, listModels, type ModelHealth } from './contract.ts'
import './screen.css'
import { Deciles, Reliability, Tracking } from './screen-charts.tsx'
import { DriftPart } from './screen-drift.tsx'
import { LearnAnew } from './screen-fit.tsx'
import { Fits } from './screen-fits.tsx'
import { Live } from './screen-live.tsx'
import { Measures } from './screen-measures.tsx'

/** Whether the numbers can be believed: the verdict first, what it means, then the evidence. */
export function ModelHealthPage() {
  const { t } = useTranslation()
  const asked = useAsk(listModels, {})
  const search = useSearch({ from: '/shell/models' })
  const shown = asked.data?.items.find(each => each.model === search.model) ?? asked.data?.items[0]
  const mayManage = useMay('warnings.manage')
  return (
    <Page
      name={t('nav.models')}
      title={shown ? t(`health:title.${titleOf(shown)}`) : t('nav.models')}
      subtitle={t('health:subtitle')}
      actions={shown && mayManage && shown.have > 0 ? <LearnAnew model={shown.model} /> : null}
    >
      <Answer of={asked}>
        {({ items, settings }) =>
          shown ? (
            <>
              <HistoryNote reading={shown.reading} />
              <ModelTabs items={items} shown={shown} />
              {shown.state === 'none' || shown.state === 'prior' ? (
                <TooFew health={shown} />
              ) : (
                <Findings health={shown} />
              )}
              {shown.fit ? <Fits model={shown.model} /> : null}
              {mayManage && shown.state === 'fitted' ? <Settings settings={settings} /> : null}
            </>
          ) : null
        }
      </Answer>
    </Page>
  )
}

function titleOf({ state, verdict }: ModelHealth): string {
  if (state !== 'fitted') return 'none'
  return verdict ?? 'untested'
}

function ModelTabs({ items, shown }: { items: readonly ModelHealth[]; shown: ModelHealth }) {
  const { t } = useTranslation()
  if (items.length < 2) return <p className="muted lead">{t(`health:model.${shown.model}-explain`)}</p>
  return (
    <>
      <nav className="tabs" aria-label={t('health:models')}>
        {items.map(each => (
          <Link
            key={each.model}
            to="/models"
            search={each === items[0] ? {} : { model: each.model }}
            activeOptions={exactly}
            aria-current={each === shown ? 'page' : undefined}
          >
            {t(`health:model.${each.model}`)}
            {each.verdict ? <em>{t(`health:verdict.${each.verdict}`)}</em> : null}
          </Link>
        ))}
      </nav>
      <p className="muted lead">{t(`health:model.${shown.model}-explain`)}</p>
    </>
  )
}

/** No model yet: what it needs, how far that is, and where customers come from. */
function TooFew({ health }: { health: ModelHealth }) {
  const { t } = useTranslation()
  const format = useFormat()
  const missing = Math.max(0, health.needed - health.have)
  const numbers = { have: format.number(health.have), needed: format.number(health.needed) }
  const navigate = useNavigate()
  const mayImport = useMay('imports.run')
  return (
    <section className="reading-width">
      <h2>{t('health:empty.title')}</h2>
      <p>
        {missing > 0 ? t('health:empty.text', { ...numbers, count: missing }) : t('health:empty.text-enough', numbers)}
      </p>
      <div className="meter health-meter" aria-hidden>
        <span style={{ width: `${Math.min(1, health.have / health.needed) * 100}%` }} />
      </div>
      <p className="muted small">{t('health:empty.meter', numbers)}</p>
      {health.have === 0 ? (
        <FirstMinute />
      ) : mayImport ? (
        <Button onClick={() => void navigate({ to: '/data' })}>{t('health:empty.import')}</Button>
      ) : null}
    </section>
  )
}

function Findings({ health }: { health: ModelHealth }) {
  const { t } = useTranslation()
  const { holdout, fit } = health
  return (
    <>
      <Notice health={health} />
      {fit && !fit.review ? <p className="muted">{t('health:untested.waits')}</p> : null}
      {health.measures.length > 0 && health.verdict ? <Measures health={health} /> : null}
      {fit?.warnings.length ? (
        <div className="reading-width">
          {fit.warnings.map(key => (
            <p key={key} className="note">
              {t(key)}
            </p>
          ))}
        </div>
      ) : null}
      {fit?.review && !holdout ? (
        <p className="reading-width">{t('health:untested.text', { days: health.horizonDays })}</p>
      ) : null}
      <div className="health-evidence">
        {holdout ? (
          <>
            {health.live ? <Reliability holdout={holdout} /> : null}
            <Tracking holdout={holdout} />
            <Deciles holdout={holdout} />
          </>
        ) : null}
        <DriftPart health={health} />
        {health.live ? <Live health={{ ...health, live: health.live }} /> : null}
      </div>
    </>
  )
}

function Notice({ health: { notice } }: { health: ModelHealth }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (!notice) return null
  return (
    <p className="note" role="note">
      {notice.because === 'drift'
        ? t('health:notice.drift', {
            feature: t(`health:drift.feature.${notice.feature}`),
            value: format.number(notice.value, 2),
          })
        : t('health:notice.live', { value: format.number(notice.value * 100, 1) })}{' '}
      {t(`health:notice.${notice.state}`)}
    </p>
  )
}

function Settings({ settings }: { settings: z.infer<typeof listModels.reply>['settings'] }) {
  const { t } = useTranslation()
  const change = useDo(changeHealthSettings, { refresh: [listModels, listFits] })
  return (
    <section className="reading-width">
      <h2>{t('health:settings.title')}</h2>
      <SegmentedControl
        aria-label={t('health:settings.refit')}
        value={settings.refit}
        onChange={refit => change.mutate({ body: { refit: refit as HealthSettings['refit'] } })}
        data={[
          { value: 'propose', label: t('health:settings.propose') },
          { value: 'by-itself', label: t('health:settings.by-itself') },
        ]}
      />
      <p className="muted small">{t('health:settings.explain')}</p>
    </section>
  )
}
