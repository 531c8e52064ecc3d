import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min'
import type { z } from 'zod'
import type { identifier } from './contract.ts'

export type Identifier = z.infer<typeof identifier>

/**
 * The form in which two spellings of one identifier are equal: e-mail in lower case, phones in E.164, the rest trimmed
 * with width folded (full-width digits of Chinese forms). Case of customer numbers and of other systems' ids matters, so it
 * is kept.
 *
 * Example: `identifierKey({kind: 'phone', value: '138 0000 5521'}, 'CN')` is `+8613800005521`.
 */
export function identifierKey(identifier: Identifier, country: CountryCode = 'CN'): string {
  const value = identifier.value.normalize('NFKC').trim()
  switch (identifier.kind) {
    case 'email':
      return value.toLowerCase()
    case 'phone':
      return parsePhoneNumberFromString(value, country)?.number ?? value.replace(/[^\d+]/g, '')
    case 'card':
      return value.replace(/[\s-]/g, '')
    default:
      return value
  }
}
