import { createInstance } from 'i18next'
import type { Refusal, RefusalIssue } from '../refusal.ts'
import { type Language, languages } from './languages.ts'
import type { Words } from './words.ts'

export type Values = Readonly<Record<string, string | number | boolean | readonly string[]>>

export interface Translator {
  /** `t('en', 'access:role.owner')`; plurals by `count`. */
  t(language: Language, key: string, values?: Values): string
  /** The sentence of a refusal or of one of its issues, in the reader's language. */
  sentenceOf(refusal: Pick<Refusal, 'code'> & { readonly details?: Values }, language: Language): string
  knows(key: string): boolean
}

/**
 * Speaks the words of all rooms. A key that no room has is an error while we build (`missing: 'throw'`, the default under
 * test), and is shown as it is in production, where a bare key serves the reader better than a failed page.
 */
export function translatorFor(
  words: Words,
  { missing = process.env.NODE_ENV === 'test' ? 'throw' : 'show' }: { readonly missing?: 'throw' | 'show' } = {},
): Translator {
  const speaker = createInstance()
  void speaker.init({
    resources: words as unknown as Record<string, Record<string, Record<string, string>>>,
    lng: 'en',
    fallbackLng: 'en',
    supportedLngs: [...languages],
    ns: Object.keys(words.en),
    initAsync: false,
    // Sentences go to JSON, to terminals and to React, each of which escapes by itself.
    interpolation: { escapeValue: false },
  })

  function t(language: Language, key: string, values: Values = {}): string {
    if (!speaker.exists(key, { lng: language, ...values })) {
      if (missing === 'throw') throw new Error(`no words for '${key}' in ${language}`)
      return key
    }
    return speaker.t(key, { lng: language, ...listed(values, language) })
  }

  return {
    t,
    sentenceOf: ({ code, details }: Pick<Refusal | RefusalIssue, 'code'> & { readonly details?: Values }, language) =>
      t(language, code, details),
    knows: key => speaker.exists(key),
  }
}

/** Lists are written the way the language does it: `a, b, and c`, `a、b和c`. */
function listed(values: Values, language: Language): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      Array.isArray(value) ? new Intl.ListFormat(language).format(value as string[]) : value,
    ]),
  )
}
