import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Chart } from '../../../web/kit/chart.tsx'
import { Answer, EmptyState, Why } from '../../../web/kit/index.ts'
import { TypeBadge } from '../../../web/portrait/type-badge.tsx'
import { type Stage, stageFlow } from './contract.ts'
import type { Stages } from './screen.tsx'
import { ChoosePeriod, type Period, periodOf } from './screen-period.tsx'

type Flows = z.infer<typeof stageFlow.reply>
type OneFlow = Flows['flows'][number]

/** From the one furthest away to the closest: what goes up came closer, what goes down moved away. */
const closeness: readonly Stage[] = ['lost', 'dormant', 'drifting', 'prospect', 'first-time', 'building', 'loyal']
const topDown = closeness.toReversed()
const isMove = (flow: OneFlow) => flow.from !== flow.to
const isFresh = (flow: OneFlow) => flow.from === 'prospect'
const isCloser = (flow: OneFlow) => closeness.indexOf(flow.to) > closeness.indexOf(flow.from)
const sum = (flows: readonly OneFlow[]) => flows.reduce((total, flow) => total + flow.customers, 0)

/** Who moved from where to where between two days, drawn and as a table with what they spent before and since. */
export function Flow({ stages }: { stages: Stages }) {
  const { t } = useTranslation()
  const format = useFormat()
  const search = useSearch({ from: '/shell/stages' })
  const period = periodOf(stages, search)
  const asked = useAsk(stageFlow, { query: period ?? { from: '', to: '' } }, { enabled: Boolean(period), keep: true })
  if (!period) return <p className="muted">{t('stage:flow.too-early')}</p>
  const moved = asked.data?.flows.filter(isMove) ?? []
  const fresh = moved.filter(isFresh)
  const known = moved.filter(flow => !isFresh(flow))
  return (
    <section>
      <h2>
        {asked.data
          ? t('stage:flow.title', {
              fresh: format.number(sum(fresh)),
              closer: format.number(sum(known.filter(isCloser))),
              away: format.number(sum(known.filter(flow => !isCloser(flow)))),
            })
          : t('stage:flow.period')}
        <small>{format.dayRange(period.from, period.to)}</small>
      </h2>
      <ChoosePeriod stages={stages} period={period} />
      <Answer of={asked}>
        {data =>
          moved.length === 0 ? (
            <EmptyState title={t('stage:flow.none')}>{t('stage:flow.none-text')}</EmptyState>
          ) : (
            <>
              <Drawing flows={data} />
              <Moves flows={data} moved={moved} period={period} />
              {stages.toldFromOn && stages.toldFromOn > period.from ? (
                <p className="muted small">{t('stage:flow.afterwards', { day: format.day(stages.toldFromOn) })}</p>
              ) : null}
            </>
          )
        }
      </Answer>
    </section>
  )
}

/** Left the first day, right the second; the bands are people. A click on the right leads to them. */
function Drawing({ flows }: { flows: Flows }) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const draw = useCallback(
    (ink: Record<string, string>) => {
      const nameOf = (stage: Stage, side: 'from' | 'to') =>
        stage === 'prospect' && side === 'from' ? t('stage:flow.new') : t(`rhythm:type.${stage}.name`)
      const node = (side: 'from' | 'to') =>
        topDown.flatMap(stage => {
          const customers = sum(flows.flows.filter(flow => flow[side] === stage))
          if (customers === 0) return []
          return {
            name: `${side} ${stage}`,
            stage: side === 'to' ? stage : undefined,
            depth: side === 'from' ? 0 : 1,
            itemStyle: { color: ink[`stage-${stage}`] },
            label: {
              position: side === 'from' ? 'left' : 'right',
              formatter: `${nameOf(stage, side)}  ${format.number(customers)}`,
            },
          }
        })
      return {
        animation: false,
        textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
        tooltip: {
          renderMode: 'richText',
          backgroundColor: ink.surface,
          borderColor: ink.line,
          textStyle: { color: ink.ink, fontSize: 13 },
          formatter: ({ data }: { data: { from?: Stage; to?: Stage; value?: number } }) =>
            data.from && data.to
              ? `${nameOf(data.from, 'from')} → ${nameOf(data.to, 'to')}  ${format.number(data.value ?? 0)}`
              : '',
        },
        series: [
          {
            type: 'sankey',
            left: 168,
            right: 116,
            top: 8,
            bottom: 8,
            nodeWidth: 10,
            nodeGap: 12,
            layoutIterations: 0,
            draggable: false,
            emphasis: { focus: 'adjacency' },
            label: { color: ink.ink, fontSize: 13 },
            lineStyle: { color: 'target', opacity: 0.32, curveness: 0.5 },
            data: [...node('from'), ...node('to')],
            links: topDown.flatMap(from =>
              topDown.flatMap(to => {
                const flow = flows.flows.find(each => each.from === from && each.to === to)
                return flow ? { source: `from ${from}`, target: `to ${to}`, value: flow.customers, from, to } : []
              }),
            ),
          },
        ],
      }
    },
    [flows, format, t],
  )
  return (
    <Chart
      draw={draw}
      height={360}
      label={t('stage:flow.label', { from: format.day(flows.fromOn), to: format.day(flows.toOn) })}
      onPoint={data => {
        const { stage } = data as { stage?: Stage }
        if (stage) void navigate({ to: '/customers', search: { type: stage } })
      }}
    />
  )
}

const mostRows = 8

function Moves({ flows, moved, period }: { flows: Flows; moved: readonly OneFlow[]; period: Period }) {
  const { t } = useTranslation()
  const format = useFormat()
  const money = moved.some(flow => flow.spentSinceMinor !== null)
  const rows = moved.toSorted((left, right) => right.customers - left.customers)
  const amount = (minor: number | null) => (minor ? format.money(minor, flows.currency) : '—')
  return (
    <>
      <table className="table table-small">
        <thead>
          <tr>
            <th scope="col">{t('stage:flow.step')}</th>
            <th scope="col" className="right">
              {t('stage:flow.people')}
            </th>
            {money ? (
              <>
                <th scope="col" className="right">
                  <Why
                    reason={{
                      formula: t('stage:flow.why-before', { days: period.days, day: format.day(period.from) }),
                    }}
                  >
                    {t('stage:flow.spent-before')}
                  </Why>
                </th>
                <th scope="col" className="right">
                  <Why reason={{ formula: t('stage:flow.why-since', { day: format.day(period.to) }) }}>
                    {t('stage:flow.spent-since')}
                  </Why>
                </th>
              </>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, mostRows).map(flow => (
            <tr key={`${flow.from} ${flow.to}`}>
              <th scope="row" className="step-cell">
                <span className="step">
                  {flow.from === 'prospect' ? (
                    <span className="muted">{t('stage:flow.new')}</span>
                  ) : (
                    <TypeBadge type={flow.from} plain />
                  )}
                  <span aria-hidden>→</span>
                  <TypeBadge type={flow.to} plain />
                </span>
              </th>
              <td className="right">{format.number(flow.customers)}</td>
              {money ? (
                <>
                  <td className="right">{amount(flow.spentBeforeMinor)}</td>
                  <td className="right">{amount(flow.spentSinceMinor)}</td>
                </>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > mostRows ? (
        <p className="muted small">{t('stage:flow.more', { count: rows.length - mostRows })}</p>
      ) : null}
    </>
  )
}
