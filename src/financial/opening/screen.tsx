import { Button, Select } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Upload } from 'lucide-react'
import { type DragEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addressOf, Problem, useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState } from '../../../web/kit/index.ts'
import { sentenceOf } from '../../../web/notices.tsx'
import { upload } from '../../../web/upload.ts'
import { currentWorld } from '../../../web/world.ts'
import {
  checkOpening,
  listOpenings,
  mapOpening,
  type Opening,
  type OpeningField,
  openingFields,
  openingProblems,
  runOpening,
  undoOpening,
  uploadOpening,
} from './contract.ts'
import './screen.css'

/** What customers had in an older system: a file, what its columns mean, what it would do, and the word to do it. */
export function OpeningBalances() {
  const { t } = useTranslation()
  const asked = useAsk(listOpenings, {})
  return (
    <>
      <p className="lead muted">{t('opening:subtitle')}</p>
      <DropField />
      <Answer of={asked}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={t('opening:none')}>{t('opening:none-text')}</EmptyState>
          ) : (
            items.map(item => <One key={item.importId} item={item} />)
          )
        }
      </Answer>
    </>
  )
}

function DropField() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const field = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [sending, setSending] = useState(false)
  const [refusal, setRefusal] = useState<string>()
  const take = async (file: File | undefined) => {
    if (!file || sending) return
    setRefusal(undefined)
    setSending(true)
    try {
      await upload(uploadOpening.path, file, () => {})
      await client.invalidateQueries({ queryKey: [listOpenings.id] })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      setRefusal(sentenceOf(error))
    }
    setSending(false)
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
      aria-label={t('opening:drop')}
      aria-busy={sending}
      onDragOver={event => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Upload size={22} aria-hidden />
      <div>
        <p>
          {t('opening:drop')}{' '}
          <button type="button" className="link strong" onClick={() => field.current?.click()}>
            {t('opening:choose')}
          </button>
        </p>
        <p className="muted small">{t('opening:guide')}</p>
      </div>
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
        aria-label={t('opening:choose')}
        accept=".csv,.tsv,.txt,.xlsx,.gz,text/csv"
        onChange={event => {
          void take(event.currentTarget.files?.[0])
          event.currentTarget.value = ''
        }}
      />
    </section>
  )
}

const isAtWork = ({ state }: Opening) => state === 'checking' || state === 'running' || state === 'undoing'

function One({ item }: { item: Opening }) {
  const { t } = useTranslation()
  const format = useFormat()
  const refresh = { refresh: [listOpenings] }
  const check = useDo(checkOpening, refresh)
  const run = useDo(runOpening, refresh)
  const undo = useDo(undoOpening, refresh)
  const ask = { params: { importId: item.importId } }
  const mayMap = item.state === 'mapped' || item.state === 'checked' || item.state === 'failed'
  return (
    <section className="opening" aria-label={item.name} aria-busy={isAtWork(item)}>
      <h3>
        {item.name} <small className="muted">{t(`opening:state.${item.state}`)}</small>
      </h3>
      <p className="muted small">
        {format.instant(item.createdAt)}
        {isAtWork(item) ? ` · ${t('opening:progress', { done: format.number(item.done) })}` : ''}
      </p>
      {item.failure ? <p className="bad">{t(item.failure)}</p> : null}
      {mayMap && item.state !== 'checked' ? <Columns item={item} /> : null}
      {item.totals ? <Totals item={item} totals={item.totals} /> : null}
      <div className="acts">
        {mayMap ? (
          <Button
            disabled={item.questions.length > 0}
            loading={check.isPending}
            variant={item.state === 'checked' ? 'default' : 'filled'}
            onClick={() => check.mutate(ask)}
          >
            {t('opening:act.check')}
          </Button>
        ) : null}
        {item.state === 'checked' ? (
          <Button variant="filled" loading={run.isPending} onClick={() => run.mutate(ask)}>
            {t('opening:act.run')}
          </Button>
        ) : null}
        {item.state === 'done' ? (
          <Button loading={undo.isPending} onClick={() => undo.mutate(ask)}>
            {t('opening:act.undo')}
          </Button>
        ) : null}
        {item.totals && item.totals.problems > 0 ? (
          <Button
            component="a"
            variant="default"
            href={`${addressOf(openingProblems, ask)}?world=${currentWorld()}`}
            download="problems.csv"
          >
            {t('opening:act.problems')}
          </Button>
        ) : null}
      </div>
    </section>
  )
}

function Totals({ item, totals }: { item: Opening; totals: NonNullable<Opening['totals']> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const amountOf = (asset: string, amount: number) =>
    asset.startsWith('money:') ? format.exactMoney(amount, asset.slice(6)) : format.number(amount)
  const counts = [
    ['rows', totals.rows],
    ['members', totals.members],
    ['unknown', totals.unknownRows],
    ['problems', totals.problems],
    ['expired', totals.expired],
    ...(item.posted > 0 ? ([['posted', item.posted]] as const) : []),
    ...(item.takenBack > 0 ? ([['taken-back', item.takenBack]] as const) : []),
    ...(item.kept > 0 ? ([['kept', item.kept]] as const) : []),
  ] as const
  return (
    <ul className="facts">
      {totals.assets.map(({ asset, amount, lots }) => (
        <li key={asset}>
          <span>{t('opening:total.asset', { asset: assetSaid(t('opening:asset-points'), asset) })}</span>
          <b>
            {t('opening:total.lots', { count: lots, number: format.number(lots), amount: amountOf(asset, amount) })}
          </b>
        </li>
      ))}
      {counts.map(([name, value]) => (
        <li key={name}>
          <span>{t(`opening:total.${name}`)}</span>
          <span>{format.number(value)}</span>
        </li>
      ))}
    </ul>
  )
}

function assetSaid(points: string, asset: string): string {
  return asset === 'points' ? points : asset.replace(/^[a-z]+:/, '')
}

/** What each column means, with a value of it beside; every choice is told at once. */
function Columns({ item }: { item: Opening }) {
  const { t } = useTranslation()
  const map = useDo(mapOpening, { refresh: [listOpenings] })
  const { importId, columns, asset, dateOrder, encoding, questions } = item
  const tell = (more: Partial<Pick<Opening, 'dateOrder' | 'encoding'>> & { columns?: typeof columns }) =>
    map.mutate({
      params: { importId },
      body: {
        asset,
        dateOrder,
        encoding,
        ...more,
        columns: (more.columns ?? columns).map(({ column, field }) => ({ column, field })),
      },
    })
  const setField = (at: number, field: OpeningField | null) =>
    tell({
      columns: columns.map(each =>
        each.column === at ? { ...each, field } : each.field === field ? { ...each, field: null } : each,
      ),
    })
  return (
    <>
      {questions.length > 0 ? (
        <ul className="questions" role="alert">
          {questions.map(question => (
            <li key={question}>{t(`opening:question.${question}`)}</li>
          ))}
        </ul>
      ) : null}
      <div className="opening-ask">
        {columns.some(({ field }) => field === 'earnedOn' || field === 'expiresOn') ? (
          <Select
            label={t('opening:date-order')}
            allowDeselect={false}
            data={(['ymd', 'dmy', 'mdy'] as const).map(value => ({ value, label: t(`opening:order.${value}`) }))}
            value={dateOrder}
            onChange={order => tell({ dateOrder: order as Opening['dateOrder'] })}
          />
        ) : null}
        {questions.includes('encoding') ? (
          <Select
            label={t('opening:encoding')}
            data={['gb18030', 'utf-8', 'utf-16le']}
            value={encoding}
            onChange={chosen => tell({ encoding: chosen as Opening['encoding'] })}
          />
        ) : null}
      </div>
      <div className="table-holder opening-columns">
        <table className="table table-small">
          <thead>
            <tr>
              <th scope="col">{t('opening:column.name')}</th>
              <th scope="col">{t('opening:column.sample')}</th>
              <th scope="col">{t('opening:column.means')}</th>
            </tr>
          </thead>
          <tbody>
            {columns.map(({ column, name, sample, field }) => (
              <tr key={column}>
                <th scope="row">{name || column + 1}</th>
                <td className="muted">{sample}</td>
                <td>
                  <Select
                    aria-label={name || String(column + 1)}
                    clearable
                    placeholder={t('opening:field.none')}
                    data={openingFields.map(value => ({ value, label: t(`opening:field.${value}`) }))}
                    value={field}
                    onChange={chosen => setField(column, chosen as OpeningField | null)}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
