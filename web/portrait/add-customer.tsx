import { Button, Modal, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { countCustomers, listCustomers } from '#insight/rhythm/contract.ts'
import { createParty } from '#kernel/parties/contract.ts'
import { useDo } from '../api.ts'
import { sentenceOf } from '../notices.tsx'
import { useMay } from '../session.tsx'
import { birthdayFrom } from './birthday.ts'

const nobody = { name: '', phone: '', email: '', birthday: '' }

/** Adds one person by hand. Somebody who is on file already is said so, and not added twice. */
export function AddCustomer() {
  const { t } = useTranslation()
  const mayWrite = useMay('customers.write')
  const navigate = useNavigate()
  const [opened, { open, close }] = useDisclosure(false)
  const [given, setGiven] = useState(nobody)
  const create = useDo(createParty, { refresh: [listCustomers, countCustomers], quiet: true })
  if (!mayWrite) return null
  const born = given.birthday.trim() === '' ? null : birthdayFrom(given.birthday)
  const field = (name: keyof typeof nobody) => ({
    label: t(name === 'name' || name === 'birthday' ? `portrait.${name}` : `identifier.${name}`),
    value: given[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      setGiven({ ...given, [name]: event.currentTarget.value }),
  })
  const shut = () => {
    close()
    create.reset()
    setGiven(nobody)
  }
  const save = (event: FormEvent) => {
    event.preventDefault()
    if (!given.name.trim() || born === undefined) return
    const identifiers = (['phone', 'email'] as const).flatMap(kind =>
      given[kind].trim() ? [{ kind, value: given[kind].trim() }] : [],
    )
    create.mutate(
      { body: { name: given.name.trim(), identifiers, ...(born ? { birthday: born } : {}) } },
      {
        onSuccess: ({ partyId }) => {
          shut()
          void navigate({ to: '/customers/$partyId', params: { partyId } })
        },
      },
    )
  }
  return (
    <>
      <Button leftSection={<Plus size={14} />} size="sm" onClick={open}>
        {t('customers.add')}
      </Button>
      <Modal opened={opened} onClose={shut} title={t('customers.add')} closeButtonProps={{ 'aria-label': t('close') }}>
        <form className="form" onSubmit={save}>
          <TextInput {...field('name')} maxLength={200} required data-autofocus />
          <TextInput {...field('phone')} type="tel" maxLength={40} />
          <TextInput {...field('email')} type="email" maxLength={320} />
          <TextInput
            {...field('birthday')}
            description={t('portrait.birthday-hint')}
            error={born === undefined ? t('portrait.birthday-bad') : null}
          />
          {create.error ? (
            <p role="alert" className="bad">
              {sentenceOf(create.error)}
            </p>
          ) : null}
          <div className="acts">
            <Button type="submit" variant="filled" loading={create.isPending} disabled={!given.name.trim()}>
              {t('save')}
            </Button>
            <Button variant="subtle" onClick={shut}>
              {t('cancel')}
            </Button>
          </div>
        </form>
      </Modal>
    </>
  )
}
