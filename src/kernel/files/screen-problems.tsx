import { Button } from '@mantine/core'
import type { TFunction } from 'i18next'
import { Download } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { call, useAsk } from '../../../web/api.ts'
import { download } from '../../../web/download.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState } from '../../../web/kit/index.ts'
import { type ImportDetail, type ImportProblem, listImportProblems } from './contract.ts'

/** Third step: rows that cannot be taken in, with row, column and reason. The rest of the file is not held up. */
export function Problems({ detail }: { detail: ImportDetail }) {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useAsk(listImportProblems, { params: { importId: detail.importId }, query: { limit: 100 } })
  return (
    <Answer of={asked}>
      {({ items, total, stored }) =>
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
                  <b>{format.number(rows)}</b> {reasonOf(code, {}, t)}
                </li>
              ))}
            </ul>
            <div className="table-holder">
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col" className="right">
                      {t('problems.row')}
                    </th>
                    <th scope="col">{t('problems.column')}</th>
                    <th scope="col">{t('problems.value')}</th>
                    <th scope="col">{t('problems.reason')}</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map(problem => (
                    <tr key={`${problem.row}-${problem.column}-${problem.code}`} className="yellow">
                      <td className="right">{format.number(problem.row)}</td>
                      <td>{problem.columnName ?? '—'}</td>
                      <td>
                        <code>{problem.value ?? ''}</code>
                      </td>
                      <td>{reasonOf(problem.code, problem.details, t)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <p className="more">
              {items.length < total ? (
                <span className="muted small">
                  {t('problems.shown', { shown: format.number(items.length), total: format.number(total) })}
                </span>
              ) : null}
              <Button leftSection={<Download size={14} />} onClick={() => void save(detail, stored, t)}>
                {t('problems.download')}
              </Button>
            </p>
          </>
        )
      }
    </Answer>
  )
}

/** The reason in the reader's words; a column's meaning inside it is named as in the mapping. */
function reasonOf(code: string, details: Record<string, unknown>, t: TFunction): string {
  const target = typeof details.target === 'string' ? details.target : undefined
  return t([code, `files:problem.${code}`], {
    ...details,
    target: target ? t(`files:target.${target}`, { defaultValue: target }) : t('problems.value'),
    defaultValue: code,
  })
}

/** All stored problems as a file for the spreadsheet they came from. */
async function save(detail: ImportDetail, stored: number, t: TFunction): Promise<void> {
  const rows: ImportProblem[] = []
  let after: string | undefined
  do {
    const page = await call(listImportProblems, {
      params: { importId: detail.importId },
      query: { after, limit: 500 },
    })
    rows.push(...page.items)
    after = page.next ?? undefined
  } while (after && rows.length < stored)
  const head = ['row', 'column', 'value', 'reason'].map(name => t(`problems.${name}`))
  const lines = rows.map(problem => [
    String(problem.row),
    problem.columnName ?? '',
    problem.value ?? '',
    reasonOf(problem.code, problem.details, t),
  ])
  download(`${detail.name}.${t('problems.file-name')}.csv`, [head, ...lines])
}
