import { Button, PasswordInput, Select, Switch, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { Answer } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { changeProvider, type ProviderSettings, readProvider } from './contract.ts'
import { type Role, roles } from './permissions.ts'

/** Sign-in with the account that staff have elsewhere (OpenID Connect). */
export function Provider() {
  const asked = useAsk(readProvider, {})
  return <Answer of={asked}>{settings => <Form settings={settings} />}</Answer>
}

function Form({ settings }: { settings: ProviderSettings }) {
  const { t } = useTranslation()
  const [isOn, setOn] = useState(settings.isOn)
  const [roleForNew, setRoleForNew] = useState<string | null>(settings.roleForNew)
  const change = useDo(changeProvider, { refresh: [readProvider] })
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    const text = (name: string) => String(fields.get(name) ?? '').trim()
    const clientSecret = text('clientSecret')
    const body = {
      isOn,
      issuer: text('issuer'),
      clientId: text('clientId'),
      name: text('name'),
      domains: text('domains')
        .split(/[\s,]+/)
        .filter(Boolean),
      roleClaim: text('roleClaim'),
      rolesByClaim: rolesIn(text('rolesByClaim')),
      roleForNew: roleForNew as ProviderSettings['roleForNew'],
      ...(clientSecret ? { clientSecret } : {}),
    }
    change.mutate({ body }, { onSuccess: () => showNotice(t('saved')) })
  }
  const field = (name: 'name' | 'issuer' | 'clientId' | 'roleClaim', hint?: string) => (
    <TextInput
      name={name}
      label={t(`access:provider.${name}`)}
      description={hint}
      defaultValue={settings[name]}
      maxLength={300}
      autoComplete="off"
    />
  )
  return (
    <details className="form provider" open={settings.isOn}>
      <summary>{t('access:provider.title')}</summary>
      <form className="form" onSubmit={save}>
        <p className="muted small">{t('access:provider.text', { address: `${location.origin}/sign-in` })}</p>
        <Switch
          label={t('access:provider.is-on')}
          checked={isOn}
          onChange={event => setOn(event.currentTarget.checked)}
        />
        {field('name', t('access:provider.name-hint'))}
        {field('issuer', t('access:provider.issuer-hint'))}
        {field('clientId')}
        <PasswordInput
          name="clientSecret"
          label={t('access:provider.secret')}
          placeholder={settings.hasSecret ? t('access:provider.secret-kept') : ''}
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': t('sign-in.show') }}
        />
        <TextInput
          name="domains"
          label={t('access:provider.domains')}
          description={t('access:provider.domains-hint')}
          defaultValue={settings.domains.join(', ')}
          autoComplete="off"
        />
        {field('roleClaim', t('access:provider.role-claim-hint'))}
        <Textarea
          name="rolesByClaim"
          label={t('access:provider.roles')}
          description={t('access:provider.roles-hint', { roles: roles.slice(1, 7).join(', ') })}
          defaultValue={Object.entries(settings.rolesByClaim)
            .map(([value, role]) => `${value} = ${role}`)
            .join('\n')}
          rows={3}
        />
        <Select
          label={t('access:provider.role-for-new')}
          placeholder={t('access:provider.nobody-new')}
          clearable
          data={roles
            .filter(role => role !== 'owner' && role !== 'merchant-staff')
            .map(role => ({ value: role, label: t(`access:role.${role}`) }))}
          value={roleForNew}
          onChange={setRoleForNew}
        />
        <Button type="submit" size="sm" loading={change.isPending}>
          {t('save')}
        </Button>
      </form>
    </details>
  )
}

/** `reception = front-desk`, one in a line; what names no role is left to the server to refuse. */
function rolesIn(text: string): Record<string, Role> {
  const lines = text.split('\n').map(line => line.split('=').map(part => part.trim()))
  return Object.fromEntries(lines.filter(([value, role]) => value && role)) as Record<string, Role>
}
