import { Button } from '@mantine/core'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { Check } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, Page, Waiting } from '../../../web/kit/index.ts'
import { sizeOf } from '../../../web/upload.ts'
import {
  checkImport,
  type ImportDetail,
  type ImportState,
  listImports,
  readImport,
  removeImport,
  runImport,
  undoImport,
} from './contract.ts'
import { Mapping } from './screen-mapping.tsx'
import { Problems } from './screen-problems.tsx'
import { DryRun } from './screen-totals.tsx'

const steps = ['file', 'mapping', 'problems', 'dry-run', 'run'] as const
type Step = (typeof steps)[number]

/** The step that a state asks for; earlier ones can be looked at again. */
const stepOf: Record<ImportState, Step> = {
  mapping: 'mapping',
  checking: 'problems',
  checked: 'problems',
  running: 'run',
  done: 'run',
  undoing: 'run',
  undone: 'run',
  failed: 'mapping',
}

/** An import in five visible steps. The work itself is a job: the page may be closed and opened again. */
export function ImportFile() {
  const { t } = useTranslation()
  const { importId } = useParams({ from: '/shell/data/imports/$importId' })
  const asked = useAsk(
    readImport,
    { params: { importId } },
    { refetchInterval: detail => (detail && busy(detail.state) ? 700 : false) },
  )
  return (
    <Page
      name={t('imports.import')}
      title={asked.data ? t('imports.title', { name: asked.data.name }) : t('imports.import')}
      subtitle={
        <Link to="/data" className="link">
          {t('imports.all')}
        </Link>
      }
    >
      <Answer of={asked}>{detail => <Wizard key={detail.importId} detail={detail} />}</Answer>
    </Page>
  )
}

const busy = (state: ImportState) => state === 'checking' || state === 'running' || state === 'undoing'

function Wizard({ detail }: { detail: ImportDetail }) {
  const { t } = useTranslation()
  const due = stepOf[detail.state]
  const [chosen, setChosen] = useState<{ step: Step; state: ImportState }>()
  /** A chosen step holds until the import itself moves on. */
  const step = chosen && chosen.state === detail.state ? chosen.step : due
  const reached = steps.indexOf(due === 'problems' && detail.state === 'checked' ? 'dry-run' : due)
  const go = (next: Step) => setChosen({ step: next, state: detail.state })
  return (
    <>
      <ol className="steps" aria-label={t('imports.steps')}>
        {steps.map((name, index) => (
          <li key={name} data-done={index < steps.indexOf(step) || undefined}>
            <button
              type="button"
              disabled={index > reached}
              aria-current={step === name ? 'step' : undefined}
              onClick={() => go(name)}
            >
              <span aria-hidden>{index < steps.indexOf(step) ? <Check size={13} /> : index + 1}</span>
              {t(`imports.step-${name}`)}
            </button>
          </li>
        ))}
      </ol>
      {detail.state === 'failed' && detail.failure ? (
        <p className="note note-bad" role="alert">
          {t(detail.failure.code, { ...detail.failure.details, defaultValue: t('imports.failed') })}
        </p>
      ) : null}
      {step === 'file' ? <FileStep detail={detail} next={() => go('mapping')} /> : null}
      {step === 'mapping' ? <Mapping detail={detail} /> : null}
      {step === 'problems' ? <ProblemsStep detail={detail} next={() => go('dry-run')} /> : null}
      {step === 'dry-run' ? <DryRunStep detail={detail} /> : null}
      {step === 'run' ? <RunStep detail={detail} /> : null}
    </>
  )
}

function FileStep({ detail, next }: { detail: ImportDetail; next: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <section>
      <dl className="plain">
        <div>
          <dt>{t('imports.file')}</dt>
          <dd>{detail.name}</dd>
        </div>
        <div>
          <dt>{t('imports.size')}</dt>
          <dd>
            {sizeOf(detail.bytes, format)} · {detail.format.toUpperCase()}
            {detail.gzip ? ' · gzip' : ''}
          </dd>
        </div>
        <div>
          <dt>{t('imports.when')}</dt>
          <dd>{format.instant(detail.createdAt)}</dd>
        </div>
      </dl>
      <div className="table-holder preview">
        <table className="table">
          <thead>
            <tr>
              {detail.columns.map(column => (
                <th key={column.column} scope="col">
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {detail.preview.slice(0, 8).map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a file have nothing but their order
              <tr key={index}>
                {detail.columns.map(column => (
                  <td key={column.column}>{row[column.column]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="wizard-end">
        <Remove detail={detail} />
        <Button variant="filled" size="sm" onClick={next}>
          {t('imports.to-mapping')}
        </Button>
      </div>
    </section>
  )
}

function Remove({ detail }: { detail: ImportDetail }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const remove = useDo(removeImport, { refresh: [listImports] })
  if (detail.state === 'done' || busy(detail.state)) return <span />
  return (
    <Button
      variant="subtle"
      loading={remove.isPending}
      onClick={() =>
        remove.mutate({ params: { importId: detail.importId } }, { onSuccess: () => void navigate({ to: '/data' }) })
      }
    >
      {t('imports.remove')}
    </Button>
  )
}

function ProblemsStep({ detail, next }: { detail: ImportDetail; next: () => void }) {
  const { t } = useTranslation()
  if (detail.state === 'checking') return <Working detail={detail} />
  return (
    <section>
      <Problems detail={detail} />
      <div className="wizard-end">
        <span />
        <Button variant="filled" size="sm" onClick={next} disabled={!detail.totals}>
          {t('imports.to-dry-run')}
        </Button>
      </div>
    </section>
  )
}

function DryRunStep({ detail }: { detail: ImportDetail }) {
  const { t } = useTranslation()
  const run = useDo(runImport, { refresh: [readImport, listImports] })
  if (!detail.totals) return <Waiting />
  const nothing =
    detail.totals.newOrders + detail.totals.changedOrders + detail.totals.newRefunds + detail.totals.newCustomers === 0
  return (
    <section>
      <DryRun detail={detail} totals={detail.totals} />
      <div className="wizard-end">
        <Remove detail={detail} />
        {detail.state === 'checked' ? (
          <Button
            variant="filled"
            size="sm"
            loading={run.isPending}
            onClick={() => run.mutate({ params: { importId: detail.importId } })}
          >
            {t(nothing ? 'imports.run-nothing' : 'imports.run')}
          </Button>
        ) : null}
      </div>
    </section>
  )
}

function RunStep({ detail }: { detail: ImportDetail }) {
  const { t } = useTranslation()
  const undo = useDo(undoImport, { refresh: [readImport, listImports] })
  const [sure, setSure] = useState(false)
  if (busy(detail.state)) return <Working detail={detail} />
  return (
    <section>
      <p className="statement">{t(`imports.after-${detail.state}`, { defaultValue: t('imports.failed') })}</p>
      {detail.totals && detail.state === 'done' ? <DryRun detail={detail} totals={detail.totals} /> : null}
      <div className="wizard-end">
        {detail.state === 'done' ? (
          sure ? (
            <span className="acts">
              <span>{t('imports.undo-sure')}</span>
              <Button
                color="red"
                variant="filled"
                loading={undo.isPending}
                onClick={() => undo.mutate({ params: { importId: detail.importId } })}
              >
                {t('imports.undo')}
              </Button>
              <Button onClick={() => setSure(false)}>{t('cancel')}</Button>
            </span>
          ) : (
            <Button onClick={() => setSure(true)}>{t('imports.undo')}</Button>
          )
        ) : (
          <CheckAgain detail={detail} />
        )}
        <span className="acts">
          <Link to="/late" className="link">
            {t('imports.see-late')}
          </Link>
          <Link to="/" className="link">
            {t('imports.see-today')}
          </Link>
        </span>
      </div>
    </section>
  )
}

function CheckAgain({ detail }: { detail: ImportDetail }) {
  const { t } = useTranslation()
  const check = useDo(checkImport, { refresh: [readImport] })
  return (
    <Button loading={check.isPending} onClick={() => check.mutate({ params: { importId: detail.importId } })}>
      {t('imports.check-again')}
    </Button>
  )
}

/** How far it is: what is being done, how much of it, how fast, how long still; true numbers or none. */
function Working({ detail }: { detail: ImportDetail }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { progress } = detail
  const share = progress?.total ? Math.min(progress.done / progress.total, 1) : undefined
  const left = progress?.total && progress.rate > 0 ? (progress.total - progress.done) / progress.rate : undefined
  const amount = (value: number) => (progress?.unit === 'bytes' ? sizeOf(value, format) : format.number(value))
  return (
    <section className="working" role="status">
      <h2>{t(`imports.doing-${detail.state}`)}</h2>
      <div className="meter" data-unknown={share === undefined || undefined}>
        <span style={{ width: `${(share ?? 0.3) * 100}%` }} />
      </div>
      {progress ? (
        <p>
          {t(`files:step.${progress.step}`)} · {amount(progress.done)}
          {progress.total ? ` / ${amount(progress.total)}` : ''}{' '}
          {progress.unit === 'bytes' ? '' : t(`unit.${progress.unit}`)}
          {progress.rows > 0 && progress.unit !== 'rows'
            ? ` · ${t('imports.rows-read', { count: progress.rows, rows: format.number(progress.rows) })}`
            : ''}
          {left === undefined ? '' : ` · ${t('imports.left', { count: Math.max(1, Math.round(left)) })}`}
        </p>
      ) : (
        <p>{t('imports.queued')}</p>
      )}
      <p className="muted small">{t('imports.safe')}</p>
    </section>
  )
}
