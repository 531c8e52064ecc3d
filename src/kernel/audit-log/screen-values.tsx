import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../web/format.ts'
import { useSession } from '../../../web/session.tsx'

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i
/** What people wrote themselves is shown as they wrote it, even where it is also a word of ours; whose name is kept is chosen. */
const written = new Set(['name', 'familyName', 'givenName', 'say', 'preferredName', 'description', 'note', 'text'])

export const isNothing = (value: unknown) => value === null || value === undefined || value === ''

/** What tells a reader nothing: the id of something that the sentence names, or that only programs know. */
export const isId = (value: unknown) => typeof value === 'string' && uuid.test(value)

/** `roles.0` is one of the roles; a field without a word of its own is called as in the API, in words. */
export function nameOf(t: TFunction, path: string): string {
  const parts = path.split('.').filter(part => !/^\d+$/.test(part))
  return parts.map(part => t(`audit-log:field.${part}`, { defaultValue: inWords(part) })).join(' · ')
}

/** `largestTopUpMinor`: largest top up. */
const inWords = (name: string) =>
  name
    .replace(/Minor$/, '')
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()

/** A value as people say it: days, amounts of money, words for what has one. */
export function useSaying() {
  const { t } = useTranslation()
  const format = useFormat()
  const { currency } = useSession().business
  return (path: string, value: unknown): string => {
    const field = path.split('.').findLast(part => !/^\d+$/.test(part)) ?? path
    if (isNothing(value)) return t('audit-log:nothing')
    if (typeof value === 'boolean') return t(value ? 'audit-log:yes' : 'audit-log:no')
    if (typeof value === 'number')
      return /minor/i.test(field) ? format.exactMoney(value, currency) : format.number(value, 2)
    if (typeof value !== 'string') return JSON.stringify(value)
    if (written.has(field) && !path.startsWith('choices.')) return value
    if (/^\d{4}-\d\d-\d\dT/.test(value)) return format.instant(value)
    if (/^\d{4}-\d\d-\d\d$/.test(value)) return format.day(value)
    return t(keysOf(value), { defaultValue: value })
  }
}

/** Roles, permissions and reasons travel by their names in the code, and have their words in the rooms. */
const keysOf = (value: string) => [
  `audit-log:value.${value}`,
  `access:role.${value}`,
  `access:permission.${value}`,
  `events:kind.${value}`,
  `party-role.${value}`,
  `title.${value}`,
  `identifier.${value}`,
  `points:adjustment.${value}`,
]

/**
 * What was sent, as lines: `{ use: { points: 5 } }` is `use.points`, 5. What goes together stands together: a list in one line, an
 * identifier with its kind.
 */
export function linesOf(value: object, path = ''): [string, readonly unknown[]][] {
  return Object.entries(value).flatMap(([key, inner]): [string, readonly unknown[]][] => {
    const at = path ? `${path}.${key}` : key
    if (Array.isArray(inner) && inner.every(each => typeof each !== 'object')) return [[at, inner]]
    if (typeof inner !== 'object' || inner === null) return [[at, [inner]]]
    const { kind, value: named, ...rest } = inner as Record<string, unknown>
    if (typeof kind === 'string' && typeof named === 'string' && Object.keys(rest).length === 0)
      return [[`${path || key}.${kind}`, [named]]]
    return linesOf(inner, at)
  })
}
