import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../web/format.ts'
import { type StoredVerification, wordsOfClaim } from './contract.ts'

/** What must hold and whether it does; rules that hold are folded away, places of faults never. */
export function Verified({ whole, changed }: { whole: StoredVerification | null; changed: StoredVerification | null }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (!whole) return <p className="reading-width">{t('ledger:verify.never')}</p>
  const isLater = changed !== null && changed.verifiedAt > whole.verifiedAt
  const faulty = [...whole.findings, ...(isLater ? changed.findings : [])].filter(finding => finding.faults > 0)
  const kept = whole.findings.filter(finding => finding.faults === 0)
  return (
    <section className="reading-width">
      <h2>{t('ledger:verify.title')}</h2>
      {faulty.map(finding => (
        <div key={finding.id} className="ledger-fault" role="alert">
          <b>{t(wordsOfClaim(finding.id))}</b>{' '}
          <span className="bad">{t('ledger:verify.faults', { count: finding.faults })}</span>
          <p className="muted small">{t('ledger:verify.places')}</p>
          <ul>
            {finding.examples.map(place => (
              <li key={JSON.stringify(place)}>
                <code>
                  {Object.entries(place)
                    .map(([name, value]) => `${name} ${String(value)}`)
                    .join(' · ')}
                </code>
              </li>
            ))}
          </ul>
        </div>
      ))}
      <details className="ledger-claims">
        <summary>{t('ledger:verify.claims', { count: kept.length, all: whole.findings.length })}</summary>
        <ul>
          {kept.map(finding => (
            <li key={finding.id}>{t(wordsOfClaim(finding.id))}</li>
          ))}
        </ul>
      </details>
      <p className="muted small">
        {t('ledger:verify.when', {
          postings: format.number(whole.postings),
          when: format.instant(whole.verifiedAt),
          seconds: format.number(whole.tookMs / 1000, 1),
        })}{' '}
        {isLater ? t('ledger:verify.since', { when: format.instant(changed.verifiedAt) }) : null}
      </p>
    </section>
  )
}
