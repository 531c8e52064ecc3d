import { createContext, use } from 'react'
import { type Language, languages } from '#kernel/locale/languages.ts'
import { useSay } from './words.ts'

export const SwitchLanguage = createContext<(language: Language) => void>(() => undefined)

const names: Readonly<Record<Language, string>> = { en: 'English', 'zh-CN': '中文' }

export function LanguageSwitch() {
  const { t, language: spoken } = useSay()
  const choose = use(SwitchLanguage)
  return (
    <fieldset className="segments" aria-label={t('me.language')}>
      {languages.map(language => (
        <button
          key={language}
          type="button"
          lang={language}
          aria-pressed={language === spoken}
          onClick={() => choose(language)}
        >
          {names[language]}
        </button>
      ))}
    </fieldset>
  )
}
