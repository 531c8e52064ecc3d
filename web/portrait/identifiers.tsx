import { ActionIcon, Button, Menu, Select, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Plus, X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  addIdentifier,
  identifierKinds,
  type Party,
  readParty,
  removalReasons,
  removeIdentifier,
} from '#kernel/parties/contract.ts'
import { Problem, useAsk, useDo } from '../api.ts'
import { useMay } from '../session.tsx'

/** By what somebody is known, each with its way out; a new one that is somebody else's says whose, and leads to merging. */
export function Identifiers({ party }: { party: Party }) {
  const { t } = useTranslation()
  const mayWrite = useMay('customers.write')
  const [adding, setAdding] = useState(false)
  return (
    <div className="identifiers">
      <dl>
        {party.identifiers.map(({ kind, value }) => (
          <div key={kind + value}>
            <dt>
              {kind.startsWith('external:')
                ? t('identifier.external', { system: kind.slice(9) })
                : t(`identifier.${kind}`)}
            </dt>
            <dd>
              {reachable(kind, value)} {mayWrite ? <Remove party={party} kind={kind} value={value} /> : null}
            </dd>
          </div>
        ))}
      </dl>
      {mayWrite && !adding ? (
        <Button size="compact-xs" variant="subtle" leftSection={<Plus size={12} />} onClick={() => setAdding(true)}>
          {t('identifier.add')}
        </Button>
      ) : null}
      {adding ? <Add party={party} close={() => setAdding(false)} /> : null}
    </div>
  )
}

function reachable(kind: string, value: string) {
  if (kind !== 'phone' && kind !== 'email') return value
  return (
    <a className="link" href={`${kind === 'phone' ? 'tel' : 'mailto'}:${value}`}>
      {value}
    </a>
  )
}

function Remove({ party, kind, value }: { party: Party; kind: string; value: string }) {
  const { t } = useTranslation()
  const remove = useDo(removeIdentifier, { refresh: [readParty] })
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          size={24}
          variant="subtle"
          color="gray"
          aria-label={t('identifier.remove', { value })}
          loading={remove.isPending}
        >
          <X size={12} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('identifier.why')}</Menu.Label>
        {removalReasons.map(reason => (
          <Menu.Item
            key={reason}
            onClick={() => remove.mutate({ params: { partyId: party.partyId }, body: { kind, value, reason } })}
          >
            {t(`identifier.reason.${reason}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

function Add({ party, close }: { party: Party; close: () => void }) {
  const { t } = useTranslation()
  const [kind, setKind] = useState<string>('phone')
  const [system, setSystem] = useState('')
  const [value, setValue] = useState('')
  const add = useDo(addIdentifier, { refresh: [readParty], quiet: true })
  const taken = add.error instanceof Problem && add.error.code === 'parties:refusal.identifier-of-other'
  const save = (event: FormEvent) => {
    event.preventDefault()
    const body = { kind: kind === 'external' ? `external:${system.trim().toLowerCase()}` : kind, value }
    add.mutate({ params: { partyId: party.partyId }, body }, { onSuccess: close })
  }
  return (
    <form className="form" onSubmit={save} onKeyDown={event => event.key === 'Escape' && close()}>
      <Select
        label={t('identifier.kind')}
        allowDeselect={false}
        data={[
          ...identifierKinds.map(each => ({ value: each as string, label: t(`identifier.${each}`) })),
          { value: 'external', label: t('identifier.other-system') },
        ]}
        value={kind}
        onChange={next => setKind(next ?? 'phone')}
      />
      {kind === 'external' ? (
        <TextInput
          label={t('identifier.system')}
          placeholder="wechat"
          pattern="[a-zA-Z0-9][a-zA-Z0-9_.\-]{0,39}"
          required
          value={system}
          onChange={event => setSystem(event.currentTarget.value)}
        />
      ) : null}
      <TextInput
        label={t('identifier.value')}
        required
        autoFocus
        maxLength={320}
        value={value}
        onChange={event => setValue(event.currentTarget.value)}
        error={add.error && !taken ? add.error.sentence : null}
      />
      {taken && add.error ? <Whose partyId={String(add.error.details.partyId)} mine={party.partyId} /> : null}
      <div className="acts">
        <Button type="submit" size="xs" loading={add.isPending} disabled={!value.trim()}>
          {t('identifier.add-do')}
        </Button>
        <Button size="xs" variant="subtle" onClick={close}>
          {t('cancel')}
        </Button>
      </div>
    </form>
  )
}

/** Whose it is, so that the desk can look: one person twice is merged, two people keep what is theirs. */
function Whose({ partyId, mine }: { partyId: string; mine: string }) {
  const { t } = useTranslation()
  const mayMerge = useMay('customers.merge')
  const other = useAsk(readParty, { params: { partyId } })
  if (!other.data) return null
  return (
    <p role="alert" className="small">
      {t('identifier.taken')}{' '}
      <Link className="link" to="/customers/$partyId" params={{ partyId }}>
        {other.data.name || '–'}
      </Link>
      {mayMerge ? (
        <>
          {' · '}
          <Link className="link" to="/merges" search={{ kept: mine, other: partyId }}>
            {t('identifier.merge')}
          </Link>
        </>
      ) : null}
    </p>
  )
}
