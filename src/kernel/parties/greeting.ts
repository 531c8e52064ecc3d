import type { Title } from './profile-contract.ts'

const titleWords: Readonly<Record<Title, { readonly en: string; readonly zh: string }>> = {
  mr: { en: 'Mr', zh: '先生' },
  ms: { en: 'Ms', zh: '女士' },
  mrs: { en: 'Mrs', zh: '太太' },
  mx: { en: 'Mx', zh: '' },
  dr: { en: 'Dr', zh: '博士' },
  professor: { en: 'Professor', zh: '教授' },
  teacher: { en: 'Teacher', zh: '老师' },
  director: { en: 'Director', zh: '总' },
}

export interface Named {
  readonly name: string
  readonly familyName: string | null
  readonly say: string | null
  readonly title: Title | null
  readonly preferredName: string | null
}

/**
 * How somebody is greeted in a language: as they asked to be; else family name with title, in the order of the language;
 * else the whole name, which is never wrong.
 *
 * Example: 王晓洁 with title `ms` is 王女士 in Chinese and `Ms Wang` in English.
 */
export function greetingOf(party: Named, language: 'en' | 'zh'): string {
  if (party.preferredName) return party.preferredName
  const { title, familyName } = party
  if (language === 'zh') {
    return title && familyName && titleWords[title].zh ? `${familyName}${titleWords[title].zh}` : party.name
  }
  const latin = latinNameOf(party)
  if (!title || !familyName) return latin ?? party.name
  return `${titleWords[title].en} ${latin?.split(' ')[0] ?? familyName}`
}

/**
 * A Chinese name as a foreigner reads it: pinyin without tones, family name first, each part in one word. Null where the name
 * is Latin already.
 *
 * Example: 欧阳晓洁, said `ōu yáng xiǎo jié`, is `Ouyang Xiaojie`.
 */
export function latinNameOf({ familyName, say }: Pick<Named, 'familyName' | 'say'>): string | null {
  if (!say) return null
  const syllables = withoutTones(say).split(' ')
  const familyLength = familyName ? [...familyName].length : syllables.length
  const family = syllables.slice(0, familyLength)
  const given = syllables.slice(familyLength)
  return [family, given]
    .filter(part => part.length > 0)
    .map(part => capital(part.join('')))
    .join(' ')
}

/** Takes the four tone marks away and nothing else: lǜ is lü. */
export function withoutTones(say: string): string {
  return say
    .normalize('NFD')
    .replace(/[\u0300\u0301\u0304\u030c]/g, '')
    .normalize('NFC')
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
