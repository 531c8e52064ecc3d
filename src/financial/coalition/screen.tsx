import { Button, Select } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { type Format, useFormat } from '../../../web/format.ts'
import { Answer, EmptyState, Page, Waiting } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { useMay } from '../../../web/session.tsx'
import { exactly } from '../../../web/tabs.ts'
import { type CoalitionMonth, closeMonth, coalitionTabs, readCoalition } from './contract.ts'
import { Month } from './screen-month.tsx'
import './screen.css'

const StatementView = lazy(async () => ({ default: (await import('./screen-statement.tsx')).StatementView }))
const TermsTab = lazy(async () => ({ default: (await import('./screen-terms.tsx')).TermsTab }))
const BenefitsTab = lazy(async () => ({ default: (await import('./screen-benefits.tsx')).BenefitsTab }))
const DisputesTab = lazy(async () => ({ default: (await import('./screen-disputes.tsx')).DisputesTab }))

/** Merchants under one card: the month first, who issued and redeemed, who owes; then terms, benefits and disputes. */
export function CoalitionPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const { month, merchant, tab = 'month' } = useSearch({ from: '/shell/coalition' })
  const asked = useAsk(readCoalition, { query: { month } }, { keep: true })
  const { data } = asked
  const isEmpty = data?.month === null
  if (merchant && data?.month)
    return (
      <Suspense fallback={<Waiting />}>
        <StatementView month={data.month} merchantId={merchant} />
      </Suspense>
    )
  const isMonth = tab === 'month' && !isEmpty
  return (
    <Page
      name={t('coalition:name')}
      title={data ? titleOf(t, format, data) : t('coalition:name')}
      subtitle={t('coalition:subtitle')}
      actions={data && isMonth ? <Actions data={data} /> : null}
    >
      <nav className="tabs" aria-label={t('coalition:name')}>
        {coalitionTabs.map(name => (
          <Link
            key={name}
            to="/coalition"
            search={name === 'month' ? {} : { tab: name }}
            activeOptions={exactly}
            aria-current={tab === name ? 'page' : undefined}
          >
            {t(`coalition:tab.${name}`)}
          </Link>
        ))}
      </nav>
      <Suspense fallback={<Waiting />}>
        {tab === 'terms' ? <TermsTab /> : null}
        {tab === 'benefits' ? <BenefitsTab /> : null}
        {tab === 'disputes' ? <DisputesTab /> : null}
        {tab === 'month' ? <Answer of={asked}>{said => (isEmpty ? <Empty /> : <Month data={said} />)}</Answer> : null}
      </Suspense>
    </Page>
  )
}

export const monthName = (format: Format, month: string) => format.month(`${month}-01`)

function titleOf(t: TFunction, format: Format, data: CoalitionMonth): string {
  if (data.month === null) return t('coalition:title.none')
  const month = monthName(format, data.month)
  if (data.state === 'ended') return t('coalition:title.ended', { month })
  if (data.state === 'running') {
    const points = data.merchants.reduce((sum, each) => sum + each.issued, 0)
    return points === 0
      ? t('coalition:title.quiet', { month })
      : t('coalition:title.running', { month, points: format.number(points) })
  }
  const waiting = data.merchants.filter(each => each.state === 'to-pay' || each.state === 'to-be-paid').length
  return waiting === 0 ? t('coalition:title.done', { month }) : t('coalition:title.waiting', { month, count: waiting })
}

function Actions({ data }: { data: CoalitionMonth }) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const mayManage = useMay('coalition.manage')
  const close = useDo(closeMonth, { refresh: [readCoalition] })
  const month = data.month!
  // Months are settled in their order.
  const next = data.months.find(each => each.state !== 'closed')?.month
  return (
    <>
      <Select
        aria-label={t('coalition:month.which')}
        className="coalition-month"
        allowDeselect={false}
        data={data.months.toReversed().map(each => ({ value: each.month, label: monthName(format, each.month) }))}
        value={month}
        onChange={value => void navigate({ to: '/coalition', search: value === null ? {} : { month: value } })}
      />
      {mayManage && data.state === 'ended' && next === month ? (
        <Button
          variant="filled"
          loading={close.isPending}
          onClick={() =>
            close.mutate(
              { params: { month } },
              { onSuccess: () => showNotice(t('coalition:month.closed', { month: monthName(format, month) })) },
            )
          }
        >
          {t('coalition:month.close', { month: monthName(format, month) })}
        </Button>
      ) : null}
    </>
  )
}

function Empty() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const mayManage = useMay('coalition.manage')
  return (
    <EmptyState
      title={t('coalition:empty.title')}
      actions={
        mayManage ? (
          <Button variant="filled" onClick={() => void navigate({ to: '/coalition', search: { tab: 'terms' } })}>
            {t('coalition:empty.start')}
          </Button>
        ) : null
      }
    >
      {t('coalition:empty.text')}
    </EmptyState>
  )
}
