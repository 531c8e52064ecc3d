import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer } from '../../../web/kit/index.ts'
import { type ImportDetail, type OverwriteRule, overwriteRules, previewRules, type RuledTarget } from './contract.ts'

/** Who has the word about customers that are known, column by column, with what each choice would do. */
export function Rules({
  detail,
  isFixed,
  setRule,
}: {
  detail: ImportDetail
  isFixed: boolean
  setRule: (target: RuledTarget, rule: OverwriteRule) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useAsk(previewRules, { params: { importId: detail.importId } })
  return (
    <Answer of={asked}>
      {({ customers, known, columns }) =>
        known === 0 || columns.length === 0 ? null : (
          <section className="rules">
            <h2>{t('files:rules.title')}</h2>
            <p className="muted reading-width">
              {t('files:rules.known', { known: format.number(known), customers: format.number(customers) })}
            </p>
            <div className="table-holder">
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">{t('files:rules.about')}</th>
                    <th scope="col">{t('files:rules.rule')}</th>
                    <th scope="col">{t('files:rules.effect')}</th>
                  </tr>
                </thead>
                <tbody>
                  {columns.map(column => (
                    <tr key={column.target}>
                      <th scope="row">{t(`mapping.target-${column.target}`)}</th>
                      <td>
                        <Select
                          size="xs"
                          aria-label={t('files:rules.rule-of', { name: t(`mapping.target-${column.target}`) })}
                          allowDeselect={false}
                          disabled={isFixed}
                          data={overwriteRules.map(rule => ({ value: rule, label: t(`files:rules.${rule}`) }))}
                          value={column.rule}
                          onChange={rule => rule && setRule(column.target, rule as OverwriteRule)}
                        />
                      </td>
                      <td>
                        {column.empty + column.different === 0
                          ? t('files:rules.same')
                          : t('files:rules.counts', {
                              written: format.number(column.written),
                              empty: format.number(column.empty),
                              different: format.number(column.different),
                            })}
                        {column.samples.length > 0 ? (
                          <p className="muted small">
                            {column.samples.map(({ ours, theirs }) => `${ours} → ${theirs}`).join(' · ')}
                          </p>
                        ) : null}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </section>
        )
      }
    </Answer>
  )
}
