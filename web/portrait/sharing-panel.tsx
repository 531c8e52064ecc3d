import { Button, NumberInput, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { memberPoints } from '#financial/points/contract.ts'
import {
  changeHousehold,
  type Gift,
  giveForParty,
  type Household,
  partyGifts,
  partyHousehold,
} from '#financial/sharing/contract.ts'
import { findParties } from '#kernel/parties/contract.ts'
import { call, useAsk, useDo } from '../api.ts'
import { useFormat } from '../format.ts'
import { showNotice, showProblem } from '../notices.tsx'
import { useMay } from '../session.tsx'
import { FoldedPanel } from './folded-panel.tsx'

const shownGifts = 5

/** The household of a customer with its pool, and what was given and received; staff act for who stands before them. */
export function SharingPanel({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const mayRead = useMay('points.read')
  const mayAct = useMay('points.adjust')
  const gifts = useAsk(partyGifts, { params: { partyId } }, { enabled: mayRead })
  const asked = useAsk(partyHousehold, { params: { partyId } }, { enabled: mayRead })
  if (!gifts.data || !asked.data) return null
  const { household } = asked.data
  const giftable = gifts.data.giftable.find(each => each.asset === 'points')?.available ?? 0
  const mayShare = mayAct && (giftable > 0 || household !== null)
  if (!household && gifts.data.items.length === 0 && !mayShare) return null
  return (
    <FoldedPanel title={t('sharing:name')} note={household?.name}>
      {household ? <Pool household={household} /> : null}
      {gifts.data.items.length > 0 ? <Gifts items={gifts.data.items.slice(0, shownGifts)} /> : null}
      {mayShare ? (
        <details className="folded">
          <summary>{t('sharing:panel.act')}</summary>
          {giftable > 0 ? <Give partyId={partyId} most={giftable} /> : null}
          <Home partyId={partyId} household={household} most={giftable} />
        </details>
      ) : null}
    </FoldedPanel>
  )
}

function Pool({ household }: { household: Household }) {
  const { t } = useTranslation()
  const format = useFormat()
  const points = household.pool.find(each => each.asset === 'points')?.available ?? 0
  return (
    <>
      <p>
        <b>{household.name}</b>{' '}
        <span className="muted">{t('sharing:panel.pool', { count: points, number: format.number(points) })}</span>
      </p>
      <ul className="facts">
        {household.members.map(member => (
          <li key={member.partyId}>
            <span>
              <Link to="/customers/$partyId" params={{ partyId: member.partyId }} className="link">
                {member.name || '–'}
              </Link>{' '}
              <small className="muted">
                {[
                  ...(member.isFounder ? [t('sharing:panel.founder')] : []),
                  ...(member.contributes === 'automatically' ? [t('sharing:panel.automatic')] : []),
                ].join(' · ')}
              </small>
            </span>
            <span>
              {t('sharing:panel.unspent', {
                number: format.number(member.unspent.find(each => each.asset === 'points')?.amount ?? 0),
              })}
            </span>
          </li>
        ))}
      </ul>
    </>
  )
}

function Gifts({ items }: { items: readonly Gift[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const day = (instant: string) => format.nearDay(format.dayOf(instant))
  return (
    <ul className="moves">
      {items.map(gift => (
        <li key={gift.giftId}>
          <b className={gift.direction === 'given' ? 'muted' : 'jade'}>
            {gift.direction === 'given' ? '−' : '+'}
            {format.number(gift.amount)}
          </b>
          <div>
            {t(`sharing:panel.${gift.direction}`, { name: gift.other ?? t('sharing:panel.nobody') })}
            <small className="muted">
              {gift.state === 'waiting' && gift.until
                ? t('sharing:panel.waiting', { day: day(gift.until) })
                : gift.state === 'returned'
                  ? t('sharing:panel.returned')
                  : day(gift.givenAt)}
            </small>
          </div>
        </li>
      ))}
    </ul>
  )
}

const refresh = [partyGifts, partyHousehold, memberPoints]

/** What has an at is no phone; what is short or has letters is a card. */
function identifierOf(text: string): { by: 'identifier'; kind: 'phone' | 'card' | 'email'; value: string } {
  const value = text.trim()
  const kind = value.includes('@') ? 'email' : /^[+\d][\d\s-]{6,}$/.test(value) ? 'phone' : 'card'
  return { by: 'identifier', kind, value }
}

function Give({ partyId, most }: { partyId: string; most: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [amount, setAmount] = useState<number | string>('')
  const [to, setTo] = useState('')
  const [code, setCode] = useState<string | null>(null)
  const give = useDo(giveForParty, { refresh })
  const send = (event: FormEvent) => {
    event.preventDefault()
    const receiver = to.trim() ? identifierOf(to) : ({ by: 'link' } as const)
    give.mutate(
      { params: { partyId }, body: { amount: Number(amount), to: receiver } },
      {
        onSuccess: given => {
          setAmount('')
          setTo('')
          setCode(given.code)
          if (given.receiver) {
            showNotice(t('sharing:panel.gave', { number: format.number(Number(amount)), name: given.receiver }))
          }
        },
      },
    )
  }
  return (
    <form className="form" onSubmit={send}>
      <h3>{t('sharing:panel.give')}</h3>
      <NumberInput label={t('sharing:panel.amount')} required min={1} max={most} value={amount} onChange={setAmount} />
      <TextInput
        label={t('sharing:panel.to')}
        description={t('sharing:panel.to-hint')}
        value={to}
        onChange={event => setTo(event.currentTarget.value)}
      />
      <Button type="submit" size="xs" disabled={!Number(amount)} loading={give.isPending}>
        {t('sharing:panel.give-do')}
      </Button>
      {code ? (
        <p role="status" className="small">
          {t('sharing:panel.code')} <code>{code}</code>
        </p>
      ) : null}
    </form>
  )
}

function Home({ partyId, household, most }: { partyId: string; household: Household | null; most: number }) {
  const { t } = useTranslation()
  const change = useDo(changeHousehold, { refresh })
  const act = (body: Parameters<typeof change.mutate>[0]['body'], done?: () => void) =>
    change.mutate({ params: { partyId }, body }, { onSuccess: () => done?.() })
  const fieldOf = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    return { value: String(new FormData(form).get('value') ?? '').trim(), reset: () => form.reset() }
  }
  const add = async (event: FormEvent<HTMLFormElement>) => {
    const { value, reset } = fieldOf(event)
    try {
      const { items } = await call(findParties, { query: { find: value, limit: 2 } })
      const [one, other] = items.filter(each => each.partyId !== partyId)
      if (!one || other) showNotice(t('sharing:refusal.nobody'))
      else act({ act: 'add', memberId: one.partyId }, reset)
    } catch (problem) {
      showProblem(problem as Parameters<typeof showProblem>[0])
    }
  }
  const contribute = (event: FormEvent<HTMLFormElement>) => {
    const { value, reset } = fieldOf(event)
    act({ act: 'contribute', amount: Number(value) }, reset)
  }
  const foundOne = (event: FormEvent<HTMLFormElement>) => {
    const { value, reset } = fieldOf(event)
    act({ act: 'found', name: value }, reset)
  }
  if (!household)
    return (
      <form className="form" onSubmit={foundOne}>
        <h3>{t('sharing:panel.found')}</h3>
        <TextInput name="value" label={t('sharing:panel.found-name')} required maxLength={80} />
        <Button type="submit" size="xs" loading={change.isPending}>
          {t('sharing:panel.found-do')}
        </Button>
      </form>
    )
  return (
    <>
      {most > 0 ? (
        <form className="form" onSubmit={contribute}>
          <NumberInput name="value" label={t('sharing:panel.contribute')} required min={1} max={most} />
          <Button type="submit" size="xs" loading={change.isPending}>
            {t('sharing:panel.contribute-do')}
          </Button>
        </form>
      ) : null}
      <form className="form" onSubmit={event => void add(event)}>
        <TextInput name="value" label={t('sharing:panel.add')} required maxLength={200} />
        <Button type="submit" size="xs" loading={change.isPending}>
          {t('sharing:panel.add-do')}
        </Button>
      </form>
      <Button
        size="xs"
        variant="subtle"
        onClick={() => act({ act: 'leave' }, () => showNotice(t('sharing:panel.left')))}
        loading={change.isPending}
      >
        {t('sharing:panel.leave')}
      </Button>
    </>
  )
}
