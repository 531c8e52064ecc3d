import { romanised } from './names.ts'

/**
 * The pieces under which a party is found. Chinese text is cut into pairs of characters, since most given names have two
 * and an index of trigrams cannot see them; Latin text and digits into the beginnings of words, and the last digits of
 * numbers, because people type from the front of a name and read out the end of a phone number.
 */
export function searchGrams(name: string, identifiers: readonly string[]): string[] {
  const grams = new Set<string>()
  for (const word of wordsOf(name)) addWord(grams, word)
  const { full, initials } = romanised(name)
  if (full) addBeginnings(grams, full)
  if (initials) addBeginnings(grams, initials)
  for (const identifier of identifiers) {
    const folded = identifier.toLowerCase()
    addBeginnings(grams, folded)
    const digits = folded.replace(/\D/g, '')
    for (const length of [4, 5, 6, 7, 8]) if (digits.length >= length) grams.add(digits.slice(-length))
  }
  return [...grams]
}

/** What a search text must all match, in the same pieces. `'王晓'` asks for one pair, `'wang xj'` for two beginnings. */
export function queryGrams(text: string): string[] {
  const grams = new Set<string>()
  for (const word of wordsOf(text)) {
    const letters = [...word]
    if (isHan(word)) {
      if (letters.length === 1) grams.add(word)
      for (let index = 0; index + 1 < letters.length; index++) grams.add(letters[index]! + letters[index + 1]!)
    } else grams.add(word.slice(0, longestBeginning))
  }
  return [...grams]
}

const longestBeginning = 12

function wordsOf(text: string): string[] {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/(\p{Script=Han}+)/gu, ' $1 ')
    .split(/[\s,;·()"']+/u)
    .filter(word => word.length > 0)
}

function isHan(word: string): boolean {
  return /^\p{Script=Han}+$/u.test(word)
}

function addWord(grams: Set<string>, word: string): void {
  if (!isHan(word)) {
    addBeginnings(grams, word)
    return
  }
  const letters = [...word]
  for (let index = 0; index < letters.length; index++) {
    grams.add(letters[index]!)
    if (index + 1 < letters.length) grams.add(letters[index]! + letters[index + 1]!)
  }
}

function addBeginnings(grams: Set<string>, word: string): void {
  for (let length = 1; length <= Math.min(longestBeginning, word.length); length++) grams.add(word.slice(0, length))
}
