import { Button, CopyButton, MultiSelect, Radio, Select, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState } from '../../../web/kit/index.ts'
import { listMerchants } from '../merchants/contract.ts'
import { createKey, type KeyKind, keyKind, listKeys, replaceKey, revokeKey } from './contract.ts'
import { type Permission, permissions } from './permissions.ts'

/** Keys with which tills and shops send events. A secret is shown once and kept nowhere. */
export function Keys() {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useAsk(listKeys, {})
  const revoke = useDo(revokeKey, { refresh: [listKeys] })
  const replace = useDo(replaceKey, { refresh: [listKeys] })
  const [secret, setSecret] = useState<string>()
  return (
    <>
      {secret ? (
        <div className="once" role="status">
          <h2>{t('keys-page.once')}</h2>
          <p>{t('keys-page.once-text')}</p>
          <div className="snippet">
            <code>{secret}</code>
            <CopyButton value={secret}>
              {({ copied, copy }) => <Button onClick={copy}>{t(copied ? 'copied' : 'copy')}</Button>}
            </CopyButton>
          </div>
        </div>
      ) : null}
      <Answer of={asked}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={t('keys-page.none')}>{t('keys-page.none-text')}</EmptyState>
          ) : (
            <div className="table-holder">
              <table className="table table-stacked">
                <thead>
                  <tr>
                    <th scope="col">{t('keys-page.name')}</th>
                    <th scope="col">{t('keys-page.prefix')}</th>
                    <th scope="col">{t('keys-page.may')}</th>
                    <th scope="col">{t('keys-page.used')}</th>
                    <th scope="col">{t('access:keys.ends')}</th>
                    <td />
                  </tr>
                </thead>
                <tbody>
                  {items.map(key => (
                    <tr key={key.keyId} className={key.revokedAt ? 'gone' : undefined}>
                      <th scope="row">
                        {key.name}
                        {key.merchantId ? <span className="muted small"> · {key.merchantId}</span> : null}
                      </th>
                      <td data-label={t('keys-page.prefix')}>
                        <code>{key.prefix}…</code>
                      </td>
                      <td className="wrap small" data-label={t('keys-page.may')}>
                        {key.kind === 'browser'
                          ? t('access:keys.may-browser')
                          : key.permissions.map(name => t(`access:permission.${name}`)).join(' · ')}
                      </td>
                      <td data-label={t('keys-page.used')}>
                        {key.lastUsedAt ? format.instant(key.lastUsedAt) : t('keys-page.never')}
                      </td>
                      <td data-label={t('access:keys.ends')}>
                        {key.expiresAt ? format.instant(key.expiresAt) : t('access:keys.open-ended')}
                      </td>
                      <td className="right table-acts">
                        {key.revokedAt ? (
                          t('keys-page.revoked')
                        ) : (
                          <>
                            <Button
                              variant="subtle"
                              onClick={() =>
                                replace.mutate(
                                  { params: { keyId: key.keyId }, body: { overlapDays: 7 } },
                                  { onSuccess: made => setSecret(made.secret) },
                                )
                              }
                              aria-label={t('access:keys.replace-of', { name: key.name })}
                            >
                              {t('access:keys.replace')}
                            </Button>
                            <Button
                              variant="subtle"
                              onClick={() => revoke.mutate({ params: { keyId: key.keyId } })}
                              aria-label={t('keys-page.revoke-of', { name: key.name })}
                            >
                              {t('keys-page.revoke')}
                            </Button>
                          </>
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Answer>
      <Make show={setSecret} />
    </>
  )
}

function Make({ show }: { show: (secret: string) => void }) {
  const { t } = useTranslation()
  const [kind, setKind] = useState<KeyKind>('server')
  const [may, setMay] = useState<Permission[]>(['events.write'])
  const [merchantId, setMerchantId] = useState<string | null>(null)
  const [life, setLife] = useState('365')
  const merchants = useAsk(listMerchants, {})
  const create = useDo(createKey, { refresh: [listKeys] })
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    create.mutate(
      {
        body: {
          name: String(new FormData(form).get('name')).trim(),
          kind,
          permissions: kind === 'browser' ? [] : may,
          merchantId,
          ...(life ? { expiresInDays: Number(life) } : {}),
        },
      },
      {
        onSuccess: made => {
          form.reset()
          show(made.secret)
        },
      },
    )
  }
  return (
    <form className="form" onSubmit={send}>
      <h2>{t('keys-page.make')}</h2>
      <TextInput
        name="name"
        label={t('keys-page.name')}
        placeholder={t('keys-page.name-example')}
        required
        maxLength={120}
      />
      <Radio.Group label={t('access:keys.for')} value={kind} onChange={value => setKind(value as KeyKind)}>
        <div className="choices">
          {keyKind.options.map(each => (
            <Radio
              key={each}
              value={each}
              label={t(`access:keys.for-${each}`)}
              description={t(`access:keys.for-${each}-hint`)}
            />
          ))}
        </div>
      </Radio.Group>
      {kind === 'server' ? (
        <MultiSelect
          label={t('keys-page.may')}
          data={permissions.map(name => ({ value: name, label: t(`access:permission.${name}`) }))}
          value={may}
          onChange={value => setMay(value as Permission[])}
        />
      ) : null}
      <Select
        label={t('access:keys.life')}
        allowDeselect={false}
        data={['30', '90', '365', ''].map(days => ({
          value: days,
          label: days ? t('access:keys.days', { number: days }) : t('access:keys.open-ended'),
        }))}
        value={life}
        onChange={value => setLife(value ?? '')}
      />
      {merchants.data?.items.length ? (
        <Select
          label={t('access:keys.merchant')}
          description={t('access:keys.merchant-hint')}
          placeholder={t('access:keys.any-merchant')}
          clearable
          data={merchants.data.items.map(each => ({ value: each.merchantId, label: each.name }))}
          value={merchantId}
          onChange={setMerchantId}
        />
      ) : null}
      <Button
        type="submit"
        variant="filled"
        size="sm"
        loading={create.isPending}
        disabled={kind === 'server' && may.length === 0}
      >
        {t('keys-page.make-do')}
      </Button>
    </form>
  )
}
