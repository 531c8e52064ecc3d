import { posix } from 'node:path'
import { type Check, codeOf, file, isCode, isTest, lineOf, type SourceFile } from './source.ts'

type Words = Readonly<Record<string, string>>

const wordFile = /\/words\.(en|zh)\.json$/
/** i18next's endings; English tells one from many, Chinese does not. */
const plural = /_(zero|one|two|few|many|other)$/

/** Said in one language only, and why. The list can only shrink. */
const ofOneLanguage: readonly { readonly folder: string; readonly key: RegExp; readonly why: string }[] = [
  { folder: 'web', key: /^number\.\d+$/, why: 'English writes small numbers as words, Chinese as digits' },
]

/** Every room says everything in both languages, with the same placeholders, and the code asks only for what is said. */
export const words: Check = {
  name: 'words are complete in both languages',
  faults(files) {
    const rooms = new Map<string, SourceFile[]>()
    for (const each of files) {
      if (wordFile.test(each.path)) {
        const folder = posix.dirname(each.path)
        rooms.set(folder, [...(rooms.get(folder) ?? []), each])
      }
    }
    const known = new Map<string, Words>()
    const faults: string[] = []
    for (const [folder, pair] of rooms) {
      const english = pair.find(({ path }) => path.endsWith('.en.json'))
      const chinese = pair.find(({ path }) => path.endsWith('.zh.json'))
      if (!english || !chinese) {
        faults.push(`${folder}: words in one language only`)
        continue
      }
      try {
        const said = { en: flat(JSON.parse(english.text)), zh: flat(JSON.parse(chinese.text)) }
        known.set(posix.basename(folder), said.en)
        faults.push(...comparison(folder, said.en, said.zh))
      } catch (error) {
        faults.push(`${folder}: words that are not JSON of sentences (${(error as Error).message})`)
      }
    }
    const asking = files.filter(({ path }) => /^(src|web)\//.test(path) && isCode(path) && !isTest(path))
    return [...faults, ...asking.flatMap(each => asked(each, known))]
  },
  clean: [
    file(
      'src/kernel/files/words.en.json',
      '{"row_one":"{{count}} row","row_other":"{{count}} rows","say":{"hello":"Hi {{name}}"}}',
    ),
    file('src/kernel/files/words.zh.json', '{"row_other":"{{count}} 行","say":{"hello":"{{name}}，您好"}}'),
    file(
      'src/kernel/files/a.ts',
      "throw refuse('invalid', 'files:say.hello')\nconst rows = 'files:row'\nimport 'node:fs'\n",
    ),
    file('src/kernel/files/screen.tsx', "const { t } = useTranslation('files')\nt('say.hello')\n"),
  ],
  planted: [
    ['a key is missing in Chinese', 'src/kernel/files/words.zh.json', '{"row_other":"{{count}} 行"}'],
    [
      'a key is missing in English',
      'src/kernel/files/words.en.json',
      '{"row_one":"{{count}} row","row_other":"{{count}} rows"}',
    ],
    ['a placeholder is lost', 'src/kernel/files/words.zh.json', '{"row_other":"{{count}} 行","say":{"hello":"您好"}}'],
    ['a sentence is empty', 'src/kernel/files/words.zh.json', '{"row_other":"{{count}} 行","say":{"hello":" "}}'],
    [
      'English has no plural',
      'src/kernel/files/words.en.json',
      '{"row_one":"{{count}} row","say":{"hello":"Hi {{name}}"}}',
    ],
    [
      'Chinese has a singular',
      'src/kernel/files/words.zh.json',
      '{"row_one":"{{count}} 行","row_other":"{{count}} 行","say":{"hello":"{{name}}，您好"}}',
    ],
    ['one language is missing', 'src/kernel/files/words.zh.json', ''],
    ['the words are not JSON', 'src/kernel/files/words.zh.json', '{'],
    ['the code asks for what nobody says', 'src/kernel/files/a.ts', "throw refuse('invalid', 'files:say.goodbye')"],
    [
      'a screen asks for what nobody says',
      'src/kernel/files/screen.tsx',
      "const { t } = useTranslation('files')\nt('bye')\n",
    ],
  ].map(([title, path, text]) => ({ title: title!, files: [file(path!, text!)] })),
}

function comparison(folder: string, english: Words, chinese: Words): string[] {
  const faults: string[] = []
  const bases = (said: Words) => new Set(Object.keys(said).map(key => key.replace(plural, '')))
  for (const base of bases(english).symmetricDifference(bases(chinese))) {
    if (ofOneLanguage.some(each => each.folder === folder && each.key.test(base))) continue
    faults.push(`${folder}: "${base}" is said in one language only`)
  }
  for (const [language, said] of [['English', english] as const, ['Chinese', chinese] as const]) {
    for (const [key, sentence] of Object.entries(said)) {
      // Empty in both is silence on purpose; in one, it was forgotten.
      const other = (said === english ? chinese : english)[key]
      if (sentence.trim() === '' && other?.trim() !== '') faults.push(`${folder}: "${key}" is empty in ${language}`)
      const ending = plural.exec(key)?.[1]
      if (!ending) continue
      const base = key.replace(plural, '')
      if (said[`${base}_other`] === undefined) faults.push(`${folder}: "${base}" has no _other in ${language}`)
      if (language === 'English' && said[`${base}_one`] === undefined) {
        faults.push(`${folder}: "${base}" has no _one in English`)
      }
      if (language === 'Chinese' && ending !== 'other' && ending !== 'zero') {
        faults.push(`${folder}: "${key}" is a plural that Chinese does not have`)
      }
    }
  }
  for (const [key, sentence] of Object.entries(chinese)) {
    const counterpart = english[key]
    if (counterpart === undefined) continue
    const lost = [...placeholders(counterpart).symmetricDifference(placeholders(sentence))]
    if (lost.length > 0) faults.push(`${folder}: "${key}" has other placeholders in each language: ${lost.join(', ')}`)
  }
  return faults
}

const placeholders = (sentence: string) => new Set([...sentence.matchAll(/\{\{-?\s*([\w.]+)/g)].map(match => match[1]!))

/** Keys that the code names in full (`files:refusal.empty-file`), or for short below `useTranslation('files')`. */
function asked({ path, text }: SourceFile, known: ReadonlyMap<string, Words>): string[] {
  const code = codeOf(text)
  const faults: string[] = []
  const look = (room: string, key: string, index: number) => {
    const said = known.get(room)
    if (said && !isSaid(said, key)) faults.push(`${path}:${lineOf(code, index)} asks for "${room}:${key}"`)
  }
  for (const { 1: room, 2: key, index } of code.matchAll(/['"`]([a-z][a-z-]*):([a-z][\w.-]*[\w])['"`]/gi)) {
    look(room!, key!, index)
  }
  const own = [...code.matchAll(/useTranslation\(\s*'([\w-]+)'\s*\)/g)].map(match => match[1]!)
  if (own.length === 1) {
    for (const { 1: key, index } of code.matchAll(/(?<![\w.])t\(\s*'([^':]+)'/g)) look(own[0]!, key!, index)
  }
  return faults
}

function isSaid(said: Words, key: string): boolean {
  return said[key] !== undefined || Object.keys(said).some(each => each.replace(plural, '') === key)
}

/** `{ say: { hello: 'Hi' } }` becomes `{ 'say.hello': 'Hi' }`. */
function flat(value: object, before = ''): Record<string, string> {
  const said: Record<string, string> = {}
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner === 'string') said[before + key] = inner
    else if (inner !== null && typeof inner === 'object' && !Array.isArray(inner)) {
      Object.assign(said, flat(inner, `${before}${key}.`))
    } else throw new Error(`"${before}${key}" is not a sentence`)
  }
  return said
}
