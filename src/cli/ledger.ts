import { type StoredVerification, verifyNow, wordsOfClaim } from '#kernel/ledger/contract.ts'
import { ask, type CommonOptions, houseFor, withProduct } from './product.ts'
import type { Terminal } from './terminal.ts'

export interface LedgerOptions extends CommonOptions {
  readonly changed?: boolean
}

/** `guanxi ledger verify`: asks everything that must hold of the rows, and names the places where it does not. True when it all does. */
export async function verifyLedger(options: LedgerOptions, terminal: Terminal): Promise<boolean> {
  const scope = options.changed ? 'changed' : 'whole'
  const found = await withProduct(options, product =>
    ask(product, houseFor(product, options), terminal, verifyNow, { body: { scope } }),
  )
  terminal.answer(found, () => textOf(found, terminal))
  return found.faults === 0
}

function textOf({ findings, faults, postings, tookMs }: StoredVerification, { t, style, language }: Terminal): string {
  const format = new Intl.NumberFormat(language)
  const lines = findings.flatMap(({ id, faults, examples }) => {
    const claim = t(wordsOfClaim(id))
    if (faults === 0) return [`${style.good('✓')} ${claim}`]
    const places = examples.map(place => Object.entries(place).map(([name, value]) => `${name}=${value}`))
    return [
      `${style.bad('✗')} ${claim}: ${t('cli:ledger.faults', { faults: format.format(faults) })}`,
      ...places.map(place => `    ${place.join(' ')}`),
    ]
  })
  const values = {
    postings: format.format(postings),
    seconds: format.format(Math.round(tookMs / 100) / 10),
    faults: format.format(faults),
  }
  return [...lines, style.dim(t(faults === 0 ? 'cli:ledger.sound' : 'cli:ledger.unsound', values))].join('\n')
}
