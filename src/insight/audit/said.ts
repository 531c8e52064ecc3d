import { dayOfNumber } from '#kernel/clock/index.ts'
import type { Finding, Measure, Said, Value } from './contract.ts'

export type Values = Readonly<Record<string, Value>>

/** `say('finding.half.title', { share: { share: 0.04 } })`: a sentence of this room. */
export const say = (key: string, values: Values = {}): Said => ({ key: `audit:${key}`, values: { ...values } })

/** What was found, with its reason: `finding.<name>.title` and `.why`, the title in the variant that fits. */
export function found(
  name: string,
  values: Values,
  {
    variant = 'title',
    why = 'why',
    notes = [],
  }: { readonly variant?: string; readonly why?: string; readonly notes?: readonly Said[] } = {},
): Finding {
  return {
    title: say(`finding.${name}.${variant}`, values),
    why: say(`finding.${name}.${why}`, values),
    notes: [...notes],
  }
}

export function measured(name: string, value: Value, values: Values, why = 'why'): Measure {
  return { name, value, why: say(`measure.${name}.${why}`, values) }
}

export const share = (part: number, whole: number): { share: number } => ({ share: whole === 0 ? 0 : part / whole })
export const onDay = (day: number): { day: string } => ({ day: dayOfNumber(day) })
export const decimal = (number: number): { decimal: number } => ({ decimal: Math.round(number * 1e4) / 1e4 })
