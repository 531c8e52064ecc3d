import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { addressOf, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { checkLiabilityReport, exportLiability, type readLiability } from './contract.ts'

type Kept = z.infer<typeof readLiability.reply>['reports'][number]

/** Reports that were kept: month ends first in weight, each to download, and to be worked out again before one's eyes. */
export function Reports({ reports, currency }: { reports: readonly Kept[]; currency: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const check = useDo(checkLiabilityReport)
  const [found, setFound] = useState<Readonly<Record<string, 'same' | 'log-changed' | 'changed'>>>({})
  const weighty = reports.filter((each, index) => each.isMonthEnd || index === 0)
  const run = (reportId: string) =>
    check.mutate(
      { params: { reportId } },
      {
        onSuccess: ({ isSame, isLedgerSame }) =>
          setFound({ ...found, [reportId]: isSame ? 'same' : isLedgerSame ? 'log-changed' : 'changed' }),
      },
    )
  return (
    <section className="reading-width">
      <h2>{t('liability:reports.title')}</h2>
      <p className="muted">{t('liability:reports.text')}</p>
      {weighty.length === 0 ? <p className="muted">{t('liability:reports.none')}</p> : null}
      <ul className="liability-reports">
        {weighty.map(each => (
          <li key={each.reportId}>
            <div>
              {format.day(format.dayOf(each.asOfAt))}
              <span className="muted"> {format.exactMoney(each.owedMinor, currency)}</span>
              {each.isMonthEnd ? <span className="muted small"> {t('liability:reports.month-end')}</span> : null}
              {found[each.reportId] ? (
                <p className={found[each.reportId] === 'same' ? 'small good' : 'small bad'} role="status">
                  {t(`liability:reports.${found[each.reportId]}`)}
                </p>
              ) : null}
            </div>
            <div className="acts">
              <a className="link" href={addressOf(exportLiability, { query: { reportId: each.reportId } })} download>
                {t('liability:reports.download')}
              </a>
              <Button variant="default" size="compact-sm" onClick={() => run(each.reportId)} loading={check.isPending}>
                {t('liability:reports.check')}
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
