import { Button, Switch, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { Answer } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { listMerchants, type Merchant, merchantId, saveMerchant } from './contract.ts'

/** The shops, branches and partners under one card; what they are called, and whether they still take part. */
export function Merchants() {
  const { t } = useTranslation()
  const asked = useAsk(listMerchants, {})
  return (
    <Answer of={asked}>
      {({ items }) => (
        <>
          <p className="reading-width lead">{t('merchants:about')}</p>
          {items.length > 0 ? (
            <table className="table table-small">
              <thead>
                <tr>
                  <th scope="col">{t('merchants:name')}</th>
                  <th scope="col">{t('merchants:id')}</th>
                  <th scope="col">{t('merchants:active')}</th>
                </tr>
              </thead>
              <tbody>
                {items.map(each => (
                  <Row key={`${each.merchantId} ${each.name}`} merchant={each} />
                ))}
              </tbody>
            </table>
          ) : null}
          <Add taken={items.map(each => each.merchantId)} />
        </>
      )}
    </Answer>
  )
}

/** A name is changed where it stands, and kept when the field is left. */
function Row({ merchant }: { merchant: Merchant }) {
  const { t } = useTranslation()
  const [name, setName] = useState(merchant.name)
  const save = useDo(saveMerchant, { refresh: [listMerchants] })
  const put = (change: Partial<Merchant>) =>
    save.mutate(
      {
        params: { merchantId: merchant.merchantId },
        body: { name: name.trim(), isActive: merchant.isActive, ...change },
      },
      { onSuccess: () => showNotice(t('saved')) },
    )
  const keep = () => {
    if (name.trim() === '') setName(merchant.name)
    else if (name.trim() !== merchant.name) put({})
  }
  return (
    <tr className={merchant.isActive ? undefined : 'gone'}>
      <td>
        <TextInput
          variant="unstyled"
          styles={{ input: { background: 'none' } }}
          aria-label={t('merchants:name-of', { name: merchant.name })}
          maxLength={120}
          value={name}
          onChange={event => setName(event.currentTarget.value)}
          onBlur={keep}
          onKeyDown={event => {
            if (event.key === 'Enter') event.currentTarget.blur()
            if (event.key === 'Escape') setName(merchant.name)
          }}
        />
      </td>
      <td>
        <code>{merchant.merchantId}</code>
      </td>
      <td>
        <Switch
          aria-label={t('merchants:active-of', { name: merchant.name })}
          checked={merchant.isActive}
          onChange={event => put({ isActive: event.currentTarget.checked })}
        />
      </td>
    </tr>
  )
}

function Add({ taken }: { taken: readonly string[] }) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const [id, setId] = useState('')
  const save = useDo(saveMerchant, { refresh: [listMerchants] })
  const isTaken = taken.includes(id)
  const isSound = name.trim() !== '' && merchantId.safeParse(id).success && !isTaken
  const send = (event: FormEvent) => {
    event.preventDefault()
    save.mutate(
      { params: { merchantId: id }, body: { name: name.trim(), isActive: true } },
      {
        onSuccess: () => {
          setName('')
          setId('')
        },
      },
    )
  }
  return (
    <form className="form" onSubmit={send}>
      <h2>{t('merchants:add')}</h2>
      <TextInput
        label={t('merchants:name')}
        required
        maxLength={120}
        value={name}
        onChange={event => setName(event.currentTarget.value)}
      />
      <TextInput
        label={t('merchants:id')}
        description={t('merchants:id-hint')}
        error={isTaken ? t('merchants:taken') : undefined}
        required
        maxLength={60}
        value={id}
        onChange={event => setId(event.currentTarget.value.toLowerCase())}
      />
      <Button type="submit" variant="filled" size="sm" disabled={!isSound} loading={save.isPending}>
        {t('merchants:add-do')}
      </Button>
    </form>
  )
}
