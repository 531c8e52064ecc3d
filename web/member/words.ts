import { createContext, use } from 'react'
import type { Language } from '#kernel/locale/languages.ts'
import { type Format, formatOf } from './format.ts'
import { type Sentences, sentenceIn } from './sentence.ts'

const key = 'guanxi.card-language'
let spokenNow: Language | undefined
const known = new Map<Language, Record<string, Sentences>>()

const isLanguage = (value: unknown): value is Language => value === 'en' || value === 'zh-CN'

/** What was chosen on this device; undefined where the customer's own language may decide. */
export function chosenLanguage(): Language | undefined {
  const chosen = localStorage.getItem(key)
  return isLanguage(chosen) ? chosen : undefined
}

export function preferredLanguage(): Language {
  return chosenLanguage() ?? (navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en')
}

/** Before anything is said: what the browser prefers. */
export const language = (): Language => spokenNow ?? preferredLanguage()

/** Of each room only the sentences that a member reads are loaded, and only in the language that is spoken. */
export async function speak(wanted: Language, { isChosen = false } = {}): Promise<void> {
  if (!known.has(wanted)) {
    const { member, adjustment, move, reason } = await (wanted === 'en'
      ? import('./sentences-en.ts')
      : import('./sentences-zh.ts'))
    known.set(wanted, { member, points: { adjustment, move, reason } })
  }
  if (isChosen) localStorage.setItem(key, wanted)
  document.documentElement.lang = wanted
  spokenNow = wanted
}

/** A value in a sentence of a room: text, number, money, or a day. */
type Value = string | number | { readonly amountMinor: number; readonly currency: string } | { readonly day: string }

export interface Say {
  readonly language: Language
  readonly format: Format
  t(key: string, values?: Readonly<Record<string, string | number>>): string
  /** The sentence of a room, with its values as the reader is used to see them; undefined where nobody wrote one. */
  sentence(key: string, values: Readonly<Record<string, Value>>): string | undefined
}

export function sayIn(spoken: Language, zone: string): Say {
  const format = formatOf(spoken, zone)
  const shown = (value: Value) => {
    // An order number stays in one line; the joiner changes nothing else.
    if (typeof value === 'string') return value.replaceAll('-', '-\u2060')
    if (typeof value === 'number') return format.number(value)
    return 'day' in value ? format.day(value.day) : format.money(value.amountMinor, value.currency)
  }
  return {
    language: spoken,
    format,
    t: (name, values = {}) => sentenceIn(known.get(spoken)?.member ?? {}, name, { language: spoken, values }) ?? name,
    sentence(name, values) {
      const [room = '', path = ''] = name.split(':')
      const texts = Object.fromEntries(Object.entries(values).map(([each, value]) => [each, shown(value)]))
      const { count } = values
      return sentenceIn(known.get(spoken)?.[room] ?? {}, path, {
        language: spoken,
        values: texts,
        ...(typeof count === 'number' && { count }),
      })
    },
  }
}

export const Saying = createContext<Say>(sayIn('en', 'UTC'))
export const useSay = () => use(Saying)
