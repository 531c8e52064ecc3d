import type { Finding } from './contract.ts'

type Check = Finding['check']

/** A finding whose words stand under the check's own name: `doctor:disk.found`, `doctor:disk.mend`. */
export function finding(
  check: Check,
  state: Finding['state'],
  values: Finding['values'] = {},
  words: { readonly found?: string; readonly mend?: string } = {},
): Finding {
  return {
    check,
    state,
    foundKey: words.found ?? `doctor:${check}.found`,
    values,
    mendKey: state === 'good' ? null : (words.mend ?? `doctor:${check}.mend`),
  }
}

/** A state by two limits: `stateOf(40, { warn: 10, bad: 60 })` is `warn`. */
export function stateOf(value: number, limits: { readonly warn: number; readonly bad: number }): Finding['state'] {
  if (value >= limits.bad) return 'bad'
  return value >= limits.warn ? 'warn' : 'good'
}
