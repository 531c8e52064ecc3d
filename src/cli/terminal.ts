import { formatDay, formatMoney, type Language, type Translator, type Values } from '#kernel/locale/index.ts'

/** A value of a sentence as programmes hand it over: money and days become text in the reader's language. */
export type WordValue = string | number | { amountMinor: number; currency: string } | { day: string }

/** Where a command speaks: sentences for people on standard error, answers on standard output. */
export interface Terminal {
  readonly language: Language
  readonly isJson: boolean
  /** Standard error is a screen, on which a line may be written over. */
  readonly isScreen: boolean
  t(key: string, values?: Values): string
  /** A programme's sentence with its own values. */
  sentence(key: string, values: Readonly<Record<string, WordValue>>): string
  note(sentence: string): void
  /** The answer: as text for people, or as it is with `--json`. */
  answer(value: unknown, text: () => string): void
  /** How far something is: one line written over and over on a screen, a line now and then in a pipe. */
  progress(sentence: string, isLast?: boolean): void
  readonly style: Style
}

export interface Style {
  bold(text: string): string
  dim(text: string): string
  good(text: string): string
  bad(text: string): string
}

export function terminalOf(options: {
  readonly language: Language
  readonly isJson: boolean
  readonly translator: Translator
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly elapsed: () => number
}): Terminal {
  const { language, isJson, translator, environment, elapsed } = options
  const isScreen = process.stderr.isTTY === true && environment.TERM !== 'dumb'
  const t = (key: string, values?: Values) => translator.t(language, key, values)
  let overwriting = false
  // Where lines cannot be overwritten, work of a few seconds goes without a word.
  let saidAt = elapsed()
  const endLine = () => {
    if (overwriting) process.stderr.write('\n')
    overwriting = false
  }
  return {
    language,
    isJson,
    isScreen,
    t,
    sentence: (key, values) =>
      t(key, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, spoken(value, language)]))),
    note(sentence) {
      endLine()
      process.stderr.write(`${sentence}\n`)
    },
    answer(value, text) {
      endLine()
      process.stdout.write(isJson ? `${JSON.stringify(value, null, 2)}\n` : `${text()}\n`)
    },
    progress(sentence, isLast = false) {
      const now = elapsed()
      if (isScreen) {
        process.stderr.write(`\r\u001b[K${sentence}`)
        overwriting = true
        if (isLast) endLine()
      } else if (isLast || now - saidAt > 5000) {
        process.stderr.write(`${sentence}\n`)
        saidAt = now
      }
    },
    style: styleOf(hasColour(environment, process.stdout.isTTY === true)),
  }
}

function spoken(value: WordValue, language: Language): string | number {
  if (typeof value !== 'object') return value
  return 'day' in value ? formatDay(value.day, language) : formatMoney(value.amountMinor, value.currency, language)
}

/** NO_COLOR (any value) wins, then FORCE_COLOR, then whether somebody is looking. */
function hasColour(environment: Readonly<Record<string, string | undefined>>, isLookedAt: boolean): boolean {
  if (environment.NO_COLOR) return false
  if (environment.FORCE_COLOR) return environment.FORCE_COLOR !== '0'
  return isLookedAt && environment.TERM !== 'dumb'
}

function styleOf(colour: boolean): Style {
  const wrap = (code: number) => (text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text)
  return { bold: wrap(1), dim: wrap(2), good: wrap(32), bad: wrap(31) }
}
