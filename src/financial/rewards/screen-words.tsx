import type { TFunction } from 'i18next'
import type { InWords } from './contract.ts'

/** The shop's words in the reader's language, or in the other one where it has said nothing in this. */
export function inWords(words: InWords, language: string): string {
  const [own, other] = language.startsWith('zh') ? [words['zh-CN'], words.en] : [words.en, words['zh-CN']]
  return own ?? other ?? ''
}

export function priceSaid(t: TFunction, price: number | null, hasTierPrices: boolean): string {
  if (price === 0) return t('rewards:price.free')
  if (price !== null) return t('rewards:price.points', { count: price })
  return t(hasTierPrices ? 'rewards:price.tiers-only' : 'rewards:price.stamps-only')
}
