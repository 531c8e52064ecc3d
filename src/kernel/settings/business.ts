import { z } from 'zod'
import { languages } from '#kernel/locale/languages.ts'

/** A zone that this machine's time-zone data knows, `Asia/Shanghai`. */
export function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}

/** What the business says about itself. `currency` is the one that value is counted in; `zone` decides what a day is. */
export const businessSettings = z.object({
  name: z.string().trim().max(120),
  currency: z.string().regex(/^[A-Z]{3}$/),
  zone: z.string().refine(isZone),
  language: z.enum(languages),
})

export type BusinessSettings = z.infer<typeof businessSettings>
