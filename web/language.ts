import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { type Language, languages } from '#kernel/locale/languages.ts'

type Words = Record<string, unknown>

/** Every room brings its own words; the name of its folder is the namespace. They are loaded one language at a time. */
const files: Record<Language, Record<string, () => Promise<Words>>> = {
  en: {
    ...import.meta.glob<Words>('../src/**/words.en.json', { import: 'default' }),
    ...import.meta.glob<Words>('./words.en.json', { import: 'default' }),
  },
  'zh-CN': {
    ...import.meta.glob<Words>('../src/**/words.zh.json', { import: 'default' }),
    ...import.meta.glob<Words>('./words.zh.json', { import: 'default' }),
  },
}

const key = 'guanxi.language'
const loaded = new Set<Language>()

function isLanguage(value: unknown): value is Language {
  return languages.includes(value as Language)
}

/** What this browser chose before, else what the browser prefers, else English. */
export function preferredLanguage(): Language {
  const chosen = localStorage.getItem(key)
  if (isLanguage(chosen)) return chosen
  for (const preference of navigator.languages) {
    if (preference.toLowerCase().startsWith('zh')) return 'zh-CN'
    if (preference.toLowerCase().startsWith('en')) return 'en'
  }
  return 'en'
}

export function hasChosenLanguage(): boolean {
  return isLanguage(localStorage.getItem(key))
}

export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : preferredLanguage()
}

async function load(language: Language): Promise<void> {
  if (loaded.has(language)) return
  const entries = Object.entries(files[language])
  const contents = await Promise.all(entries.map(([, read]) => read()))
  entries.forEach(([path], index) => {
    const folder = path.split('/').at(-2)!
    i18next.addResourceBundle(language, folder === '.' ? 'shell' : folder, contents[index], true, true)
  })
  loaded.add(language)
}

function tellDocument(language: Language): void {
  document.documentElement.lang = language
}

export async function startLanguage(): Promise<void> {
  const language = preferredLanguage()
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    defaultNS: 'shell',
    ns: ['shell'],
    resources: {},
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  await load(language)
  tellDocument(language)
  await i18next.changeLanguage(language)
}

export async function switchLanguage(language: Language): Promise<void> {
  await load(language)
  localStorage.setItem(key, language)
  tellDocument(language)
  await i18next.changeLanguage(language)
}
