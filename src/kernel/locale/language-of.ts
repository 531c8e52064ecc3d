import { type Language, languages } from './languages.ts'

/**
 * The language of ours that a reader likes best, from an `Accept-Language` header (RFC 9110, 12.5.4). Every Chinese is
 * served the one we have; unknown languages are passed over.
 *
 * Example: `languageOf('fr, zh-TW;q=0.9, en;q=0.5')` is `zh-CN`.
 */
export function languageOf(acceptLanguage: string | undefined, otherwise: Language = 'en'): Language {
  if (!acceptLanguage) return otherwise
  let best: Language | undefined
  let bestWeight = 0
  // A header is at most a few hundred bytes in honest use; the rest would only cost time.
  for (const part of acceptLanguage.slice(0, 500).split(',')) {
    const [range = '', ...parameters] = part.split(';').map(text => text.trim().toLowerCase())
    const weight = weightOf(parameters)
    const language = languages.find(known => sameTongue(known, range))
    if (language && weight > bestWeight) {
      best = language
      bestWeight = weight
    }
  }
  return best ?? otherwise
}

function weightOf(parameters: readonly string[]): number {
  const given = parameters.find(parameter => parameter.startsWith('q='))
  if (!given) return 1
  const weight = Number(given.slice(2))
  return weight >= 0 && weight <= 1 ? weight : 0
}

function sameTongue(language: Language, range: string): boolean {
  return language.toLowerCase().split('-')[0] === range.split('-')[0]
}
