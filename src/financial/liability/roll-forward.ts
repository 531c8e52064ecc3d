import type { LiabilityReport } from './contract.ts'

const columns = [
  'month',
  'openingMinor',
  'allocatedMinor',
  'redeemedMinor',
  'breakageMinor',
  'revokedMinor',
  'estimateMinor',
  'closingMinor',
  'grantedOpeningMinor',
  'grantedChangeMinor',
  'grantedClosingMinor',
] as const

/**
 * The roll-forward as CSV: amounts in minor units of the currency, then the postings it stands on, so that the file can be held
 * against the ledger years later.
 */
export function rollForwardCsv(report: LiabilityReport): string {
  const { asOfAt, currency, fingerprint, months } = report
  const rows = months.map(movement => [...columns.map(column => movement[column]), currency].join(','))
  const stands = `# as of ${asOfAt}; ${fingerprint.postings} postings, sum ${fingerprint.points}, hash ${fingerprint.hash}`
  return `\uFEFF${[...columns, 'currency'].join(',')}\r\n${rows.join('\r\n')}\r\n${stands}\r\n`
}
