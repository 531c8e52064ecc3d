import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Language, languages } from './languages.ts'

/** Words of one room: sentences by key, nested by meaning. */
export type Catalogue = { readonly [key: string]: string | Catalogue }

/** By language, then by room (the last name of its folder). */
export type Words = Readonly<Record<Language, Readonly<Record<string, Catalogue>>>>

const fileOf: Readonly<Record<Language, string>> = { en: 'words.en.json', 'zh-CN': 'words.zh.json' }

/**
 * Reads `words.en.json` and `words.zh.json` of each folder; the folder's last name becomes the namespace. A folder with
 * words in one language only is an error, since half of the readers would see keys.
 */
export function loadWords(folders: readonly URL[]): Words {
  const words: Record<Language, Record<string, Catalogue>> = { en: {}, 'zh-CN': {} }
  for (const folder of folders) {
    const namespace = folder.pathname.split('/').filter(Boolean).at(-1) ?? ''
    if (words.en[namespace]) throw new Error(`two rooms with words are named '${namespace}': ${folder.pathname}`)
    for (const language of languages) {
      words[language][namespace] = JSON.parse(readFileSync(new URL(fileOf[language], folder), 'utf8')) as Catalogue
    }
  }
  return words
}

/** Every folder below `root` (`src/` in development, `dist/` when built) that holds words. */
export function wordFolders(root: URL): URL[] {
  const found: URL[] = []
  for (const entry of readdirSync(fileURLToPath(root), { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === 'node_modules') continue
    const folder = new URL(`${entry.name}/`, root)
    if (existsSync(new URL(fileOf.en, folder))) found.push(folder)
    found.push(...wordFolders(folder))
  }
  return found
}
