import { Button } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk } from '../../../web/api.ts'
import { type Format, useFormat } from '../../../web/format.ts'
import { Answer, EmptyState, Page, Waiting } from '../../../web/kit/index.ts'
import { useMay } from '../../../web/session.tsx'
import { type Draw, listDraws } from './contract.ts'
import { DrawState, oddsSaid } from './screen-parts.tsx'
import './screen.css'

const NewDraw = lazy(async () => ({ default: (await import('./screen-form.tsx')).NewDraw }))

/** All lucky draws: those that run or wait first, then what was. */
export function DrawsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const mayManage = useMay('draws.manage')
  const { create } = useSearch({ from: '/shell/draws' })
  const asked = useAsk(listDraws, {})
  const begin = () => void navigate({ to: '/draws', search: { create: 'yes' } })
  if (create && mayManage && asked.data)
    return (
      <Page name={t('draw:name')} title={t('draw:form.title')} subtitle={t('draw:subtitle')}>
        <Suspense fallback={<Waiting />}>
          <NewDraw currency={asked.data.currency} />
        </Suspense>
      </Page>
    )
  return (
    <Page
      name={t('draw:name')}
      title={asked.data ? titleOf(t, asked.data.items) : t('draw:name')}
      subtitle={t('draw:subtitle')}
      actions={mayManage && asked.data?.items.length ? <Button onClick={begin}>{t('draw:new')}</Button> : null}
    >
      <Answer of={asked}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              title={t('draw:empty.title')}
              actions={
                mayManage ? (
                  <Button variant="filled" onClick={begin}>
                    {t('draw:new')}
                  </Button>
                ) : null
              }
            >
              {t('draw:empty.text')}
            </EmptyState>
          ) : (
            <List items={items} />
          )
        }
      </Answer>
    </Page>
  )
}

function titleOf(t: TFunction, items: readonly Draw[]): string {
  const count = (...states: Draw['state'][]) => items.filter(each => states.includes(each.state)).length
  if (items.length === 0) return t('draw:title.none')
  if (count('closed', 'closing') > 0) return t('draw:title.waiting', { count: count('closed', 'closing') })
  return count('open') > 0 ? t('draw:title.open', { count: count('open') }) : t('draw:title.quiet')
}

function List({ items }: { items: readonly Draw[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className="table-holder">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('draw:list.draw')}</th>
            <th scope="col">{t('draw:list.state')}</th>
            <th scope="col">{t('draw:list.closes')}</th>
            <th scope="col" className="right">
              {t('draw:list.prizes')}
            </th>
            <th scope="col" className="right">
              {t('draw:list.members')}
            </th>
            <th scope="col" className="right">
              {t('draw:list.tickets')}
            </th>
            <th scope="col" className="right">
              {t('draw:list.odds')}
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map(draw => (
            <Row key={draw.drawId} draw={draw} t={t} format={format} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ draw, t, format }: { draw: Draw; t: TFunction; format: Format }) {
  return (
    <tr className={draw.state === 'cancelled' ? 'gone' : undefined}>
      <th scope="row">
        <Link to="/draws/$drawId" params={{ drawId: draw.drawId }}>
          {draw.name}
        </Link>
      </th>
      <td>
        <DrawState state={draw.state} />
      </td>
      <td>{format.instant(draw.closesAt)}</td>
      <td className="right">{format.number(draw.prizeUnits)}</td>
      <td className="right">{format.number(draw.members)}</td>
      <td className="right">{format.number(draw.tickets)}</td>
      <td className="right">{oddsSaid(t, format, draw)}</td>
    </tr>
  )
}
