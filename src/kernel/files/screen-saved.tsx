import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer } from '../../../web/kit/index.ts'
import {
  applySavedMapping,
  changeSavedMapping,
  type ImportDetail,
  listSavedMappings,
  readImport,
  removeSavedMapping,
  type SavedMapping,
  saveMapping,
} from './contract.ts'

/** Offers what was said about a file with the same columns before. */
export function Recognised({ detail }: { detail: ImportDetail }) {
  const { t } = useTranslation()
  const apply = useDo(applySavedMapping, { refresh: [readImport] })
  const saved = detail.savedMapping
  if (!saved || detail.state === 'done' || detail.state === 'undone') return null
  return (
    <p className="note reading-width" role="note">
      {t('files:saved.recognised', { name: saved.name })}{' '}
      <Button
        size="compact-sm"
        loading={apply.isPending}
        onClick={() => apply.mutate({ params: { importId: detail.importId }, body: { mappingId: saved.mappingId } })}
      >
        {t('files:saved.use')}
      </Button>
    </p>
  )
}

/** Keeps what was said about these columns for the next file of the kind. */
export function SaveMapping({ detail }: { detail: ImportDetail }) {
  const { t } = useTranslation()
  const [name, setName] = useState(detail.savedMapping?.name ?? '')
  const save = useDo(saveMapping, { refresh: [readImport, listSavedMappings] })
  if (detail.questions.length > 0) return null
  return (
    <form
      className="save-mapping acts"
      onSubmit={event => {
        event.preventDefault()
        if (name.trim()) save.mutate({ body: { importId: detail.importId, name: name.trim() } })
      }}
    >
      <TextInput
        size="xs"
        label={t('files:saved.save-as')}
        description={t('files:saved.save-hint')}
        value={name}
        maxLength={80}
        onChange={event => setName(event.currentTarget.value)}
      />
      <Button type="submit" disabled={!name.trim()} loading={save.isPending}>
        {t('files:saved.save')}
      </Button>
      {save.isSuccess ? (
        <span className="muted small" role="status">
          {t('files:saved.saved')}
        </span>
      ) : null}
    </form>
  )
}

/** All saved mappings, to be renamed or forgotten; nothing where there are none. */
export function SavedMappings() {
  const { t } = useTranslation()
  const asked = useAsk(listSavedMappings, {})
  return (
    <Answer of={asked}>
      {({ items }) =>
        items.length === 0 ? null : (
          <section>
            <h2>{t('files:saved.title')}</h2>
            <div className="table-holder">
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">{t('files:saved.name')}</th>
                    <th scope="col">{t('files:saved.columns')}</th>
                    <th scope="col">{t('files:saved.changed')}</th>
                    <td />
                  </tr>
                </thead>
                <tbody>
                  {items.map(mapping => (
                    <Row key={mapping.mappingId} mapping={mapping} />
                  ))}
                </tbody>
              </table>
            </div>
          </section>
        )
      }
    </Answer>
  )
}

function Row({ mapping }: { mapping: SavedMapping }) {
  const { t } = useTranslation()
  const format = useFormat()
  const params = { mappingId: mapping.mappingId }
  const rename = useDo(changeSavedMapping, { refresh: [listSavedMappings] })
  const remove = useDo(removeSavedMapping, { refresh: [listSavedMappings] })
  return (
    <tr>
      <th scope="row">
        <TextInput
          size="xs"
          className="saved-name"
          aria-label={t('files:saved.name')}
          defaultValue={mapping.name}
          maxLength={80}
          onBlur={event => {
            const name = event.currentTarget.value.trim()
            if (name && name !== mapping.name) rename.mutate({ params, body: { name } })
          }}
        />
      </th>
      <td className="samples">
        {mapping.columns
          .filter(({ target }) => target !== null)
          .map(({ name, target }) => `${name} = ${t(`mapping.target-${target}`)}`)
          .join(' · ')}
      </td>
      <td>{format.instant(mapping.changedAt)}</td>
      <td className="right">
        <Button
          size="compact-sm"
          variant="subtle"
          aria-label={t('files:saved.forget-it', { name: mapping.name })}
          loading={remove.isPending}
          onClick={() => remove.mutate({ params })}
        >
          {t('files:saved.forget')}
        </Button>
      </td>
    </tr>
  )
}
