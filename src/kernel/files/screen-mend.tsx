import { Button } from '@mantine/core'
import type { TFunction } from 'i18next'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addressOf, headers, useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer } from '../../../web/kit/index.ts'
import { downloadErrorFile, type ImportDetail, listRejectedRows, mendImport, readImport } from './contract.ts'

const rowsShown = 50

/** Rejected rows as they stand in the file, to be corrected on the spot; the faulty cell is marked. */
export function Mend({ detail, reasonOf }: { detail: ImportDetail; reasonOf: ReasonOf }) {
  const { t } = useTranslation()
  const format = useFormat()
  const params = { importId: detail.importId }
  const asked = useAsk(listRejectedRows, { params, query: { limit: rowsShown } })
  const mend = useDo(mendImport, { refresh: [readImport, listRejectedRows] })
  const [changed, setChanged] = useState<ReadonlyMap<number, readonly string[]>>(new Map())
  const shown = detail.columns.filter(({ target }) => target !== null)
  return (
    <Answer of={asked}>
      {({ items, total }) => (
        <>
          <p className="muted reading-width">{t('files:mend.how')}</p>
          <div className="table-holder mend">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col" className="right">
                    {t('problems.row')}
                  </th>
                  <th scope="col">{t('problems.reason')}</th>
                  {shown.map(column => (
                    <th key={column.column} scope="col">
                      {column.name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {items.map(item => {
                  const cells = changed.get(item.row) ?? item.cells
                  return (
                    <tr key={item.row} data-changed={changed.has(item.row) || undefined}>
                      <td className="right">{format.number(item.row)}</td>
                      <td>{reasonOf(item.code, item.details, t)}</td>
                      {shown.map(({ column, name }) => (
                        <td key={column} data-wrong={item.column === column || undefined}>
                          {cells ? (
                            <input
                              aria-label={t('files:mend.cell', { name, row: item.row })}
                              value={cells[column] ?? ''}
                              onChange={event => {
                                const next = detail.columns.map(({ column: at }) => cells[at] ?? '')
                                next[column] = event.currentTarget.value
                                setChanged(new Map(changed).set(item.row, next))
                              }}
                            />
                          ) : item.column === column ? (
                            <code>{item.value}</code>
                          ) : null}
                        </td>
                      ))}
                    </tr>
                  )
                })}
              </tbody>
            </table>
          </div>
          <p className="more">
            {items.length < total ? (
              <span className="muted small">
                {t('problems.shown', { shown: format.number(items.length), total: format.number(total) })}
              </span>
            ) : null}
            <Button leftSection={<Download size={14} />} onClick={() => void save(detail)}>
              {t('files:mend.download')}
            </Button>
            <Button
              variant="filled"
              disabled={changed.size === 0}
              loading={mend.isPending}
              onClick={() =>
                mend.mutate(
                  { params, body: { rows: [...changed].map(([row, cells]) => ({ row, cells: [...cells] })) } },
                  { onSuccess: () => setChanged(new Map()) },
                )
              }
            >
              {t(detail.state === 'done' ? 'files:mend.take' : 'files:mend.check', { count: changed.size })}
            </Button>
          </p>
        </>
      )}
    </Answer>
  )
}

export type ReasonOf = (code: string, details: Record<string, unknown>, t: TFunction) => string

/** Asked for as the screens ask, so that the reasons stand in the reader's language. */
async function save(detail: ImportDetail): Promise<void> {
  const answer = await fetch(addressOf(downloadErrorFile, { params: { importId: detail.importId } }), {
    headers: headers(),
    credentials: 'same-origin',
  })
  if (!answer.ok) return
  const address = URL.createObjectURL(await answer.blob())
  const link = document.createElement('a')
  link.href = address
  link.download = `${detail.name}.rejected.csv`
  link.click()
  URL.revokeObjectURL(address)
}
