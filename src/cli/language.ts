import { type Language, languages } from '#kernel/locale/index.ts'

/**
 * The language of the command line: what is asked for, else what the installation or the terminal is set to.
 *
 * Example: `languageFor(undefined, { LANG: 'zh_CN.UTF-8' })` is `zh-CN`.
 */
export function languageFor(
  asked: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Language {
  const { GUANXI_LANGUAGE, LC_ALL, LC_MESSAGES, LANG } = environment
  for (const told of [asked, GUANXI_LANGUAGE, LC_ALL, LC_MESSAGES, LANG]) {
    if (!told) continue
    const tongue = told.toLowerCase().split(/[-_.]/)[0]
    const found = languages.find(language => language.toLowerCase().split('-')[0] === tongue)
    if (found) return found
    if (told !== asked) return 'en'
  }
  return 'en'
}
