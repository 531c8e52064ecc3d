/**
 * Why value moved, as programmes note it beside what they post: a word that screens know how to say, and what it is about. It
 * stands as text in the journal, so that an accountant reads it too. What people write by hand is never of this form.
 *
 * Example: `because('reward', 'Cup of tea')` -> `reward: Cup of tea`; `because('gift')` -> `gift:`.
 */
export function because(what: string, about = ''): string {
  return `${what}: ${about.replaceAll(/\s+/g, ' ').slice(0, 200)}`.trim()
}

/** Example: `reward: Cup of tea` -> `{ what: 'reward', about: 'Cup of tea' }`; what somebody wrote by hand -> undefined. */
export function becauseOf(reason: string): { readonly what: string; readonly about: string } | undefined {
  const [, what, about] = /^([a-z][a-z-]*):(?: (.*))?$/.exec(reason) ?? []
  return what === undefined ? undefined : { what, about: about ?? '' }
}
