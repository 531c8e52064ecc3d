import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Upload } from 'lucide-react'
import { type DragEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem, useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState } from '../../../web/kit/index.ts'
import { sentenceOf } from '../../../web/notices.tsx'
import { useSession } from '../../../web/session.tsx'
import { useDemo } from '../../../web/shell/demo.ts'
import { sizeOf, upload } from '../../../web/upload.ts'
import { type ImportDetail, type ImportSummary, listImports, readImport, uploadImport } from './contract.ts'
import { Folders } from './screen-folders.tsx'
import { SavedMappings } from './screen-saved.tsx'

/** First step of an import, and all imports so far. */
export function ImportList() {
  const { t } = useTranslation()
  const asked = useAsk(listImports, {})
  const session = useSession()
  const demo = useDemo()
  return (
    <>
      {session.worlds.current === 'demo' ? (
        <p className="note" role="note">
          {t('imports.in-demo')}{' '}
          <button type="button" className="link" onClick={demo.leave}>
            {t('demo.leave')}
          </button>
        </p>
      ) : null}
      <DropField />
      <Folders />
      <h2>{t('imports.before')}</h2>
      <Answer of={asked}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={t('imports.none')}>{t('imports.none-text')}</EmptyState>
          ) : (
            <Table items={items} />
          )
        }
      </Answer>
      <SavedMappings />
    </>
  )
}

function DropField() {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const client = useQueryClient()
  const field = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [sent, setSent] = useState<{ name: string; done: number; total: number }>()
  const [refusal, setRefusal] = useState<string>()
  const take = async (file: File | undefined) => {
    if (!file || sent) return
    setRefusal(undefined)
    setSent({ name: file.name, done: 0, total: file.size })
    try {
      const detail = (await upload(uploadImport.path, file, done =>
        setSent({ name: file.name, done, total: file.size }),
      )) as ImportDetail
      client.setQueryData([readImport.id, { params: { importId: detail.importId } }], detail)
      await navigate({ to: '/data/imports/$importId', params: { importId: detail.importId } })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      setRefusal(sentenceOf(error))
      setSent(undefined)
    }
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void take(event.dataTransfer.files[0])
  }
  return (
    <section
      className="drop"
      data-over={over || undefined}
      aria-label={t('imports.drop')}
      onDragOver={event => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Upload size={22} aria-hidden />
      {sent ? (
        <div role="status">
          <b>{sent.name}</b>
          <p className="muted small">
            {sent.done < sent.total
              ? t('imports.sending', { done: sizeOf(sent.done, format), total: sizeOf(sent.total, format) })
              : t('imports.looking')}
          </p>
          <div className="meter">
            <span style={{ width: `${(sent.done / Math.max(sent.total, 1)) * 100}%` }} />
          </div>
        </div>
      ) : (
        <div>
          <p>
            {t('imports.drop-here')}{' '}
            <button type="button" className="link strong" onClick={() => field.current?.click()}>
              {t('imports.choose')}
            </button>
          </p>
          <p className="muted small">{t('imports.kinds')}</p>
        </div>
      )}
      {refusal ? (
        <p role="alert" className="bad">
          {refusal}
        </p>
      ) : null}
      <input
        ref={field}
        type="file"
        className="visually-hidden"
        tabIndex={-1}
        aria-label={t('imports.choose')}
        accept=".csv,.tsv,.txt,.xlsx,.parquet,.jsonl,.ndjson,.gz,text/csv,application/gzip"
        onChange={event => {
          const file = event.currentTarget.files?.[0]
          void take(file)
          event.currentTarget.value = ''
        }}
      />
    </section>
  )
}

function Table({ items }: { items: readonly ImportSummary[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className="table-holder">
      <table className="table table-stacked">
        <thead>
          <tr>
            <th scope="col">{t('imports.file')}</th>
            <th scope="col">{t('imports.state')}</th>
            <th scope="col" className="right">
              {t('imports.rows')}
            </th>
            <th scope="col" className="right">
              {t('imports.orders')}
            </th>
            <th scope="col" className="right">
              {t('imports.rejected')}
            </th>
            <th scope="col">{t('imports.when')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map(item => (
            <tr key={item.importId}>
              <th scope="row">
                <Link to="/data/imports/$importId" params={{ importId: item.importId }}>
                  {item.name}
                </Link>
              </th>
              <td data-label={t('imports.state')}>
                <span className="state" data-state={item.state}>
                  {t(`imports.state-${item.state}`)}
                </span>
              </td>
              <td className="right" data-label={t('imports.rows')}>
                {item.totals ? format.number(item.totals.rows) : '—'}
              </td>
              <td className="right" data-label={t('imports.orders')}>
                {item.totals ? format.number(item.totals.newOrders + item.totals.changedOrders) : '—'}
              </td>
              <td className="right" data-label={t('imports.rejected')}>
                {item.totals ? format.number(item.totals.rejectedRows) : '—'}
              </td>
              <td data-label={t('imports.when')}>{format.instant(item.createdAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
