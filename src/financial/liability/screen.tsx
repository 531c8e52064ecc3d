import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { addressOf, useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState, Page, type Reason, Sentence, Why } from '../../../web/kit/index.ts'
import { useMay } from '../../../web/session.tsx'
import { exportLiability, type LiabilityReport, readLiability } from './contract.ts'
import './screen.css'
import { Assumptions } from './screen-assumptions.tsx'
import { RedemptionCurve } from './screen-curve.tsx'
import { Months } from './screen-months.tsx'
import { Reports } from './screen-reports.tsx'
import { VintageTable } from './screen-vintages.tsx'

/** One number first, then what it is made of, how many points will be used, how it moved, what is assumed, what was kept. */
export function LiabilityPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useAsk(readLiability, {})
  const mayManage = useMay('points.manage')
  const report = asked.data?.report
  return (
    <Page
      name={t('liability:name')}
      title={
        report ? (
          <Sentence
            of="liability:title.owed"
            values={{ amount: { amountMinor: report.owedMinor, currency: report.currency } }}
            reasons={{ amount: owedReason(report) }}
          />
        ) : (
          t(asked.data ? 'liability:title.none' : 'liability:name')
        )
      }
      subtitle={report ? subtitleOf(report) : undefined}
      actions={
        report ? (
          <Button component="a" href={addressOf(exportLiability, {})} download variant="default">
            {t('liability:export')}
          </Button>
        ) : null
      }
    >
      <Answer of={asked}>
        {({ report: found, assumptions, reports, mayChange }) =>
          found ? (
            <div className="liability">
              <MadeOf report={found} />
              <RedemptionCurve report={found} />
              <Months report={found} />
              <VintageTable report={found} />
              <Assumptions key={JSON.stringify(assumptions)} report={found} told={assumptions} mayChange={mayChange} />
              <Reports reports={reports} currency={found.currency} />
            </div>
          ) : (
            <EmptyState
              title={t('liability:empty.title')}
              actions={
                mayManage ? (
                  <Link to="/programme" search={{}} className="link">
                    {t('liability:empty.do')}
                  </Link>
                ) : null
              }
            >
              {t('liability:empty.text')}
            </EmptyState>
          )
        }
      </Answer>
    </Page>
  )

  function owedReason({ sale, granted, currency, asOfAt }: LiabilityReport): Reason {
    return {
      formula: t('liability:why.owed'),
      inputs: [
        [t('liability:made.sale'), format.exactMoney(sale.liabilityMinor, currency)],
        [t('liability:made.granted'), format.exactMoney(granted.liabilityMinor, currency)],
      ],
      asOf: format.instant(asOfAt),
    }
  }

  function subtitleOf({ owedLowMinor, owedHighMinor, currency, points, level }: LiabilityReport) {
    const count = format.number(points.outstanding)
    if (owedLowMinor === null || owedHighMinor === null) return t('liability:subtitle.plain', { points: count })
    return t('liability:subtitle.range', {
      points: count,
      low: format.money(owedLowMinor, currency),
      high: format.money(owedHighMinor, currency),
      level: format.percent(level),
    })
  }
}

/** The number taken apart, each part with how it comes about. */
function MadeOf({ report }: { report: LiabilityReport }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { sale, granted, points, terms, redemption, currency } = report
  const money = (minor: number) => format.exactMoney(minor, currency)
  const asOf = format.instant(report.asOfAt)
  const shareReason: Reason = {
    formula: t(`liability:why.share-${redemption.from}`, {
      months: format.number(redemption.monthsSeen),
      members: format.number(redemption.members),
    }),
    inputs:
      redemption.low !== null && redemption.high !== null
        ? [[t('liability:range'), `${format.percent(redemption.low, 1)} – ${format.percent(redemption.high, 1)}`]]
        : [],
    asOf,
  }
  const rows: readonly (readonly [label: string, value: string, reason: Reason])[] = [
    [
      t('liability:made.sale'),
      money(sale.liabilityMinor),
      {
        formula: t('liability:why.sale'),
        inputs: [
          [t('liability:made.allocated'), money(sale.allocatedMinor)],
          [t('liability:made.recognised'), money(sale.recognisedMinor)],
        ],
        asOf,
      },
    ],
    [
      t('liability:made.granted'),
      money(granted.liabilityMinor),
      {
        formula: t('liability:why.granted'),
        inputs: [
          [t('liability:points.outstanding'), format.number(granted.outstanding)],
          [t('liability:terms.cost'), money(terms.costMinorPer100)],
        ],
        asOf,
      },
    ],
    [
      t('liability:points.outstanding'),
      format.number(points.outstanding),
      {
        formula: t('liability:why.points'),
        inputs: (['issued', 'redeemed', 'expired', 'revoked'] as const).map(name => [
          t(`liability:points.${name}`),
          format.number(points[name]),
        ]),
        asOf,
      },
    ],
    [t('liability:made.share'), format.percent(redemption.share, 1), shareReason],
  ]
  return (
    <section>
      <dl className="liability-parts">
        {rows.map(([label, value, reason]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <Why reason={reason}>{value}</Why>
            </dd>
          </div>
        ))}
      </dl>
      <p className="note" role="note">
        {t('liability:for-accountant')}
      </p>
    </section>
  )
}
