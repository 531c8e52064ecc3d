import { Button, CopyButton, Select, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, Face } from '../../../web/kit/index.ts'
import { useSession } from '../../../web/session.tsx'
import { listMerchants } from '../merchants/contract.ts'
import {
  changeStaff,
  inviteStaff,
  linkStaff,
  listStaff,
  type OneTimeLink,
  resetSecondStep,
  type Staff,
} from './contract.ts'
import { type Role, roles } from './permissions.ts'
import { AccessRules } from './screen-access-rules.tsx'
import { Matrix } from './screen-matrix.tsx'
import { Provider } from './screen-provider.tsx'
import './screen.css'

/** Who works here and what each may see; a colleague comes in by a link that is handed over and works once. */
export function StaffList() {
  const asked = useAsk(listStaff, {})
  const [link, setLink] = useState<{ name: string; link: OneTimeLink }>()
  return (
    <>
      {link ? <HandOver name={link.name} link={link.link} /> : null}
      <Answer of={asked}>
        {({ items }) => (
          <ul className="staff">
            {items.map(person => (
              <Person key={person.id} person={person} handOver={made => setLink({ name: person.name, link: made })} />
            ))}
          </ul>
        )}
      </Answer>
      <div className="form-columns">
        <Invite handOver={(name, made) => setLink({ name, link: made })} />
        <AccessRules />
      </div>
      <Matrix />
      <Provider />
    </>
  )
}

function HandOver({ name, link }: { name: string; link: OneTimeLink }) {
  const { t } = useTranslation()
  const format = useFormat()
  const address = new URL(link.path, location.origin).href
  return (
    <div className="once" role="status">
      <h2>{t('staff.link-for', { name: name || t('top.nameless') })}</h2>
      <p>{t('staff.link-text', { until: format.instant(link.expiresAt) })}</p>
      <div className="snippet">
        <code>{address}</code>
        <CopyButton value={address}>
          {({ copied, copy }) => <Button onClick={copy}>{t(copied ? 'copied' : 'copy')}</Button>}
        </CopyButton>
      </div>
    </div>
  )
}

function Person({ person, handOver }: { person: Staff; handOver: (link: OneTimeLink) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const session = useSession()
  const change = useDo(changeStaff, { refresh: [listStaff] })
  const link = useDo(linkStaff)
  const reset = useDo(resetSecondStep, { refresh: [listStaff] })
  const params = { staffId: person.id }
  const name = person.name || t('top.nameless')
  const gone = person.removedAt !== null
  return (
    <li className="person" data-gone={gone || undefined}>
      <Face name={name} level="indigo" />
      <div>
        <b>{name}</b>
        <p className="muted small">
          {[
            person.email,
            person.merchantId,
            person.hasSecondStep ? t('access:staff.second-step') : null,
            gone
              ? t('staff.removed', { day: format.day(format.dayOf(person.removedAt!)) })
              : person.lastSeenAt
                ? t('staff.seen', { at: format.instant(person.lastSeenAt) })
                : t('staff.never-seen'),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <Select
        aria-label={t('staff.role-of', { name })}
        size="xs"
        allowDeselect={false}
        disabled={gone || person.id === session.staff.id}
        // Who works for one merchant is invited as such: a role alone would not say for which.
        data={roles
          .filter(role => role !== 'merchant-staff' || person.role === role)
          .map(role => ({ value: role, label: t(`access:role.${role}`) }))}
        value={person.role}
        onChange={role => change.mutate({ params, body: { role: role as Role } })}
      />
      <div className="acts">
        {gone ? (
          <Button onClick={() => change.mutate({ params, body: { active: true } })}>{t('staff.readmit')}</Button>
        ) : (
          <>
            <Button loading={link.isPending} onClick={() => link.mutate({ params }, { onSuccess: handOver })}>
              {t('staff.link')}
            </Button>
            {person.hasSecondStep && person.id !== session.staff.id ? (
              <Button variant="subtle" onClick={() => reset.mutate({ params })}>
                {t('access:staff.reset-step')}
              </Button>
            ) : null}
            {person.id === session.staff.id ? null : (
              <Button variant="subtle" onClick={() => change.mutate({ params, body: { active: false } })}>
                {t('staff.remove')}
              </Button>
            )}
          </>
        )}
      </div>
    </li>
  )
}

function Invite({ handOver }: { handOver: (name: string, link: OneTimeLink) => void }) {
  const { t } = useTranslation()
  const [role, setRole] = useState<Role>('front-desk')
  const [merchantId, setMerchantId] = useState<string | null>(null)
  const merchants = useAsk(listMerchants, {})
  const invite = useDo(inviteStaff, { refresh: [listStaff] })
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const fields = new FormData(form)
    const email = String(fields.get('email')).trim()
    invite.mutate(
      {
        body: {
          name: String(fields.get('name')).trim(),
          role,
          ...(email ? { email } : {}),
          ...(role === 'merchant-staff' && merchantId ? { merchantId } : {}),
        },
      },
      {
        onSuccess: made => {
          form.reset()
          handOver(made.staff.name, made.link)
        },
      },
    )
  }
  return (
    <form className="form" onSubmit={send}>
      <h2>{t('staff.invite')}</h2>
      <TextInput name="name" label={t('me.name')} required maxLength={120} autoComplete="off" />
      <TextInput name="email" type="email" label={t('staff.email')} maxLength={254} autoComplete="off" />
      <Select
        label={t('staff.role')}
        description={t(`access:role-hint.${role}`)}
        allowDeselect={false}
        data={roles.map(value => ({ value, label: t(`access:role.${value}`) }))}
        value={role}
        onChange={value => setRole(value as Role)}
      />
      {role === 'merchant-staff' ? (
        <Select
          label={t('access:staff.merchant')}
          required
          data={(merchants.data?.items ?? []).map(each => ({ value: each.merchantId, label: each.name }))}
          value={merchantId}
          onChange={setMerchantId}
        />
      ) : null}
      <Button type="submit" variant="filled" size="sm" loading={invite.isPending}>
        {t('staff.invite-do')}
      </Button>
    </form>
  )
}
