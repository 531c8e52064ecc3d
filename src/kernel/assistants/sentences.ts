import { formatDay, formatMoney, formatNumber, type Language, type Translator } from '#kernel/locale/index.ts'

type WordValue =
  | string
  | number
  | { readonly amountMinor: number; readonly currency: string }
  | { readonly day: string }

const mostSentences = 20

/**
 * The reasons that an answer holds as keys of words, said in the reader's language: an assistant then gives the house's own reason
 * instead of making one up. Each is said after the name of whom it is about, where that stands beside it.
 *
 * Example: a warning gives `Wang Xiaojie: usually every 21 days, now 43 days`.
 */
export function sentencesIn(answer: unknown, translator: Translator, language: Language): string[] {
  const found: string[] = []
  look(answer, value => {
    const { wordsKey, words, partyName } = value
    if (typeof wordsKey !== 'string' || ![wordsKey, `${wordsKey}_other`].some(translator.knows)) return
    const said = translator.t(language, wordsKey, spoken((words ?? {}) as Record<string, WordValue>, language))
    found.push(typeof partyName === 'string' && partyName !== '' ? `${partyName}: ${said}` : said)
  })
  return found.slice(0, mostSentences)
}

function look(value: unknown, see: (object: Readonly<Record<string, unknown>>) => void): void {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) see(value as Readonly<Record<string, unknown>>)
  for (const inner of Object.values(value)) look(inner, see)
}

function spoken(words: Readonly<Record<string, WordValue>>, language: Language): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(words).map(([name, value]) => {
      if (typeof value === 'number') return [name, name === 'count' ? value : formatNumber(value, language, 1)]
      // What the caller may not see is not there.
      if (value === null || value === undefined) return [name, '…']
      if (typeof value !== 'object') return [name, value]
      return [
        name,
        'day' in value ? formatDay(value.day, language) : formatMoney(value.amountMinor, value.currency, language),
      ]
    }),
  )
}
