import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState } from '../../../web/kit/index.ts'
import { type ImportDetail, listImportProblems } from './contract.ts'
import { Mend } from './screen-mend.tsx'

/** Third step: rows that cannot be taken in, with row, column and reason. The rest of the file is not held up. */
export function Problems({ detail }: { detail: ImportDetail }) {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useAsk(listImportProblems, { params: { importId: detail.importId }, query: { limit: 1 } })
  return (
    <Answer of={asked}>
      {({ total }) =>
        total === 0 ? (
          <EmptyState title={t('problems.none')}>
            {t('problems.none-text', {
              count: detail.totals?.rows ?? 0,
              rows: format.number(detail.totals?.rows ?? 0),
            })}
          </EmptyState>
        ) : (
          <>
            <p className="statement">{t('problems.title', { count: total, number: format.number(total) })}</p>
            <ul className="codes">
              {detail.totals?.rejectedByCode.map(({ code, rows }) => (
                <li key={code}>
                  <b>{format.number(rows)}</b> {causeOf(code, t)}
                </li>
              ))}
            </ul>
            <Mend detail={detail} reasonOf={reasonOf} />
          </>
        )
      }
    </Answer>
  )
}

/** What many rows have in common: the reason without the values, which differ from row to row. */
const causeOf = (code: string, t: TFunction) => t([code.replace(':problem.', ':cause.'), code], { defaultValue: code })

/** The reason in the reader's words; a column's meaning inside it is named as in the mapping. */
function reasonOf(code: string, details: Record<string, unknown>, t: TFunction): string {
  const target = typeof details.target === 'string' ? details.target : undefined
  return t([code, `files:problem.${code}`], {
    ...details,
    target: target ? t(`files:target.${target}`, { defaultValue: target }) : t('problems.value'),
    defaultValue: code,
  })
}
