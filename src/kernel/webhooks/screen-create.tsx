import { Button, MultiSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDo } from '../../../web/api.ts'
import { createWebhook, listWebhooks } from './contract.ts'
import { Secret } from './screen-secret.tsx'

/** A new endpoint: where to, what for, which events; then its secret, once. */
export function Create({
  kinds,
  allowPrivate,
  done,
}: {
  kinds: readonly string[]
  allowPrivate: boolean
  done: (endpointId?: string) => void
}) {
  const { t } = useTranslation()
  const create = useDo(createWebhook, { refresh: [listWebhooks] })
  const [url, setUrl] = useState('')
  const [description, setDescription] = useState('')
  const [wanted, setWanted] = useState<string[]>(['*'])
  const send = (event: FormEvent) => {
    event.preventDefault()
    create.mutate({ body: { url: url.trim(), description: description.trim(), kinds: wanted } })
  }
  if (create.data) {
    return (
      <>
        <Secret secret={create.data.secret} />
        <Button variant="filled" onClick={() => done(create.data.endpoint.endpointId)}>
          {t('webhooks:go-on')}
        </Button>
      </>
    )
  }
  return (
    <form className="form" onSubmit={send}>
      <h2>{t('webhooks:add')}</h2>
      <TextInput
        label={t('webhooks:url')}
        description={t(allowPrivate ? 'webhooks:url-hint-own' : 'webhooks:url-hint')}
        placeholder="https://example.com/hooks"
        required
        maxLength={2000}
        value={url}
        onChange={event => setUrl(event.currentTarget.value)}
      />
      <TextInput
        label={t('webhooks:description')}
        placeholder={t('webhooks:description-example')}
        maxLength={200}
        value={description}
        onChange={event => setDescription(event.currentTarget.value)}
      />
      <Kinds kinds={kinds} value={wanted} onChange={setWanted} />
      <div className="acts">
        <Button type="submit" variant="filled" size="sm" loading={create.isPending} disabled={wanted.length === 0}>
          {t('webhooks:create')}
        </Button>
        <Button variant="subtle" size="sm" onClick={() => done()}>
          {t('cancel')}
        </Button>
      </div>
    </form>
  )
}

/** Everything, a family, or single kinds; what says more stands first. */
export function Kinds({
  kinds,
  value,
  onChange,
}: {
  kinds: readonly string[]
  value: string[]
  onChange: (value: string[]) => void
}) {
  const { t } = useTranslation()
  const families = [...new Set(kinds.map(kind => kind.split('.')[0]!))].filter(
    family => kinds.filter(kind => kind.startsWith(`${family}.`)).length > 1,
  )
  return (
    <MultiSelect
      label={t('webhooks:kinds')}
      description={t('webhooks:kinds-hint')}
      searchable
      hidePickedOptions
      data={[
        { value: '*', label: t('webhooks:everything') },
        ...families.map(family => ({ value: `${family}.*`, label: `${family}.*` })),
        ...kinds.map(kind => ({
          value: kind,
          label: `${kind} · ${t(`events:kind.${kind}`, { defaultValue: '' })}`.replace(/ · $/, ''),
        })),
      ]}
      value={value}
      onChange={next => onChange(next.at(-1) === '*' ? ['*'] : next.filter(each => each !== '*' || next.length === 1))}
    />
  )
}
