import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { useFormat } from '../../../web/format.ts'
import type { readEverythingHeld } from './contract.ts'

export type Everything = z.infer<typeof readEverythingHeld.reply>
type Row = Everything['items'][number]['rows'][number]

type Format = ReturnType<typeof useFormat>

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** What says something to a reader, with its name in words; ids are for programs, and stand in the JSON. */
function linesOf(t: TFunction, format: Format, row: Row): readonly (readonly [string, string])[] {
  return Object.entries(row)
    .filter(([, value]) => value !== null && value !== '' && !uuid.test(String(value)))
    .map(([column, value]) => [
      t(`privacy:field.${column}`, { defaultValue: column.replaceAll('_', ' ') }),
      said(t, format, value),
    ])
}

function said(t: TFunction, format: Format, value: Row[string]): string {
  if (typeof value === 'boolean') return t(value ? 'audit-log:yes' : 'audit-log:no')
  if (typeof value !== 'string') return String(value)
  if (/^\d{4}-\d\d-\d\dT\d\d:/.test(value)) return format.instant(value)
  return /^\d{4}-\d\d-\d\d$/.test(value) ? format.day(value) : value
}

/** Who they are comes first, then what happened, then what came of it. */
function byRoom(items: Everything['items']) {
  const first = ['events', 'parties']
  const sorted = items.toSorted((one, other) => first.indexOf(other.room) - first.indexOf(one.room))
  return [...Map.groupBy(sorted, each => each.room)]
}

/** Everything held, room by room: each table small enough to read, the whole of it in the downloads. */
export function Held({ items }: { items: Everything['items'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <>
      {byRoom(items).map(([room, tables]) => (
        <section key={room} aria-label={t(`privacy:room.${room}`)}>
          <h2>{t(`privacy:room.${room}`)}</h2>
          {tables.map(({ table, rows, total }) => (
            <details key={table} className="folded">
              <summary>
                {t(`privacy:table.${table}`)} <span className="muted">{t('privacy:rows', { count: total })}</span>
              </summary>
              <div className="held-rows">
                {rows.map(row => (
                  <dl key={JSON.stringify(row)}>
                    {linesOf(t, format, row).map(([name, value]) => (
                      <div key={name}>
                        <dt>{name}</dt>
                        <dd>{value}</dd>
                      </div>
                    ))}
                  </dl>
                ))}
                {total > rows.length ? (
                  <p className="muted small">{t('privacy:more', { number: total - rows.length })}</p>
                ) : null}
              </div>
            </details>
          ))}
        </section>
      ))}
    </>
  )
}

const escaped = (text: string) =>
  text.replace(/[&<>"]/g, sign => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!)

/** The same as a document of its own, whole, which anybody can open, read and print. */
export function documentOf(
  t: TFunction,
  format: Format,
  { title, language, asOf }: { readonly title: string; readonly language: string; readonly asOf: string },
  items: Everything['items'],
): string {
  const body = byRoom(items).map(([room, tables]) => {
    const parts = tables.map(({ table, rows }) => {
      const lists = rows.map(row => {
        const lines = linesOf(t, format, row).map(
          ([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`,
        )
        return `<dl>${lines.join('')}</dl>`
      })
      return `<h3>${escaped(t(`privacy:table.${table}`))}</h3>${lists.join('\n')}`
    })
    return `<h2>${escaped(t(`privacy:room.${room}`))}</h2>\n${parts.join('\n')}`
  })
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title><style>
body { font: 15px/1.6 system-ui, sans-serif; max-width: 720px; margin: 32px auto; padding: 0 16px; }
dl { display: grid; grid-template-columns: 180px minmax(0, 1fr); gap: 2px 16px; border-top: 1px solid #ddd; padding: 8px 0; margin: 0; }
dt { color: #666; } dd { margin: 0; overflow-wrap: anywhere; }
</style></head><body><h1>${escaped(title)}</h1><p>${escaped(asOf)}</p>
${body.join('\n')}
</body></html>
`
}
