import { SegmentedControl, TextInput } from '@mantine/core'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { useAsk } from '../../../web/api.ts'
import { dayNumber, dayOfNumber } from '../../../web/days.ts'
import { type Format, useFormat } from '../../../web/format.ts'
import { Chart } from '../../../web/kit/chart.tsx'
import { Answer, Why } from '../../../web/kit/index.ts'
import { readBridge } from './contract.ts'
import type { Told } from './screen-reasons.tsx'

const spans = ['91', '364', 'own'] as const
const parts = ['start', 'new', 'grown', 'shrunk', 'lost', 'end'] as const
type Bridge = NonNullable<z.infer<typeof readBridge.reply>['bridge']>

/** From the equity of one day to that of another: who came, grew, shrank and was lost. */
export function BridgeSection({ base }: { base: Told }) {
  const { t } = useTranslation()
  const [span, setSpan] = useState<(typeof spans)[number]>('364')
  const daysBack = (days: number) => dayOfNumber(dayNumber(base.asOfOn) - days)
  const [own, setOwn] = useState({ from: daysBack(182), to: base.asOfOn })
  const days = span === 'own' ? own : { from: daysBack(Number(span)), to: base.asOfOn }
  const valid = days.from < days.to && days.to <= base.asOfOn
  const asked = useAsk(readBridge, { query: days }, { enabled: valid, keep: true })
  return (
    <figure className="figure">
      <div className="figure-head">
        <figcaption>{asked.data?.bridge ? <Finding {...asked.data} bridge={asked.data.bridge} /> : null}</figcaption>
        <SegmentedControl
          aria-label={t('value:bridge.span')}
          size="xs"
          value={span}
          onChange={name => setSpan(name as typeof span)}
          data={spans.map(name => ({ value: name, label: t(`value:bridge.span-${name}`) }))}
        />
        {span === 'own' ? (
          <div className="acts">
            {(['from', 'to'] as const).map(end => (
              <TextInput
                key={end}
                type="date"
                size="xs"
                aria-label={t(`value:bridge.${end}`)}
                max={base.asOfOn}
                value={own[end]}
                onChange={event => setOwn({ ...own, [end]: event.currentTarget.value })}
              />
            ))}
          </div>
        ) : null}
      </div>
      <Answer of={asked}>
        {({ bridge, currency }) =>
          bridge && bridge.start.customers > 0 ? (
            <Waterfall bridge={bridge} currency={currency} />
          ) : (
            <p className="muted">{t('value:bridge.none')}</p>
          )
        }
      </Answer>
    </figure>
  )
}

function Finding({ bridge, currency }: { bridge: Bridge; currency: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const gained = bridge.new.amountMinor + bridge.grown.amountMinor
  const went = bridge.shrunk.amountMinor + bridge.lost.amountMinor
  return t('value:bridge.title', { gained: format.money(gained, currency), went: format.money(went, currency) })
}

function Waterfall({ bridge, currency }: { bridge: Bridge; currency: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const money = (minor: number) => format.money(minor, currency)
  const draw = useCallback(
    (ink: Record<string, string>) => {
      const { start, end, grown, shrunk } = bridge
      const arrived = start.amountMinor + bridge.new.amountMinor
      const top = arrived + grown.amountMinor
      const floors = [0, start.amountMinor, arrived, top - shrunk.amountMinor, end.amountMinor, 0]
      const colours = [ink['line-strong'], ink.good, ink.good, ink.bad, ink.bad, ink.ink]
      return {
        animation: false,
        textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
        grid: { left: 8, right: 8, top: 26, bottom: 8, containLabel: true },
        xAxis: {
          type: 'category',
          data: parts.map(part =>
            part === 'start'
              ? dayInTwoLines(bridge.fromOn, format)
              : part === 'end'
                ? dayInTwoLines(bridge.toOn, format)
                : t(`value:bridge.${part}`),
          ),
          axisTick: { show: false },
          axisLabel: { color: ink.muted, interval: 0 },
          axisLine: { lineStyle: { color: ink['line-strong'] } },
        },
        yAxis: {
          type: 'value',
          min: 0,
          axisLabel: { color: ink.muted, formatter: (minor: number) => format.shortMoney(minor, currency) },
          splitLine: { lineStyle: { color: ink.line } },
        },
        series: [
          { type: 'bar', stack: 'bridge', silent: true, itemStyle: { color: 'transparent' }, data: floors },
          {
            type: 'bar',
            stack: 'bridge',
            barWidth: '58%',
            silent: true,
            data: parts.map((part, index) => ({
              value: bridge[part].amountMinor,
              itemStyle: { color: colours[index], borderRadius: 2 },
              label: {
                show: true,
                // Every other part is labelled beneath, so that neighbours stand apart on a phone.
                position: part === 'grown' || part === 'lost' ? 'bottom' : 'top',
                color: ink.ink,
                formatter: `${signs[part]}${format.shortMoney(bridge[part].amountMinor, currency)}`,
              },
            })),
          },
        ],
      }
    },
    [bridge, currency, format, t],
  )
  return (
    <>
      <Chart
        draw={draw}
        height={240}
        label={t('value:bridge.label', {
          from: format.day(bridge.fromOn),
          to: format.day(bridge.toOn),
          ...Object.fromEntries(parts.map(part => [part, money(bridge[part].amountMinor)])),
        })}
      />
      <table className="table table-small value-bridge">
        <thead>
          <tr>
            <th scope="col">{t('value:bridge.part')}</th>
            <th scope="col" className="right">
              {t('value:bridge.customers')}
            </th>
            <th scope="col" className="right">
              {t('value:bridge.amount')}
            </th>
          </tr>
        </thead>
        <tbody>
          {parts.map(part => (
            <tr key={part}>
              <th scope="row">
                {part === 'start' || part === 'end' ? (
                  t(`value:bridge.${part}`)
                ) : (
                  <Why reason={{ formula: t(`value:bridge.rule-${part}`) }}>{t(`value:bridge.${part}`)}</Why>
                )}
              </th>
              <td className="right">{format.number(bridge[part].customers)}</td>
              <td className="right">
                {signs[part]}
                {format.exactMoney(bridge[part].amountMinor, currency)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="muted small">{t('value:bridge.text')}</p>
    </>
  )
}

/** On a phone a whole date is wider than its bar. */
const dayInTwoLines = (day: string, format: Format) => `${format.shortDay(day)}\n${day.slice(0, 4)}`

const signs = { start: '', new: '+', grown: '+', shrunk: '−', lost: '−', end: '' } as const
