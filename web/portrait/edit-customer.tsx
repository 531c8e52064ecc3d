import { ActionIcon, Button, Checkbox, MultiSelect, SegmentedControl, Select, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Pencil } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listCustomers } from '#insight/rhythm/contract.ts'
import { readBonds } from '#kernel/bonds/contract.ts'
import { changeParty, type Party, partyRoles, readBirthday, readParty, titles } from '#kernel/parties/contract.ts'
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

const emptied = (text: string) => text.trim() || null

/** What of a profile a person may put right; a name whose parts they set themselves keeps them. */
function Edit({ party, close }: { party: Party; close: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const before = party.birthday ? readBirthday(party.birthday) : undefined
  const [name, setName] = useState(party.name)
  const [familyName, setFamilyName] = useState(party.familyName ?? '')
  const [givenName, setGivenName] = useState(party.givenName ?? '')
  const [say, setSay] = useState(party.say ?? '')
  const [title, setTitle] = useState(party.title)
  const [preferredName, setPreferredName] = useState(party.preferredName ?? '')
  const [roles, setRoles] = useState(party.roles)
  const [birthday, setBirthday] = useState(birthdayText(party.birthday))
  const [calendar, setCalendar] = useState(before?.calendar ?? 'gregorian')
  const [isLeapMonth, setLeapMonth] = useState(before?.isLeapMonth ?? false)
  const change = useDo(changeParty, { refresh: [readParty, listCustomers, readBonds] })
  const params = { partyId: party.partyId }
  const born = birthday.trim() === '' ? null : birthdayFrom(birthday, calendar, isLeapMonth)

  const takeBack = async () => {
    const { name, familyName, givenName, say, title, preferredName, roles, birthday } = party
    try {
      await call(changeParty, {
        params,
        body: { name, familyName, givenName, say, title, preferredName, roles, birthday },
      })
    } catch (error) {
      if (error instanceof Problem) showProblem(error)
    }
    await client.invalidateQueries({ queryKey: [readParty.id] })
  }
  const save = (event: FormEvent) => {
    event.preventDefault()
    if (!name.trim() || born === undefined || roles.length === 0) return
    const isNewName = name.trim() !== party.name
    const said = {
      familyName: emptied(familyName),
      givenName: emptied(givenName),
      say: emptied(say),
    }
    // A new name is split and said anew, unless its parts were written beside it.
    const parts = Object.fromEntries(
      Object.entries(said).filter(([part, value]) => !isNewName || value !== party[part as keyof typeof said]),
    )
    const body = {
      ...(isNewName ? { name: name.trim() } : {}),
      ...parts,
      title,
      preferredName: emptied(preferredName),
      roles,
      birthday: born,
    }
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
      {party.kind === 'person' ? (
        <>
          <Select
            label={t('portrait.title-of')}
            placeholder={t('portrait.title-none')}
            clearable
            data={titles.map(each => ({ value: each, label: t(`title.${each}`) }))}
            value={title}
            onChange={value => setTitle(value as typeof title)}
          />
          <TextInput
            label={t('portrait.preferred-name')}
            value={preferredName}
            onChange={event => setPreferredName(event.currentTarget.value)}
            maxLength={100}
          />
        </>
      ) : null}
      <TextInput
        label={t('portrait.birthday')}
        description={t('portrait.birthday-hint')}
        value={birthday}
        onChange={event => setBirthday(event.currentTarget.value)}
        error={born === undefined ? t('portrait.birthday-bad') : null}
      />
      <SegmentedControl
        aria-label={t('birthday.calendar')}
        size="xs"
        data={(['gregorian', 'lunar'] as const).map(each => ({ value: each, label: t(`birthday.${each}`) }))}
        value={calendar}
        onChange={value => setCalendar(value as typeof calendar)}
      />
      {calendar === 'lunar' ? (
        <Checkbox
          label={t('birthday.leap')}
          checked={isLeapMonth}
          onChange={event => setLeapMonth(event.currentTarget.checked)}
        />
      ) : null}
      <MultiSelect
        label={t('portrait.roles')}
        description={t('portrait.roles-hint')}
        data={partyRoles.map(each => ({ value: each, label: t(`party-role.${each}`) }))}
        value={roles}
        onChange={value => setRoles(value as typeof roles)}
        error={roles.length === 0}
      />
      <details className="folded">
        <summary>{t('portrait.parts')}</summary>
        <TextInput
          label={t('portrait.family-name')}
          value={familyName}
          onChange={event => setFamilyName(event.currentTarget.value)}
          maxLength={100}
        />
        <TextInput
          label={t('portrait.given-name')}
          value={givenName}
          onChange={event => setGivenName(event.currentTarget.value)}
          maxLength={100}
        />
        <TextInput
          label={t('portrait.say')}
          description={t('portrait.say-hint')}
          value={say}
          onChange={event => setSay(event.currentTarget.value)}
          maxLength={200}
        />
      </details>
      <div className="acts">
        <Button
          type="submit"
          variant="filled"
          loading={change.isPending}
          disabled={!name.trim() || born === undefined || roles.length === 0}
        >
          {t('save')}
        </Button>
        <Button variant="subtle" onClick={close}>
          {t('cancel')}
        </Button>
      </div>
    </form>
  )
}
