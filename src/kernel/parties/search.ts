import { parsePhoneNumberFromString } from 'libphonenumber-js/min'
import { withoutTones } from './greeting.ts'
import { familyLengthOf, nameParts } from './names.ts'

const longestKey = 40
const mostParts = 12

/** Before digits that are written from the end, so that the end of a number is the beginning of a key. */
const backwards = '~'

/**
 * Everything by whose beginning somebody is found. Nobody types the middle of a word, so one ordered index over these
 * answers any search by reading a short range: a Chinese name from each of its characters on, pinyin in both orders and its
 * initials, Latin names from each of their words on, numbers from the front and from the end.
 *
 * Example: 王晓洁 has 王晓洁, 晓洁, 洁, wangxiaojie, xiaojiewang, wangxj and wxj.
 */
export function searchKeys(name: string, identifiers: readonly string[], say?: string | null): string[] {
  const keys = new Set<string>()
  const words = wordsOf(name)
  const han = words.filter(isHan)
  const latin = words.filter(word => !isHan(word))
  for (const word of han) for (const rest of endings([...word])) keys.add(rest.join(''))
  for (const order of rotations(latin)) keys.add(order.join(''))
  if (han.length > 0) for (const key of pinyinKeys(name, say)) keys.add(key)
  for (const identifier of identifiers) for (const key of numberKeys(identifier)) keys.add(key)
  return [...keys].filter(key => key !== '').map(key => [...key].slice(0, longestKey).join(''))
}

/**
 * What a search text asks for: one beginning where it may be one (`wholes`, any of them will do), and each of its words,
 * all of which must be met by somebody (`words`, each a list of ways to meet it).
 *
 * Example: `5521` asks for what begins with 5521 or ends so; `wang xj` for `wangxj`, or else for `wang` and `xj`.
 */
export function searchesOf(text: string): { wholes: string[]; words: string[][] } {
  const words = wordsOf(text)
  const joined = words.join('')
  return {
    wholes: joined === '' ? [] : waysOf(joined),
    words: words.map(waysOf),
  }
}

function waysOf(word: string): string[] {
  const cut = [...word].slice(0, longestKey).join('')
  if (!/^\+?[\d-]+$/.test(word)) return [cut]
  const digits = word.replace(/\D/g, '')
  return digits.length < 3 ? [cut] : [digits, backwards + reversed(digits)]
}

function pinyinKeys(name: string, say: string | null | undefined): string[] {
  const said = withoutTones(say ?? nameParts(name).say ?? '')
    .toLowerCase()
    .replaceAll('ü', 'v')
  const syllables = said.split(' ').filter(syllable => /^[a-z]+$/.test(syllable))
  if (syllables.length === 0) return []
  const familyLength = familyLengthOf(name.normalize('NFC').trim())
  const family = syllables.slice(0, familyLength).join('')
  const given = syllables.slice(familyLength)
  const initialsOf = (list: readonly string[]) => list.map(syllable => syllable[0]).join('')
  const keys = [syllables.join(''), initialsOf(syllables)]
  return familyLength > 0 ? [...keys, given.join('') + family, family + initialsOf(given)] : keys
}

function numberKeys(identifier: string): string[] {
  const folded = identifier.normalize('NFKC').trim().toLowerCase()
  const digits = folded.replace(/\D/g, '')
  if (!/^\+?[\d\s()./-]+$/.test(folded) || digits.length < 3) return [folded.replace(/\s+/g, '')]
  const keys = [digits, backwards + reversed(digits)]
  const national = folded.startsWith('+') ? parsePhoneNumberFromString(folded)?.nationalNumber : undefined
  return national ? [...keys, national] : keys
}

function wordsOf(text: string): string[] {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/(?<=\p{Script=Latin})\p{M}+/gu, '')
    .normalize('NFC')
    .replace(/(\p{Script=Han}+)/gu, ' $1 ')
    .split(/[\s,;·()"']+/u)
    .filter(word => word !== '')
}

function endings<T>(list: readonly T[]): T[][] {
  return list.slice(0, mostParts).map((_, index) => list.slice(index))
}

function rotations(words: readonly string[]): string[][] {
  return words.slice(0, mostParts).map((_, index) => [...words.slice(index), ...words.slice(0, index)])
}

function isHan(word: string): boolean {
  return /^\p{Script=Han}+$/u.test(word)
}

const reversed = (digits: string) => [...digits].reverse().join('')
