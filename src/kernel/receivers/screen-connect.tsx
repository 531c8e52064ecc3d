import { Button, Select, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listMerchants } from '#kernel/merchants/contract.ts'
import { useAsk, useDo } from '../../../web/api.ts'
import { createReceiver, listReceivers, type System, systems } from './contract.ts'
import { Copy, Steps } from './screen-parts.tsx'

/** Which system, what it is called, what it signs with; then the address to paste there, and what to press. */
export function ConnectShop({ done }: { done: (receiverId?: string) => void }) {
  const { t } = useTranslation()
  const [system, setSystem] = useState<System>('shopify')
  const [merchantId, setMerchantId] = useState<string | null>(null)
  const merchants = useAsk(listMerchants, {})
  const create = useDo(createReceiver, { refresh: [listReceivers] })
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const secret = String(form.get('secret') ?? '').trim()
    const name = String(form.get('name')).trim()
    create.mutate({ body: { system, name, merchantId, ...(secret && { secret }) } })
  }
  if (create.data) {
    const { receiver, secret } = create.data
    return (
      <>
        <div className="once" role="status">
          <h2>{t('receivers:form.address-ready')}</h2>
          <Copy label={t('receivers:page.address')} text={location.origin + receiver.path} />
          {secret ? (
            <>
              <p>{t('receivers:form.made')}</p>
              <Copy label={t('receivers:page.secret')} text={secret} />
            </>
          ) : null}
        </div>
        <Steps system={receiver.system} />
        <Button variant="filled" size="sm" onClick={() => done(receiver.receiverId)}>
          {t('receivers:form.done')}
        </Button>
      </>
    )
  }
  return (
    <form className="form" onSubmit={send}>
      <h2>{t('receivers:form.title')}</h2>
      <fieldset className="systems">
        <legend>{t('receivers:form.system')}</legend>
        {systems.map(name => (
          <label key={name} data-chosen={name === system || undefined}>
            <input type="radio" name="system" value={name} checked={name === system} onChange={() => setSystem(name)} />
            <span className="shop-mark" data-system={name} aria-hidden>
              {t(`receivers:system.${name}`).slice(0, 1)}
            </span>
            {t(`receivers:system.${name}`)}
          </label>
        ))}
      </fieldset>
      <TextInput
        name="name"
        label={t('receivers:form.name')}
        description={t('receivers:form.name-hint')}
        required
        maxLength={100}
      />
      {merchants.data && merchants.data.items.length > 0 ? (
        <Select
          label={t('receivers:form.merchant')}
          placeholder={t('receivers:form.merchant-none')}
          clearable
          data={merchants.data.items.map(merchant => ({ value: merchant.merchantId, label: merchant.name }))}
          value={merchantId}
          onChange={setMerchantId}
        />
      ) : null}
      {system === 'woocommerce' ? null : (
        <TextInput
          key={system}
          name="secret"
          label={t('receivers:form.secret-theirs')}
          description={t(`receivers:form.secret-${system}`)}
          autoComplete="off"
          minLength={8}
          maxLength={200}
          required={system === 'shopify'}
        />
      )}
      <div className="acts">
        <Button type="submit" variant="filled" size="sm" loading={create.isPending}>
          {t('receivers:form.next')}
        </Button>
        <Button variant="subtle" size="sm" onClick={() => done()}>
          {t('receivers:form.cancel')}
        </Button>
      </div>
    </form>
  )
}
