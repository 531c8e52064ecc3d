import type { TFunction } from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../web/format.ts'
import type { Act } from './contract.ts'

const shownAtFirst = 4

/** Old -> new, value by value; of what was only added, the values that were sent. */
export function Changes({ act }: { act: Act }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [isWhole, setWhole] = useState(false)
  const say = useSaying()
  if (act.asked === null || act.changes === null) return <p className="small muted">{t('audit-log:erased')}</p>
  const lines =
    act.changes.length > 0
      ? act.changes.map(({ path, before, after }) => ({ path, before: say(before), after: say(after) }))
      : flat(act.asked).map(([path, value]) => ({ path, before: undefined, after: say(value) }))
  if (lines.length === 0) return null
  const shown = isWhole ? lines : lines.slice(0, shownAtFirst)
  const rest = lines.length - shown.length
  return (
    <>
      <dl className="act-changes" aria-label={t(act.changes.length > 0 ? 'audit-log:changed' : 'audit-log:sent')}>
        {shown.map(({ path, before, after }) => (
          <div key={path}>
            <dt>{nameOf(t, path)}</dt>
            <dd>
              {before === undefined ? null : (
                <>
                  <del>{before}</del> <span aria-hidden>→</span>{' '}
                </>
              )}
              {before === undefined ? after : <ins>{after}</ins>}
            </dd>
          </div>
        ))}
      </dl>
      {rest > 0 ? (
        <button type="button" className="link small" onClick={() => setWhole(true)}>
          {t('audit-log:more-changes', { count: rest, number: format.number(rest) })}
        </button>
      ) : null}
    </>
  )
}

/** `roles.0` is one of the roles; a field without a word of its own is called as in the API. */
function nameOf(t: TFunction, path: string): string {
  const parts = path.split('.').filter(part => !/^\d+$/.test(part))
  return parts.map(part => t(`audit-log:field.${part}`, { defaultValue: part })).join(' · ')
}

function useSaying() {
  const { t } = useTranslation()
  const format = useFormat()
  return (value: unknown): string => {
    if (value === null || value === undefined || value === '') return t('audit-log:nothing')
    if (typeof value === 'boolean') return t(value ? 'audit-log:yes' : 'audit-log:no')
    if (typeof value === 'number') return format.number(value)
    if (typeof value === 'string') {
      if (/^\d{4}-\d\d-\d\dT/.test(value)) return format.instant(value)
      // Roles and permissions travel by their names in the code.
      return t([`access:role.${value}`, `access:permission.${value}`], { defaultValue: value })
    }
    return JSON.stringify(value)
  }
}

/** `{ use: { points: 5 } }` as lines: `use.points`, 5. */
function flat(value: object, path = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    const at = path ? `${path}.${key}` : key
    return typeof inner === 'object' && inner !== null ? flat(inner, at) : [[at, inner]]
  })
}
