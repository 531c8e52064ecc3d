import { ActionIcon, Button, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Pencil } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listCustomers } from '#insight/rhythm/contract.ts'
import { changeParty, type Party, readParty } from '#kernel/parties/contract.ts'
import { call, Problem, useDo } from '../api.ts'
import { offerUndo, showProblem } from '../notices.tsx'
import { useMay } from '../session.tsx'
import { birthdayFrom, birthdayText } from './birthday.ts'

/** The name as the page's title, with a pencil that turns name and birthday into fields. */
export function NameAndBirthday({ party }: { party: Party }) {
  const { t } = useTranslation()
  const mayWrite = useMay('customers.write')
  const [editing, setEditing] = useState(false)
  if (editing) return <Edit party={party} close={() => setEditing(false)} />
  return (
    <h1>
      {party.name}{' '}
      {mayWrite ? (
        <ActionIcon variant="subtle" color="gray" aria-label={t('portrait.edit')} onClick={() => setEditing(true)}>
          <Pencil size={14} />
        </ActionIcon>
      ) : null}
    </h1>
  )
}

function Edit({ party, close }: { party: Party; close: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [name, setName] = useState(party.name)
  const [birthday, setBirthday] = useState(birthdayText(party.birthday))
  const change = useDo(changeParty, { refresh: [readParty, listCustomers] })
  const params = { partyId: party.partyId }
  const born = birthday.trim() === '' ? null : birthdayFrom(birthday)

  const takeBack = async () => {
    const { familyName, givenName } = party
    try {
      await call(changeParty, { params, body: { name: party.name, familyName, givenName, birthday: party.birthday } })
    } catch (error) {
      if (error instanceof Problem) showProblem(error)
    }
    await client.invalidateQueries({ queryKey: [readParty.id] })
  }
  const save = (event: FormEvent) => {
    event.preventDefault()
    if (!name.trim() || born === undefined) return
    if (name.trim() === party.name && born === party.birthday) return close()
    // A name that stays as it is keeps the parts that somebody may have put right.
    const body = { ...(name.trim() === party.name ? {} : { name: name.trim() }), birthday: born }
    change.mutate(
      { params, body },
      {
        onSuccess: changed => {
          client.setQueryData([readParty.id, { params }], changed)
          offerUndo(t('portrait.saved', { name: changed.name }), () => void takeBack())
          close()
        },
      },
    )
  }
  return (
    <form className="form" onSubmit={save} onKeyDown={event => event.key === 'Escape' && close()}>
      <h1 className="visually-hidden">{party.name}</h1>
      <TextInput
        label={t('portrait.name')}
        value={name}
        onChange={event => setName(event.currentTarget.value)}
        maxLength={200}
        data-autofocus
        autoFocus
        required
      />
      <TextInput
        label={t('portrait.birthday')}
        description={t('portrait.birthday-hint')}
        value={birthday}
        onChange={event => setBirthday(event.currentTarget.value)}
        error={born === undefined ? t('portrait.birthday-bad') : null}
      />
      <div className="acts">
        <Button type="submit" variant="filled" loading={change.isPending} disabled={!name.trim() || born === undefined}>
          {t('save')}
        </Button>
        <Button variant="subtle" onClick={close}>
          {t('cancel')}
        </Button>
      </div>
    </form>
  )
}
