import { Button, Modal, Select, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDo } from '../../../web/api.ts'
import { addReceiverSecret, listReceivers, type Receiver } from './contract.ts'
import { Copy } from './screen-parts.tsx'

/** Two secrets count while both sides change over. */
export function ChangeSecret({ receiver, close }: { receiver: Receiver; close: () => void }) {
  const { t } = useTranslation()
  const [hours, setHours] = useState('24')
  const add = useDo(addReceiverSecret, { refresh: [listReceivers] })
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const secret = String(new FormData(event.currentTarget).get('secret')).trim()
    const body = { oldEndInHours: Number(hours), ...(secret && { secret }) }
    add.mutate(
      { params: { receiverId: receiver.receiverId }, body },
      {
        onSuccess: made => {
          if (made.secret === null) close()
        },
      },
    )
  }
  return (
    <Modal
      opened
      onClose={close}
      title={t('receivers:secret.title', { name: receiver.name })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {add.data?.secret ? (
        <>
          <p>{t('receivers:form.made')}</p>
          <Copy label={t('receivers:page.secret')} text={add.data.secret} />
          <Button variant="filled" onClick={close}>
            {t('receivers:form.done')}
          </Button>
        </>
      ) : (
        <form className="form" onSubmit={send}>
          <p>{t('receivers:secret.text')}</p>
          <TextInput
            name="secret"
            label={t('receivers:secret.theirs')}
            description={t('receivers:secret.make')}
            autoComplete="off"
            minLength={8}
            maxLength={200}
          />
          <Select
            label={t('receivers:secret.old')}
            allowDeselect={false}
            data={['24', '72', '1', '0'].map(value => ({
              value,
              label: value === '0' ? t('receivers:secret.none') : t('receivers:secret.hours', { count: Number(value) }),
            }))}
            value={hours}
            onChange={value => setHours(value ?? '24')}
          />
          <Button type="submit" variant="filled" loading={add.isPending}>
            {t('receivers:secret.save')}
          </Button>
        </form>
      )}
    </Modal>
  )
}
