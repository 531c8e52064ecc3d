import { nameParts } from '#kernel/parties/index.ts'
import type { Evidence } from './contract.ts'

/** What is compared: nothing else is read of anybody. */
export interface Compared {
  readonly partyId: string
  readonly name: string
  /** `soundOf` the name. */
  readonly sound: string
  /** `1984-03-08` or `--03-08`. */
  readonly birthday: string | null
  /** In E.164 where they could be read. */
  readonly phones: readonly string[]
  readonly emails: readonly string[]
}

/**
 * How often two profiles of one person agree so (`m`), and how often two people do by chance (`u`); the weight is log2(m/u), after
 * Fellegi and Sunter, A Theory for Record Linkage (1969). Chances: 1 in 25,000 for a birthday among adults, 1 in 10,000 for four
 * digits, 1 in 2,000 for the full name of a Chinese city (the commonest are rarer evidence, and so are the rarest). One who has two
 * phones seldom has two that end alike. They are assumptions written down, not learned; a person decides in any case.
 */
const chances: Readonly<Record<Evidence['kind'], { readonly m: number; readonly u: number }>> = {
  'said-to-be-one': { m: 0.8, u: 1 / 1_000_000 },
  'same-name': { m: 0.85, u: 1 / 2000 },
  'same-sound': { m: 0.9, u: 1 / 500 },
  'similar-name': { m: 0.5, u: 1 / 200 },
  'different-name': { m: 0.03, u: 0.99 },
  'same-phone-end': { m: 0.05, u: 1 / 10_000 },
  'phone-one-digit': { m: 0.05, u: 1 / 1_000_000 },
  'phone-swapped': { m: 0.03, u: 1 / 5_000_000 },
  'same-email-local': { m: 0.4, u: 1 / 50_000 },
  'same-birthday': { m: 0.95, u: 1 / 25_000 },
  'same-day-of-year': { m: 0.95, u: 1 / 365 },
  'different-birthday': { m: 0.04, u: 0.99 },
}

/** A shop or its page says so itself: an account was opened twice, or a browser was lent. */
export const saidToBeOne = (): Evidence => ({ kind: 'said-to-be-one', weight: weightOf('said-to-be-one') })

const weightOf = (kind: Evidence['kind']) => Math.round(Math.log2(chances[kind].m / chances[kind].u) * 10) / 10

/**
 * The name as it sounds, whichever script and order it is written in: families and given names of Chinese names in pinyin, the
 * words of others without their accents, sorted.
 *
 * Example: `soundOf('王晓洁')` and `soundOf('Xiaojie Wang')` are both `wang xiaojie`.
 */
export function soundOf(name: string): string {
  const { say, familyName } = nameParts(name)
  const words = plain(say ?? name).split(/[^\p{Letter}]+/u)
  const known = words.filter(word => word !== '')
  // One syllable for each character, so the family has as many as it has characters.
  const family = say !== null && familyName ? [...familyName].length : 0
  const parts = say === null ? known : [known.slice(0, family).join(''), known.slice(family).join('')]
  return parts
    .filter(part => part !== '')
    .sort()
    .join(' ')
}

const plain = (text: string) =>
  text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()

/** What speaks for and against, the heaviest first. Of a person without a name nothing is said about names. */
export function evidenceFor(one: Compared, other: Compared): Evidence[] {
  const kinds = [aboutNames(one, other), aboutBirthdays(one, other), aboutPhones(one, other), aboutEmails(one, other)]
  return kinds
    .filter(kind => kind !== undefined)
    .map(kind => ({ kind, weight: weightOf(kind) }))
    .sort((left, right) => right.weight - left.weight)
}

/**
 * How likely both are one person, among so many: before anything is compared, one pair in as many as there are profiles.
 *
 * Example: the same name and birthday (25 bits) among 100,000 profiles (17 bits) -> 0.99.
 */
export function likelihoodOf(evidence: readonly Evidence[], profiles: number): number {
  const bits = evidence.reduce((sum, each) => sum + each.weight, 0) - Math.log2(Math.max(1000, profiles))
  return 1 / (1 + 2 ** -bits)
}

function aboutNames(one: Compared, other: Compared): Evidence['kind'] | undefined {
  const [sound, otherSound] = [one.sound, other.sound]
  if (sound === '' || otherSound === '') return undefined
  const written = (name: string) => name.normalize('NFKC').toLowerCase().replaceAll(/\s/g, '')
  if (written(one.name) === written(other.name)) return 'same-name'
  if (sound === otherSound) return 'same-sound'
  if (Math.min(sound.length, otherSound.length) >= 6 && isOneStepAway(sound, otherSound)) return 'similar-name'
  // One wrong character of three or four sounds like another name altogether. Example: 王晓洁 and 王晓明.
  const isHan = (name: string) => /^\p{Script=Han}{3,}$/u.test(name)
  if (isHan(one.name) && isHan(other.name) && isOneStepAway(one.name, other.name)) return 'similar-name'
  return 'different-name'
}

function aboutBirthdays({ birthday: one }: Compared, { birthday: other }: Compared): Evidence['kind'] | undefined {
  if (one === null || other === null) return undefined
  if (one.slice(-5) !== other.slice(-5)) return 'different-birthday'
  if (one.startsWith('-') || other.startsWith('-')) return 'same-day-of-year'
  return one === other ? 'same-birthday' : 'different-birthday'
}

function aboutPhones(one: Compared, other: Compared): Evidence['kind'] | undefined {
  const pairs = one.phones.flatMap(phone => other.phones.map(another => [phone, another] as const))
  if (pairs.some(([phone, another]) => isSwapped(phone, another))) return 'phone-swapped'
  if (pairs.some(([phone, another]) => phone.length === another.length && isOneStepAway(phone, another))) {
    return 'phone-one-digit'
  }
  return pairs.some(([phone, another]) => phone.slice(-4) === another.slice(-4)) ? 'same-phone-end' : undefined
}

const shortestLocal = 5

/** The part before the @, where it is long enough to say something. Example: `xiaojie.wang@qq.com` -> `xiaojie.wang`. */
export function emailLocal(email: string): string | undefined {
  const local = email.slice(0, email.lastIndexOf('@')).replace(/\+.*$/, '').toLowerCase()
  const isSaid = local.length >= shortestLocal && !/^(info|admin|contact|office|service|sales|hello)\d*$/.test(local)
  return isSaid ? local : undefined
}

/** What the e-mail addresses say that the name does not: `wangwei@qq.com` is some 王伟 or other. */
function emailLocals({ emails, sound }: Compared): string[] {
  const words = sound.split(' ')
  const isOnlyName = (local: string) => {
    const letters = local.replaceAll(/[._-]/g, '')
    return letters === words.join('') || letters === words.toReversed().join('')
  }
  return emails.map(emailLocal).filter(local => local !== undefined && !isOnlyName(local)) as string[]
}

function aboutEmails(one: Compared, other: Compared): Evidence['kind'] | undefined {
  const locals = new Set(emailLocals(one))
  return emailLocals(other).some(local => locals.has(local)) ? 'same-email-local' : undefined
}

/** One letter changed, added or left out. */
function isOneStepAway(one: string, other: string): boolean {
  if (one === other || Math.abs(one.length - other.length) > 1) return false
  let at = 0
  while (at < one.length && at < other.length && one[at] === other[at]) at++
  const [rest, otherRest] = [one.slice(at), other.slice(at)]
  return rest.slice(1) === otherRest.slice(1) || rest.slice(1) === otherRest || rest === otherRest.slice(1)
}

/** Two neighbours changed places. Example: +8613800005521 and +8613800005512. */
function isSwapped(one: string, other: string): boolean {
  if (one.length !== other.length || one === other) return false
  let at = 0
  while (one[at] === other[at]) at++
  return one[at] === other[at + 1] && one[at + 1] === other[at] && one.slice(at + 2) === other.slice(at + 2)
}

/**
 * Keys of which two profiles of one person share at least one, and two people hardly ever: only who shares a key is compared, so
 * that a million profiles are a few million rows and not half a billion pairs.
 */
export function blockKeysOf(profile: Compared): string[] {
  const keys = new Set<string>()
  const { sound } = profile
  if (sound !== '' && profile.birthday) keys.add(`name-day ${sound} ${profile.birthday.slice(-5)}`)
  for (const phone of profile.phones) {
    const digits = phone.replace(/\D/g, '')
    if (digits.length < 7) continue
    // A wrong digit leaves one of the two parts as it was, and so do two neighbours that changed places: the digit between is in neither.
    if (sound !== '') {
      keys.add(`name-end ${sound} ${digits.slice(-4)}`)
      keys.add(`name-start ${sound} ${digits.slice(0, -5)}`)
    }
    if (profile.birthday) keys.add(`day-end ${profile.birthday} ${digits.slice(-4)}`)
  }
  for (const local of emailLocals(profile)) keys.add(`email ${local}`)
  return [...keys]
}
