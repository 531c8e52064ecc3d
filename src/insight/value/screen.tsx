import { Button } from '@mantine/core'
import { Link, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { listJobs } from '#kernel/jobs/contract.ts'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState, Page, Sentence, Waiting } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { useMay } from '../../../web/session.tsx'
import { exactly } from '../../../web/tabs.ts'
import { FirstMinute } from '../../../web/today/first-minute.tsx'
import { HistoryNote } from '../../../web/today/history-note.tsx'
import { fitValueNow, readValue } from './contract.ts'
import './screen.css'
import { EquityAside } from './screen-aside.tsx'
import { Equity } from './screen-equity.tsx'
import { rangeReason, type Told, type Value } from './screen-reasons.tsx'

const ValuedCustomers = lazy(async () => ({ default: (await import('./screen-customers.tsx')).ValuedCustomers }))
const ModelOfValue = lazy(async () => ({ default: (await import('./screen-model.tsx')).ModelOfValue }))
const ValueSettingsForm = lazy(async () => ({ default: (await import('./screen-settings.tsx')).ValueSettingsForm }))

/** What the base is worth, why, and what changes it; what every customer is worth; how we know. */
export function ValuePage() {
  const { t } = useTranslation()
  const asked = useAsk(readValue, {})
  const value = asked.data
  if (!value)
    return (
      <Page name={t('value:name')} title={t('value:name')}>
        <Answer of={asked}>{() => null}</Answer>
      </Page>
    )
  return value.base ? <Valued value={value} base={value.base} /> : <NotYet value={value} />
}

/** Before there is a value: what will stand here, what is still missing, the one thing to do. */
function NotYet({ value }: { value: Value }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayFit = useMay('warnings.manage')
  const maySet = useMay('settings.manage')
  const { tab } = useSearch({ from: '/shell/value' })
  const fit = useDo(fitValueNow, { refresh: [listJobs] })
  const isReady = value.state === 'none'
  const key = isReady ? 'none' : 'too-few'
  const text = isReady
    ? t('value:empty.none')
    : t('value:empty.too-few', {
        have: format.number(value.customersWhoReturned),
        needed: format.number(value.customersNeeded),
      })
  if (value.customersWhoReturned === 0 && tab !== 'settings')
    return (
      <Page name={t('value:name')} title={t('value:title.too-few')} subtitle={text}>
        <FirstMinute />
      </Page>
    )
  return (
    <Page name={t('value:name')} title={t('value:name')}>
      {tab === 'settings' && maySet ? (
        <Suspense fallback={<Waiting />}>
          <ValueSettingsForm currency={value.currency} />
        </Suspense>
      ) : (
        <EmptyState
          title={t(`value:title.${key}`)}
          actions={
            <>
              {isReady && mayFit ? (
                <Button
                  variant="filled"
                  loading={fit.isPending}
                  onClick={() => fit.mutate({}, { onSuccess: () => showNotice(t('value:empty.started')) })}
                >
                  {t('value:empty.do')}
                </Button>
              ) : null}
              {isReady ? null : (
                <Link to="/data" className="link">
                  {t('value:empty.import')}
                </Link>
              )}
              {maySet ? (
                <Link to="/value" search={{ tab: 'settings' }} className="link">
                  {t('value:tab.settings')}
                </Link>
              ) : null}
            </>
          }
        >
          {text}
        </EmptyState>
      )}
    </Page>
  )
}

function Valued({ value, base }: { value: Value; base: Told }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { tab = 'equity' } = useSearch({ from: '/shell/value' })
  const maySet = useMay('settings.manage')
  const { currency } = value
  const tabs = ['equity', 'customers', 'model', ...(maySet ? (['settings'] as const) : [])] as const
  const { amountMinor, lowMinor, highMinor } = base.equity
  const reason = rangeReason(t, format, { base, currency, what: 'equity' })
  return (
    <Page
      name={t('value:name')}
      title={
        <Sentence
          of={base.lifetime === 'known' ? 'value:title.known' : 'value:title.year'}
          values={{ amount: { amountMinor, currency } }}
          reasons={{ amount: reason }}
        />
      }
      subtitle={t('value:subtitle', { low: format.money(lowMinor, currency), high: format.money(highMinor, currency) })}
      aside={tab === 'equity' ? <EquityAside value={value} base={base} /> : undefined}
    >
      <HistoryNote reading={value.reading} />
      {base.isMarginAssumed ? (
        <p className="note" role="note">
          {t('value:assumed', { share: format.percent(base.marginShare) })}{' '}
          {maySet && tab !== 'settings' ? (
            <Link to="/value" search={{ tab: 'settings' }} className="link">
              {t('value:assumed-do')}
            </Link>
          ) : null}
        </p>
      ) : null}
      <nav className="tabs" aria-label={t('value:tab.label')}>
        {tabs.map(name => (
          <Link
            key={name}
            to="/value"
            search={name === 'equity' ? {} : { tab: name }}
            activeOptions={exactly}
            aria-current={tab === name ? 'page' : undefined}
          >
            {t(`value:tab.${name}`)}
            {name === 'customers' ? <em>{format.number(base.customers)}</em> : null}
          </Link>
        ))}
      </nav>
      <Suspense fallback={<Waiting />}>
        {tab === 'customers' ? (
          <ValuedCustomers leavingKnown={base.lifetime === 'known'} />
        ) : tab === 'model' ? (
          <ModelOfValue value={value} />
        ) : tab === 'settings' && maySet ? (
          <ValueSettingsForm currency={currency} />
        ) : (
          <Equity value={value} base={base} />
        )}
      </Suspense>
    </Page>
  )
}
