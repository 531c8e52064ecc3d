import { Button } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { addDays } from '#kernel/clock/index.ts'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, Page, Waiting } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { useMay } from '../../../web/session.tsx'
import { type PointsEdition, publishProgramme, readProgramme } from './contract.ts'
import { RulesRead } from './screen-rules.tsx'
import { Simulator } from './screen-simulator.tsx'
import './screen.css'

const EditRules = lazy(async () => ({ default: (await import('./screen-edit.tsx')).EditRules }))

export type Programme = z.infer<typeof readProgramme.reply>

/** The frequent-buyer programme, read from top to bottom; changed beside a simulator, published with a first day. */
export function ProgrammePage({ ladder }: { ladder?: ReactNode }) {
  const { t } = useTranslation()
  const { edit } = useSearch({ from: '/shell/programme' })
  const mayManage = useMay('points.manage')
  const asked = useAsk(readProgramme, {})
  const programme = asked.data
  if (!programme)
    return (
      <Page name={t('points:name')} title={t('points:name')}>
        <Answer of={asked}>{() => null}</Answer>
      </Page>
    )
  if (edit && mayManage)
    return (
      <Suspense fallback={<Waiting />}>
        <EditRules programme={programme} />
      </Suspense>
    )
  const edition = programme.current ?? programme.coming[0]
  return edition ? (
    <Running programme={programme} edition={edition} ladder={ladder} />
  ) : (
    <NotYet programme={programme} />
  )
}

/** Before there is a programme: what it does, a sensible one to begin with, and what that would have cost. */
function NotYet({ programme }: { programme: Programme }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayManage = useMay('points.manage')
  const publish = useDo(publishProgramme, { refresh: [readProgramme] })
  const { usual, todayOn } = programme
  const yearAgo = addDays(todayOn, -365)
  const begin = (startsOn: string) =>
    publish.mutate(
      { body: { rules: usual, startsOn } },
      { onSuccess: () => showNotice(t('points:edit.published', { day: format.day(startsOn) })) },
    )
  return (
    <Page
      name={t('points:name')}
      title={t('points:title.none')}
      subtitle={t('points:subtitle.none')}
      aside={mayManage ? <Simulator rules={usual} /> : undefined}
    >
      <RulesRead rules={usual} />
      {mayManage ? (
        <div className="acts">
          <Button variant="filled" loading={publish.isPending} onClick={() => begin(todayOn)}>
            {t('points:begin.now')}
          </Button>
          <Button loading={publish.isPending} onClick={() => begin(yearAgo)}>
            {t('points:begin.past', { day: format.day(yearAgo) })}
          </Button>
          <Link to="/programme" search={{ edit: 'yes' }} className="link">
            {t('points:begin.change')}
          </Link>
        </div>
      ) : null}
    </Page>
  )
}

function Running({ programme, edition, ladder }: { programme: Programme; edition: PointsEdition; ladder: ReactNode }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayManage = useMay('points.manage')
  const navigate = useNavigate()
  const { figures, current, coming, past } = programme
  const { rules } = edition
  const points = figures.available + figures.pending
  const since = format.day(format.dayOf(edition.startsAt))
  const worth = format.money(Math.round((points * rules.worthMinorPer100) / 100), rules.currency)
  return (
    <Page
      name={t('points:name')}
      title={
        !current
          ? t('points:title.planned', { day: since })
          : points === 0
            ? t('points:title.running-none')
            : t('points:title.running', { count: points, number: format.number(points), worth })
      }
      subtitle={t(current ? 'points:subtitle.since' : 'points:subtitle.planned', { day: since })}
      actions={
        mayManage ? (
          <Button onClick={() => void navigate({ to: '/programme', search: { edit: 'yes' } })}>
            {t('points:edit.open')}
          </Button>
        ) : null
      }
      aside={<Figures figures={figures} />}
    >
      <RulesRead rules={rules} />
      {ladder}
      <Others title={t('points:section.coming')} editions={coming.filter(each => each !== edition)} isOpen />
      <Others title={t('points:section.past')} editions={past} />
    </Page>
  )
}

function Figures({ figures }: { figures: Programme['figures'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const lines = [
    ['available', figures.available],
    ['pending', figures.pending],
    ['owed', figures.owedBack],
    ['expiring', figures.expiringNext30Days],
    ['earned', figures.earnedLast30Days],
    ['used', figures.usedLast30Days],
    ['members', figures.members],
  ] as const
  return (
    <section>
      <h2>{t('points:section.figures')}</h2>
      <ul className="facts">
        {lines.map(([name, value]) => (
          <li key={name}>
            <span>{t(`points:figure.${name}`)}</span>
            <span className="figure">{format.number(value)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Others({
  title,
  editions,
  isOpen = false,
}: {
  title: string
  editions: readonly PointsEdition[]
  isOpen?: boolean
}) {
  const { t } = useTranslation()
  const format = useFormat()
  if (editions.length === 0) return null
  return (
    <details className="folded" open={isOpen}>
      <summary>
        {title} <span className="muted">{format.number(editions.length)}</span>
      </summary>
      {editions.map(({ editionId, startsAt, rules }) => (
        <div key={editionId} className="edition">
          <p className="muted">{t('points:rule.edition', { day: format.day(format.dayOf(startsAt)) })}</p>
          <RulesRead rules={rules} />
        </div>
      ))}
    </details>
  )
}
