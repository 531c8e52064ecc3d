import { Button, NumberInput, SegmentedControl, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDo } from '../../../web/api.ts'
import { currencies } from '../../../web/settings/currencies.ts'
import {
  checkImport,
  dateOrders,
  encodings,
  type FileKind,
  fileKinds,
  type ImportDetail,
  type ImportOptions,
  mapImport,
  type OverwriteRule,
  previewRules,
  type Question,
  type RuledTarget,
  readImport,
  type Target,
  targets,
} from './contract.ts'
import { Rules } from './screen-rules.tsx'
import { Recognised, SaveMapping } from './screen-saved.tsx'

interface Draft {
  readonly kind: FileKind
  readonly columns: readonly { column: number; target: Target | null; rule?: OverwriteRule | undefined }[]
  readonly options: ImportOptions
}

/** Second step: what each column means, with values beside it, and the few questions only a person can answer. */
export function Mapping({ detail }: { detail: ImportDetail }) {
  const { t } = useTranslation()
  const fixed = detail.state === 'done' || detail.state === 'undone'
  const [changed, setChanged] = useState<Draft>()
  const draft: Draft = changed ?? {
    kind: detail.kind,
    columns: detail.columns.map(({ column, target, rule }) => ({ column, target, rule })),
    options: detail.options,
  }
  const map = useDo(mapImport, { refresh: [readImport, previewRules] })
  const check = useDo(checkImport, { refresh: [readImport] })
  const body = (next: Draft) => ({ kind: next.kind, columns: [...next.columns], options: next.options })
  const ask = { params: { importId: detail.importId } }
  /** Each change is told at once, because an answer may change the preview, the guesses and the questions. */
  const tell = (next: Draft) => {
    setChanged(next)
    map.mutate(
      { ...ask, body: body(next) },
      { onSuccess: () => setChanged(undefined), onError: () => setChanged(undefined) },
    )
  }
  const set = (options: Partial<ImportOptions>) => tell({ ...draft, options: { ...draft.options, ...options } })
  const setTarget = (column: number, target: Target | null) =>
    tell({
      ...draft,
      columns: draft.columns.map(entry =>
        entry.column === column
          ? { column, target }
          : entry.target === target && target !== null
            ? { column: entry.column, target: null }
            : entry,
      ),
    })
  const setRule = (target: RuledTarget, rule: OverwriteRule) =>
    tell({ ...draft, columns: draft.columns.map(entry => (entry.target === target ? { ...entry, rule } : entry)) })
  return (
    <section aria-busy={map.isPending}>
      <Recognised detail={detail} />
      {detail.questions.length ? (
        <div className="questions" role="alert">
          <h2>{t('mapping.questions', { count: detail.questions.length })}</h2>
          {detail.questions.map(question => (
            <Asked key={question} question={question} draft={draft} set={set} />
          ))}
        </div>
      ) : (
        <p className="lead muted">{t('mapping.ready')}</p>
      )}
      <div className="mapping-head">
        <SegmentedControl
          aria-label={t('mapping.kind')}
          data={fileKinds.map(kind => ({ value: kind, label: t(`mapping.kind-${kind}`) }))}
          value={draft.kind}
          onChange={kind => tell({ ...draft, kind: kind as FileKind })}
          disabled={fixed}
        />
        <Select
          label={t('mapping.currency')}
          data={currencies}
          searchable
          disabled={fixed}
          allowDeselect={false}
          value={draft.options.currency}
          onChange={currency => currency && set({ currency })}
        />
      </div>
      <div className="table-holder">
        <table className="table mapping">
          <thead>
            <tr>
              <th scope="col">{t('mapping.column')}</th>
              <th scope="col">{t('mapping.values')}</th>
              <th scope="col">{t('mapping.means')}</th>
              <th scope="col">{t('mapping.how')}</th>
            </tr>
          </thead>
          <tbody>
            {detail.columns.map(column => {
              const target = draft.columns.find(entry => entry.column === column.column)?.target ?? null
              return (
                <tr key={column.column}>
                  <th scope="row">{column.name || t('mapping.nameless', { number: column.column + 1 })}</th>
                  <td className="samples">{column.samples.slice(0, 3).join(' · ')}</td>
                  <td>
                    <Select
                      size="xs"
                      aria-label={t('mapping.means-of', { name: column.name })}
                      data={targets.map(name => ({ value: name, label: t(`mapping.target-${name}`) }))}
                      value={target}
                      onChange={value => setTarget(column.column, value as Target | null)}
                      placeholder={t('mapping.ignored')}
                      clearable
                      searchable
                      disabled={fixed}
                      clearButtonProps={{ 'aria-label': t('mapping.clear') }}
                    />
                  </td>
                  <td>
                    {target === null || column.confidence === 'none' ? null : (
                      <span className={column.confidence === 'likely' ? 'inferred' : 'muted small'}>
                        {t(`mapping.confidence-${column.confidence}`)}
                      </span>
                    )}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      <Rules detail={detail} isFixed={fixed} setRule={setRule} />
      <details className="options">
        <summary>{t('mapping.options')}</summary>
        <div className="form-grid">
          <TextInput
            label={t('mapping.source-label')}
            description={t('mapping.source-label-hint')}
            defaultValue={draft.options.sourceLabel}
            maxLength={60}
            onBlur={event => {
              const sourceLabel = event.currentTarget.value.trim()
              if (sourceLabel && sourceLabel !== draft.options.sourceLabel) set({ sourceLabel })
            }}
          />
          <TextInput
            label={t('mapping.refund-prefix')}
            description={t('mapping.refund-prefix-hint')}
            defaultValue={draft.options.refundPrefix ?? ''}
            maxLength={10}
            onBlur={event => {
              const refundPrefix = event.currentTarget.value.trim() || null
              if (refundPrefix !== draft.options.refundPrefix) set({ refundPrefix })
            }}
          />
          {detail.format === 'csv' ? (
            <Select
              label={t('mapping.delimiter')}
              allowDeselect={false}
              data={[
                { value: ',', label: t('mapping.delimiter-comma') },
                { value: ';', label: t('mapping.delimiter-semicolon') },
                { value: '\t', label: t('mapping.delimiter-tab') },
                { value: '|', label: t('mapping.delimiter-bar') },
              ]}
              value={draft.options.delimiter}
              onChange={delimiter => delimiter && set({ delimiter })}
            />
          ) : null}
          {(['encoding', 'dateOrder', 'decimalMark'] as const)
            .filter(name => !detail.questions.includes(name) && draft.options[name] !== null)
            .map(name => (
              <Asked key={name} question={name} draft={draft} set={set} />
            ))}
        </div>
      </details>
      <SaveMapping key={detail.savedMapping?.mappingId} detail={detail} />
      {fixed ? null : (
        <div className="wizard-end">
          <span className="muted small">{t('mapping.nothing-yet')}</span>
          <Button
            variant="filled"
            size="sm"
            disabled={detail.questions.length > 0 || map.isPending}
            loading={check.isPending}
            onClick={() => check.mutate(ask)}
          >
            {t('mapping.check')}
          </Button>
        </div>
      )}
    </section>
  )
}

/** One question with its possible answers; missing columns are answered in the table below. */
function Asked({
  question,
  draft,
  set,
}: {
  question: Question
  draft: Draft
  set: (options: Partial<ImportOptions>) => void
}) {
  const { t } = useTranslation()
  if (question === 'occurredAt' || question === 'amount' || question === 'customer')
    return <p>{t(`mapping.ask-${question}`)}</p>
  if (question === 'twoDigitYearsFrom')
    return (
      <NumberInput
        label={t('mapping.ask-twoDigitYearsFrom')}
        description={t('mapping.ask-twoDigitYearsFrom-hint')}
        min={1900}
        max={2000}
        step={50}
        value={draft.options.twoDigitYearsFrom ?? ''}
        onChange={value => value !== '' && set({ twoDigitYearsFrom: Number(value) })}
      />
    )
  const choices: Record<'encoding' | 'dateOrder' | 'decimalMark', readonly string[]> = {
    encoding: encodings,
    dateOrder: dateOrders,
    decimalMark: ['.', ','],
  }
  return (
    <Select
      label={t(`mapping.ask-${question}`)}
      placeholder={t('mapping.choose')}
      allowDeselect={false}
      data={choices[question].map(value => ({
        value,
        label: t(`mapping.${question}-${value === '.' ? 'point' : value === ',' ? 'comma' : value}`),
      }))}
      value={draft.options[question]}
      onChange={value => value && set({ [question]: value } as Partial<ImportOptions>)}
    />
  )
}
