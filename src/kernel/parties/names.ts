import { pinyin } from 'pinyin-pro'

const han = /\p{Script=Han}/u
const doubleFamilyNames = new Set([
  '欧阳',
  '司马',
  '上官',
  '诸葛',
  '东方',
  '皇甫',
  '尉迟',
  '公孙',
  '慕容',
  '司徒',
  '令狐',
  '夏侯',
  '长孙',
  '宇文',
  '轩辕',
  '百里',
  '端木',
  '南宫',
])

export interface NameParts {
  readonly name: string
  readonly familyName: string | null
  readonly givenName: string | null
  readonly say: string | null
}

/**
 * Splits a person's name and says how it sounds. Chinese names put the family first (two characters for the double
 * family names); Western ones `Given Family` or `Family, Given`. One word alone is left unsplit.
 *
 * Example: `nameParts('欧阳晓洁')` has family 欧阳, given 晓洁, say `ōu yáng xiǎo jié`.
 */
export function nameParts(name: string): NameParts {
  const text = name.normalize('NFC').trim().replace(/\s+/g, ' ')
  if (han.test(text)) {
    const letters = [...text.replaceAll(' ', '')]
    const familyLength = familyLengthOf(text)
    return {
      name: text,
      familyName: familyLength ? letters.slice(0, familyLength).join('') : null,
      givenName: familyLength ? letters.slice(familyLength).join('') : null,
      say: pinyin(text, { surname: familyLength ? 'head' : 'off', nonZh: 'consecutive' }),
    }
  }
  const comma = text.indexOf(',')
  if (comma > 0) {
    const family = text.slice(0, comma).trim()
    const given = text.slice(comma + 1).trim()
    return { name: text, familyName: family || null, givenName: given || null, say: null }
  }
  const words = text.split(' ')
  return words.length < 2
    ? { name: text, familyName: null, givenName: null, say: null }
    : { name: text, familyName: words.at(-1)!, givenName: words.slice(0, -1).join(' '), say: null }
}

/** How many characters of a Chinese name are the family's; 0 for what is no name of a person, such as a firm's. */
export function familyLengthOf(name: string): number {
  const letters = [...name.replaceAll(' ', '')]
  if (letters.length < 2 || letters.length > 4) return 0
  return letters.length > 2 && doubleFamilyNames.has(letters.slice(0, 2).join('')) ? 2 : 1
}

/** Pinyin without tones and its initials: `王晓洁` gives `wangxiaojie` and `wxj`. Empty for names without Chinese. */
export function romanised(name: string): { full: string; initials: string } {
  if (!han.test(name)) return { full: '', initials: '' }
  const syllables = pinyin(name, { toneType: 'none', type: 'array', surname: 'head' }).map(syllable =>
    syllable.toLowerCase(),
  )
  return {
    full: syllables.join(''),
    initials: syllables.map(syllable => syllable[0] ?? '').join(''),
  }
}
