export type Sentences = { readonly [key: string]: string | Sentences }

/**
 * A sentence of the house's words, with what stands in it filled in; undefined where nobody wrote it. The same form that the
 * rest of the house reads through i18next (`{{name}}`, `_one` and `_other` by `count`), in a fiftieth of its size: this goes to
 * phones on slow lines.
 *
 * Example: `{ left_one: '{{count}} cup', left_other: '{{count}} cups' }`, `left`, `{ count: 2 }` -> '2 cups'.
 */
export function sentenceIn(
  sentences: Sentences,
  key: string,
  {
    language,
    values = {},
    count = values.count,
  }: {
    readonly language: string
    readonly values?: Readonly<Record<string, string | number>>
    readonly count?: string | number | undefined
  },
): string | undefined {
  const path = key.split('.')
  const last = path.pop()!
  let within: string | Sentences | undefined = sentences
  for (const name of path) within = typeof within === 'object' ? within[name] : undefined
  if (typeof within !== 'object') return undefined
  const form = typeof count === 'number' ? `${last}_${new Intl.PluralRules(language).select(count)}` : last
  const sentence = within[form] ?? within[last]
  if (typeof sentence !== 'string') return undefined
  return sentence.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) => String(values[name] ?? whole))
}
