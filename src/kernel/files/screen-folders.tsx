import { Button, Select, Switch, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer } from '../../../web/kit/index.ts'
import { useMay } from '../../../web/session.tsx'
import {
  addFolder,
  changeFolder,
  type FolderSettings,
  type FolderTiming,
  listFolders,
  listSavedMappings,
  lookIntoFolder,
  removeFolder,
  type WatchedFolder,
} from './contract.ts'

const timings = ['5', '15', '60', '02:00', '06:00'] as const

/** Folders on the server from which files are imported by themselves, with what was found in them. */
export function Folders() {
  const { t } = useTranslation()
  const asked = useAsk(listFolders, {})
  const mayChange = useMay('settings.manage')
  const [isAdding, setAdding] = useState(false)
  return (
    <section className="folders">
      <h2>{t('files:folders.title')}</h2>
      <Answer of={asked}>
        {({ items, roots, failed }) => (
          <>
            {failed > 0 ? (
              <p className="note note-bad reading-width" role="alert">
                {t('files:folders.failed-lately', { count: failed })}
              </p>
            ) : null}
            {items.length === 0 && !isAdding ? <p className="muted reading-width">{t('files:folders.none')}</p> : null}
            {items.map(folder => (
              <Folder key={folder.folderId} folder={folder} mayChange={mayChange} />
            ))}
            {mayChange ? (
              isAdding ? (
                <FolderForm roots={roots} close={() => setAdding(false)} />
              ) : (
                <Button onClick={() => setAdding(true)}>{t('files:folders.add')}</Button>
              )
            ) : null}
          </>
        )}
      </Answer>
    </section>
  )
}

function Folder({ folder, mayChange }: { folder: WatchedFolder; mayChange: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const params = { folderId: folder.folderId }
  const look = useDo(lookIntoFolder, { refresh: [listFolders] })
  const change = useDo(changeFolder, { refresh: [listFolders] })
  const remove = useDo(removeFolder, { refresh: [listFolders] })
  const { path, pattern, mappingId, timing } = folder
  return (
    <article className="watched">
      <header>
        <div>
          <h3>
            <code>{path}</code>
          </h3>
          <p className="muted small">
            {pattern} · {folder.mappingName} · {timingWords(timing, t)}
            {folder.nextAt ? ` · ${t('files:folders.next', { at: format.instant(folder.nextAt) })}` : ''}
          </p>
        </div>
        <span className="acts">
          {mayChange ? (
            <Switch
              label={t('files:folders.is-on')}
              checked={folder.isOn}
              onChange={event =>
                change.mutate({ params, body: { path, pattern, mappingId, timing, isOn: event.currentTarget.checked } })
              }
            />
          ) : null}
          <Button
            size="compact-sm"
            loading={look.isPending}
            disabled={!folder.isOn}
            onClick={() => look.mutate({ params })}
          >
            {t('files:folders.look')}
          </Button>
          {mayChange ? (
            <Button size="compact-sm" variant="subtle" onClick={() => remove.mutate({ params })}>
              {t('files:folders.remove')}
            </Button>
          ) : null}
        </span>
      </header>
      {folder.failure ? (
        <p className="bad" role="alert">
          {sentenceOf(folder.failure, t)}
        </p>
      ) : null}
      {folder.files.length === 0 ? (
        <p className="muted small">{t('files:folders.empty')}</p>
      ) : (
        <div className="table-holder">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t('imports.file')}</th>
                <th scope="col">{t('imports.state')}</th>
                <th scope="col">{t('files:folders.found')}</th>
              </tr>
            </thead>
            <tbody>
              {folder.files.map(file => (
                <tr key={`${file.name} ${file.at}`}>
                  <th scope="row">
                    {file.importId ? (
                      <Link to="/data/imports/$importId" params={{ importId: file.importId }}>
                        {file.name}
                      </Link>
                    ) : (
                      file.name
                    )}
                  </th>
                  <td>
                    <span className="state" data-state={file.state}>
                      {t(`files:folders.file-${file.state}`)}
                    </span>
                    {file.failure ? <p className="bad small">{sentenceOf(file.failure, t)}</p> : null}
                  </td>
                  <td>{format.instant(file.at)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </article>
  )
}

function timingWords(timing: FolderTiming, t: TFunction): string {
  return 'everyMinutes' in timing
    ? t('files:folders.every', { count: timing.everyMinutes })
    : t('files:folders.daily', { time: timing.dailyAt })
}

/** What was left to be said is named as it is asked. */
function sentenceOf({ code, details }: NonNullable<WatchedFolder['failure']>, t: TFunction): string {
  const questions = Array.isArray(details.questions) ? details.questions : []
  const named = questions.map(question => t(`files:question.${question}`)).join(t('files:folders.comma'))
  return t(code, { ...details, ...(questions.length > 0 && { questions: named }), defaultValue: code })
}

const timingOf = (text: string): FolderTiming =>
  text.includes(':') ? { dailyAt: text } : { everyMinutes: Number(text) }

function FolderForm({ roots, close }: { roots: readonly string[]; close: () => void }) {
  const { t } = useTranslation()
  const mappings = useAsk(listSavedMappings, {})
  const add = useDo(addFolder, { refresh: [listFolders] })
  const [path, setPath] = useState('')
  const [pattern, setPattern] = useState('*.csv')
  const [mappingId, setMapping] = useState<string | null>(null)
  const [timing, setTiming] = useState<string>('15')
  const isWhole = path.trim() !== '' && pattern.trim() !== '' && mappingId !== null
  const body = (): FolderSettings => ({
    path: path.trim(),
    pattern: pattern.trim(),
    mappingId: mappingId!,
    timing: timingOf(timing),
    isOn: true,
  })
  return (
    <form
      className="watched"
      onSubmit={event => {
        event.preventDefault()
        if (isWhole) add.mutate({ body: body() }, { onSuccess: close })
      }}
    >
      <div className="form-grid">
        <TextInput
          label={t('files:folders.path')}
          description={t('files:folders.path-hint', { roots: roots.join(', ') })}
          value={path}
          onChange={event => setPath(event.currentTarget.value)}
        />
        <TextInput
          label={t('files:folders.pattern')}
          description={t('files:folders.pattern-hint')}
          value={pattern}
          onChange={event => setPattern(event.currentTarget.value)}
        />
        <Select
          label={t('files:folders.mapping')}
          description={t('files:folders.mapping-hint')}
          data={(mappings.data?.items ?? []).map(({ mappingId: value, name }) => ({ value, label: name }))}
          value={mappingId}
          onChange={setMapping}
        />
        <Select
          label={t('files:folders.when')}
          description={t('files:folders.when-hint')}
          allowDeselect={false}
          data={timings.map(value => ({ value, label: timingWords(timingOf(value), t) }))}
          value={timing}
          onChange={value => value && setTiming(value)}
        />
      </div>
      <div className="acts">
        <Button type="submit" variant="filled" disabled={!isWhole} loading={add.isPending}>
          {t('files:folders.watch')}
        </Button>
        <Button onClick={close}>{t('cancel')}</Button>
      </div>
    </form>
  )
}
