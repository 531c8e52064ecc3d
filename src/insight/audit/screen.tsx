import { Button, Select, TextInput } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState, Inferred, Page, Why } from '../../../web/kit/index.ts'
import { exactly } from '../../../web/tabs.ts'
import { FirstMinute } from '../../../web/today/first-minute.tsx'
import { HistoryNote } from '../../../web/today/history-note.tsx'
import { type AuditFilter, type BaseAudit, type LensName, type Measure, readAudit } from './contract.ts'
import { aboutLens, type Lens, lensesOf } from './figures/lenses.ts'
import { type Speech, speechOf } from './figures/speech.ts'
import { PanelFigure } from './screen-panel.tsx'
import './screen.css'

/** The customer base on one page: a lens at a time, filtered by merchant, type and days, all of it in the address. */
export function BaseAuditPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const { lens: chosen, ...filter } = useSearch({ from: '/shell/audit' })
  const asked = useAsk(readAudit, { query: filter })
  const speech = useMemo(() => speechOf(format.language, (key, values) => String(t(key, values))), [format.language, t])
  const found = asked.data
  // The same audit makes the same panels, so that charts are not drawn anew whenever the page is.
  const lenses = useMemo(() => (found?.audit ? lensesOf(found.audit) : []), [found?.audit])
  if (found && !found.anybody)
    return (
      <Page name={t('audit:name')} title={t('audit:screen.none-title')} subtitle={t('audit:screen.none-text')}>
        <FirstMinute />
      </Page>
    )
  const lens = lenses.find(({ name }) => name === chosen) ?? lenses[0]
  return (
    <Page
      name={t('audit:name')}
      title={lens && found?.audit ? titleOf(lens, speech) : t('audit:name')}
      subtitle={found?.audit ? subtitleOf(found.audit, speech) : undefined}
    >
      <HistoryNote reading={found?.reading} />
      {found ? <Filters filter={filter} lens={chosen} merchants={found.merchants} types={found.types} /> : null}
      <Answer of={asked} waitingFor={t('audit:screen.working-out')}>
        {({ audit }) =>
          audit && lens ? (
            <>
              <nav className="tabs" aria-label={t('audit:screen.lenses')}>
                {lenses.map(({ name }) => (
                  <Link
                    key={name}
                    to="/audit"
                    search={{ ...filter, lens: name === 'one-period' ? undefined : name }}
                    activeOptions={exactly}
                    aria-current={name === lens.name ? 'page' : undefined}
                  >
                    {t(`audit:lens.${name}.name`)}
                  </Link>
                ))}
              </nav>
              <LensView lens={lens} audit={audit} speech={speech} />
            </>
          ) : (
            <NobodyFits />
          )
        }
      </Answer>
    </Page>
  )
}

function titleOf(lens: Lens, speech: Speech): string {
  const leading = lens.panels.find(({ name }) => name === lens.leading)
  return speech.say(leading?.finding.title ?? { key: `audit:lens.${lens.name}.name`, values: {} })
}

function subtitleOf({ source }: BaseAudit, speech: Speech): string {
  return speech.say({
    key: 'audit:report.subtitle-revenue',
    values: {
      customers: source.customers,
      orders: source.orders,
      revenue: { amountMinor: source.revenueMinor ?? 0, currency: source.currency },
      from: { day: source.firstOn },
      to: { day: source.lastOn },
    },
  })
}

function LensView({ lens, audit, speech }: { lens: Lens; audit: BaseAudit; speech: Speech }) {
  if (lens.panels.length === 0)
    return (
      <EmptyState title={speech.say({ key: `audit:lens.${lens.name}.name`, values: {} })}>
        {speech.say({ key: `audit:lens.${lens.name}.none`, values: {} })}
      </EmptyState>
    )
  return (
    <div className="audit">
      <p className="muted">{speech.say({ key: `audit:lens.${lens.name}.about`, values: aboutLens(lens, audit) })}</p>
      <dl className="audit-measures">
        {lens.measures.map(measure => (
          <MeasureCell key={measure.name} measure={measure} speech={speech} />
        ))}
      </dl>
      {lens.panels.map(panel => (
        <PanelFigure key={panel.name} panel={panel} speech={speech} isLeading={panel.name === lens.leading} />
      ))}
    </div>
  )
}

function MeasureCell({ measure, speech }: { measure: Measure; speech: Speech }) {
  const { t } = useTranslation()
  const value = <Why reason={{ formula: speech.say(measure.why) }}>{speech.value(measure.value)}</Why>
  return (
    <div>
      <dt>{t(`audit:measure.${measure.name}.name`)}</dt>
      <dd>{measure.isInferred ? <Inferred>{value}</Inferred> : value}</dd>
    </div>
  )
}

function Filters({
  filter,
  lens,
  merchants,
  types,
}: {
  filter: AuditFilter
  lens: LensName | undefined
  merchants: readonly string[]
  types: readonly string[]
}) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const set = (change: Partial<AuditFilter>) =>
    void navigate({ to: '/audit', search: { ...filter, lens, ...change }, replace: true })
  return (
    <div className="tools audit-tools">
      {merchants.length > 1 ? (
        <Select
          aria-label={t('audit:screen.merchant')}
          placeholder={t('audit:screen.all-merchants')}
          clearable
          data={[...merchants]}
          value={filter.merchant ?? null}
          onChange={merchant => set({ merchant: merchant ?? undefined })}
        />
      ) : null}
      <Select
        aria-label={t('audit:screen.type')}
        placeholder={t('audit:screen.all-types')}
        clearable
        data={types.map(type => ({ value: type, label: t(`rhythm:type.${type}.name`) }))}
        value={filter.type ?? null}
        onChange={type => set({ type: (type as AuditFilter['type']) ?? undefined })}
      />
      {(['from', 'to'] as const).map(side => (
        <TextInput
          key={side}
          type="date"
          aria-label={t(`audit:screen.${side}`)}
          leftSection={<span className="muted small">{t(`audit:screen.${side}`)}</span>}
          leftSectionWidth={48}
          value={filter[side] ?? ''}
          onChange={event => set({ [side]: event.currentTarget.value || undefined })}
        />
      ))}
    </div>
  )
}

function NobodyFits() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return (
    <EmptyState
      title={t('audit:screen.nobody-title')}
      actions={<Button onClick={() => void navigate({ to: '/audit', search: {} })}>{t('audit:screen.clear')}</Button>}
    >
      {t('audit:screen.nobody-text')}
    </EmptyState>
  )
}
