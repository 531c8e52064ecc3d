import { useTranslation } from 'react-i18next'

type Cell = string | number | boolean | null

/** Everything held, room by room: each table small enough to read, the whole of it in the download. */
export function Held({
  items,
}: {
  items: readonly { room: string; table: string; rows: readonly Record<string, Cell>[]; total: number }[]
}) {
  const { t } = useTranslation()
  const rooms = [...Map.groupBy(items, each => each.room)]
  return (
    <>
      {rooms.map(([room, tables]) => (
        <section key={room} aria-label={t(`privacy:room.${room}`, { defaultValue: room })}>
          <h2>{t(`privacy:room.${room}`, { defaultValue: room })}</h2>
          {tables.map(({ table, rows, total }) => (
            <details key={table} className="folded">
              <summary>
                {table.slice(table.indexOf('.') + 1).replaceAll('_', ' ')}{' '}
                <span className="muted">{t('privacy:rows', { count: total })}</span>
              </summary>
              <div className="held-rows">
                {rows.map(row => (
                  <dl key={JSON.stringify(row)}>
                    {Object.entries(row)
                      .filter(([, value]) => value !== null && value !== '')
                      .map(([column, value]) => (
                        <div key={column}>
                          <dt>{column.replaceAll('_', ' ')}</dt>
                          <dd>{String(value)}</dd>
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
