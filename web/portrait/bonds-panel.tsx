import { ActionIcon, Button, NumberInput, Select, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listColleagues } from '#kernel/access/contract.ts'
import {
  addRelation,
  type Bonds,
  changeCare,
  type RelationKind,
  readBonds,
  relationKinds,
  removeRelation,
} from '#kernel/bonds/contract.ts'
import { findParties } from '#kernel/parties/contract.ts'
import { listTasks } from '#kernel/tasks/contract.ts'
import { call, type Problem, useAsk, useDo } from '../api.ts'
import { useFormat } from '../format.ts'
import { showNotice, showProblem } from '../notices.tsx'
import { useMay } from '../session.tsx'

/** Who answers for a customer, how often they are to hear from us, and who belongs to them. */
export function BondsPanel({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayWrite = useMay('customers.write')
  const asked = useAsk(readBonds, { params: { partyId } })
  if (!asked.data) return null
  const bonds = asked.data
  const hasSome = bonds.ownerId || bonds.everyDays || bonds.relations.length > 0 || bonds.nextBirthdayOn
  if (!hasSome && !mayWrite) return null
  return (
    <section aria-label={t('bonds:panel.title')}>
      <h2>{t('bonds:panel.title')}</h2>
      <ul className="facts">
        <li>
          <span>{t('bonds:panel.owner')}</span>
          <span>{bonds.ownerName ?? <span className="muted">{t('bonds:panel.nobody')}</span>}</span>
        </li>
        {bonds.everyDays && bonds.dueOn ? (
          <li>
            <span>{t('bonds:panel.duty')}</span>
            <span>
              {t('bonds:panel.days', { count: bonds.everyDays })}{' '}
              <small className="muted">{t('bonds:panel.due', { day: format.nearDay(bonds.dueOn) })}</small>
            </span>
          </li>
        ) : null}
        {bonds.relations.map(relation => (
          <Relation key={relation.relationId} partyId={partyId} relation={relation} mayWrite={mayWrite} />
        ))}
      </ul>
      {bonds.nextBirthdayOn ? (
        <p className="muted small">{t('bonds:panel.next-birthday', { day: format.nearDay(bonds.nextBirthdayOn) })}</p>
      ) : null}
      {mayWrite ? (
        <details className="folded">
          <summary>{t('bonds:panel.change')}</summary>
          <Care key={`${bonds.ownerId} ${bonds.everyDays}`} partyId={partyId} bonds={bonds} />
          <Relate partyId={partyId} />
        </details>
      ) : null}
    </section>
  )
}

function Relation({
  partyId,
  relation,
  mayWrite,
}: {
  partyId: string
  relation: Bonds['relations'][number]
  mayWrite: boolean
}) {
  const { t } = useTranslation()
  const remove = useDo(removeRelation, { refresh: [readBonds] })
  const words = t(`bonds:relation.${relation.kind}`)
  const name = relation.name || '–'
  return (
    <li>
      <span>{words}</span>
      <span>
        <Link className="link" to="/customers/$partyId" params={{ partyId: relation.partyId }}>
          {name}
        </Link>{' '}
        {mayWrite ? (
          <ActionIcon
            size={24}
            variant="subtle"
            color="gray"
            aria-label={t('bonds:panel.remove', { relation: words, name })}
            loading={remove.isPending}
            onClick={() => remove.mutate({ params: { partyId, relationId: relation.relationId } })}
          >
            <X size={12} />
          </ActionIcon>
        ) : null}
      </span>
    </li>
  )
}

function Care({ partyId, bonds }: { partyId: string; bonds: Bonds }) {
  const { t } = useTranslation()
  const colleagues = useAsk(listColleagues, {})
  const [ownerId, setOwnerId] = useState(bonds.ownerId)
  const [days, setDays] = useState<number | string>(bonds.everyDays ?? '')
  const change = useDo(changeCare, { refresh: [readBonds, listTasks] })
  const save = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ params: { partyId }, body: { ownerId, everyDays: Number(days) || null } })
  }
  return (
    <form className="form" onSubmit={save}>
      <Select
        label={t('bonds:panel.owner')}
        placeholder={t('bonds:panel.nobody')}
        clearable
        searchable
        data={(colleagues.data?.items ?? []).map(each => ({ value: each.id, label: each.name }))}
        value={ownerId}
        onChange={setOwnerId}
      />
      <NumberInput
        label={t('bonds:panel.every-days')}
        placeholder={t('bonds:panel.duty-none')}
        min={1}
        max={1000}
        value={days}
        onChange={setDays}
      />
      <Button type="submit" size="xs" loading={change.isPending}>
        {t('save')}
      </Button>
    </form>
  )
}

function Relate({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const [kind, setKind] = useState<RelationKind>('household')
  const [who, setWho] = useState('')
  const add = useDo(addRelation, { refresh: [readBonds] })
  const save = async (event: FormEvent) => {
    event.preventDefault()
    try {
      const { items } = await call(findParties, { query: { find: who, limit: 3 } })
      const others = items.filter(each => each.partyId !== partyId)
      const exact = others.filter(each => each.name === who.trim())
      const one = exact.length === 1 ? exact[0] : others.length === 1 ? others[0] : undefined
      if (!one) return showNotice(t('bonds:panel.none-found'))
      add.mutate({ params: { partyId }, body: { kind, otherPartyId: one.partyId } }, { onSuccess: () => setWho('') })
    } catch (problem) {
      showProblem(problem as Problem)
    }
  }
  return (
    <form className="form" onSubmit={event => void save(event)}>
      <h3>{t('bonds:panel.add')}</h3>
      <Select
        label={t('bonds:panel.what')}
        allowDeselect={false}
        data={relationKinds.map(each => ({ value: each, label: t(`bonds:relation.${each}`) }))}
        value={kind}
        onChange={value => setKind((value ?? 'household') as RelationKind)}
      />
      <TextInput
        label={t('bonds:panel.who')}
        description={t('bonds:panel.who-hint')}
        required
        value={who}
        onChange={event => setWho(event.currentTarget.value)}
      />
      <Button type="submit" size="xs" loading={add.isPending} disabled={!who.trim()}>
        {t('bonds:panel.add-do')}
      </Button>
    </form>
  )
}
