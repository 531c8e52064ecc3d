import type { TFunction } from 'i18next'
import type { Format } from '../format.ts'
import type { Reason, WordValues } from '../kit/index.ts'

/**
 * The why of each number in a task's sentence, by the name of the value. Names that are not known stand as they are,
 * so a new programme can add its own sentences without this file.
 */
export function reasonsOfWords(
  t: TFunction,
  format: Format,
  wordsKey: string,
  words: WordValues,
): Record<string, Reason | undefined> {
  const isCycle = wordsKey.includes('cycle')
  const days = (value: unknown) => (typeof value === 'number' ? t('days', { count: value }) : undefined)
  const inputs = (...pairs: readonly (readonly [string, string | undefined])[]) =>
    pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined)
  return {
    count: { formula: t(isCycle ? 'why.cycle' : 'why.usual') },
    silentDays: {
      formula: t(isCycle ? 'why.silent' : 'why.silent-late'),
      inputs: isCycle ? [] : inputs([t('why.usual-gap'), days(words.count)]),
    },
    outOfTen: {
      formula: t('why.out-of-ten'),
      inputs: inputs(
        [t('why.silent-days'), typeof words.silentDays === 'number' ? format.number(words.silentDays) : undefined],
        [t('why.horizon'), typeof words.horizonDays === 'number' ? format.number(words.horizonDays) : undefined],
      ),
    },
    yearly: { formula: t('why.per-year') },
  }
}
