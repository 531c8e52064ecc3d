import { nameParts, type ProfileState } from '#kernel/parties/index.ts'
import { type OverwriteRule, type RuledTarget, ruledTargets } from './contract.ts'

/** What a file says about a customer, by column; empty where it says nothing. */
export type Said = Readonly<Partial<Record<RuledTarget, string>>>

/** What becomes of one value: it fills a gap, replaces ours, gives way to ours, or says nothing new. */
export type Outcome = 'filled' | 'replaced' | 'kept' | 'same'

/**
 * Who has the word about one value of a known customer.
 *
 * Example: ours is `Leeds`, the file says `York`: `fill` keeps Leeds, `overwrite` takes York, and `newest` takes York where
 * the file's row is younger than what we have.
 */
export function outcomeOf(
  ours: string | null,
  theirs: string | undefined,
  rule: OverwriteRule,
  said: { readonly at: Date; readonly oursAt: Date | undefined },
): Outcome {
  if (!theirs || theirs === ours) return 'same'
  if (rule === 'keep') return 'kept'
  if (!ours) return 'filled'
  if (rule === 'overwrite') return 'replaced'
  if (rule === 'newest' && said.oursAt !== undefined && said.at > said.oursAt) return 'replaced'
  return 'kept'
}

/** What we have in the words of a file's columns. A name that is only an identifier is none. */
export function ours(state: ProfileState): Readonly<Record<RuledTarget, string | null>> {
  const identifiers = new Set(state.identifiers.map(key => key.slice(key.indexOf('\n') + 1)))
  const unnamed = state.name === '' || identifiers.has(state.name) || identifiers.has(state.name.toLowerCase())
  return {
    customerName: unnamed ? null : state.name,
    familyName: unnamed ? null : state.familyName,
    givenName: unnamed ? null : state.givenName,
    birthday: state.birthday,
    city: state.details.city ?? null,
    country: state.details.country ?? null,
  }
}

/**
 * The profile with what a file has the word about. A new whole name brings its own parts unless the file names them too.
 *
 * Example: `overwritten(profile of 王小明, {city: '杭州'})` differs in the city alone.
 */
export function overwritten(state: ProfileState, take: Said): ProfileState {
  const { customerName, familyName, givenName, birthday, city, country } = take
  const family = familyName ?? (customerName ? null : state.familyName)
  const given = givenName ?? (customerName ? null : state.givenName)
  const isRenamed = customerName !== undefined || familyName !== undefined || givenName !== undefined
  const name = customerName ?? (isRenamed ? nameFrom(family, given) : undefined)
  const parts = name === undefined ? undefined : nameParts(name)
  return {
    ...state,
    name: parts?.name ?? state.name,
    familyName: family ?? parts?.familyName ?? state.familyName,
    givenName: given ?? parts?.givenName ?? state.givenName,
    say: parts ? parts.say : state.say,
    birthday: birthday ?? state.birthday,
    details: { ...state.details, ...(city && { city }), ...(country && { country }) },
  }
}

/** Chinese names stand family first and without a space: 王 and 小明 are 王小明. */
export function nameFrom(family: string | null, given: string | null): string | undefined {
  if (!family && !given) return undefined
  if (family && given) return /\p{Script=Han}/u.test(family) ? family + given : `${given} ${family}`
  return family ?? given ?? undefined
}

export type Rules = ReadonlyMap<RuledTarget, OverwriteRule>

/** The rules of a mapping, for the columns about customers that it has. */
export function rulesOf(
  columns: readonly { readonly target: string | null; readonly rule?: OverwriteRule | undefined }[],
): Rules {
  return new Map(
    ruledTargets.flatMap(target => {
      const column = columns.find(entry => entry.target === target)
      return column ? [[target, column.rule ?? 'fill'] as const] : []
    }),
  )
}

export const asksForNewest = (rules: Rules): boolean => [...rules.values()].includes('newest')
