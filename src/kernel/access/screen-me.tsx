import { Button, PasswordInput, SegmentedControl, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDo } from '../../../web/api.ts'
import { showNotice } from '../../../web/notices.tsx'
import { useSession } from '../../../web/session.tsx'
import { useLanguage } from '../../../web/shell/top.tsx'
import { type Language, languages } from '../locale/languages.ts'
import { changeMe, readSession } from './contract.ts'
import { Devices } from './screen-devices.tsx'
import { SecondStep } from './screen-second-step.tsx'
import './screen.css'

/** My own account: how I am called, my language, my password. */
export function Me() {
  const { t, i18n } = useTranslation()
  const { staff } = useSession()
  const choose = useLanguage()
  return (
    <div className="form-columns">
      <div>
        <About name={staff.name} email={staff.email ?? ''} />
        <div className="form">
          <h2>{t('me.language')}</h2>
          <SegmentedControl
            aria-label={t('me.language')}
            data={languages.map(language => ({ value: language, label: language === 'en' ? 'English' : '中文' }))}
            value={i18n.language}
            onChange={language => choose(language as Language)}
          />
        </div>
        <Devices />
      </div>
      <div>
        <Password has={staff.hasPassword} />
        <SecondStep />
      </div>
    </div>
  )
}

function About(props: { name: string; email: string }) {
  const { t } = useTranslation()
  const [name, setName] = useState(props.name)
  const [email, setEmail] = useState(props.email)
  const change = useDo(changeMe, { refresh: [readSession] })
  const save = (event: FormEvent) => {
    event.preventDefault()
    change.mutate(
      { body: { ...(name.trim() ? { name: name.trim() } : {}), ...(email.trim() ? { email: email.trim() } : {}) } },
      { onSuccess: () => showNotice(t('saved')) },
    )
  }
  return (
    <form className="form" onSubmit={save}>
      <TextInput
        label={t('me.name')}
        value={name}
        onChange={event => setName(event.currentTarget.value)}
        autoComplete="name"
        maxLength={120}
        required
      />
      <TextInput
        label={t('sign-in.email')}
        description={t('me.email-hint')}
        type="email"
        value={email}
        onChange={event => setEmail(event.currentTarget.value)}
        autoComplete="email"
        maxLength={254}
      />
      <Button type="submit" variant="filled" size="sm" loading={change.isPending}>
        {t('save')}
      </Button>
    </form>
  )
}

function Password({ has }: { has: boolean }) {
  const { t } = useTranslation()
  const change = useDo(changeMe, { refresh: [readSession] })
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const fields = new FormData(form)
    const current = String(fields.get('current') ?? '')
    change.mutate(
      { body: { password: String(fields.get('password')), ...(current ? { currentPassword: current } : {}) } },
      {
        onSuccess: () => {
          form.reset()
          showNotice(t('saved'))
        },
      },
    )
  }
  const toggle = { 'aria-label': t('sign-in.show') }
  return (
    <form className="form" onSubmit={save}>
      <h2>{t(has ? 'me.change-password' : 'me.set-password')}</h2>
      {has ? null : <p className="muted small">{t('me.password-hint')}</p>}
      {has ? (
        <PasswordInput
          name="current"
          label={t('me.current-password')}
          autoComplete="current-password"
          visibilityToggleButtonProps={toggle}
        />
      ) : null}
      <PasswordInput
        name="password"
        label={t('me.new-password')}
        description={t('me.password-rule')}
        autoComplete="new-password"
        minLength={10}
        maxLength={256}
        required
        visibilityToggleButtonProps={toggle}
      />
      <Button type="submit" size="sm" loading={change.isPending}>
        {t(has ? 'me.change-password' : 'me.set-password')}
      </Button>
    </form>
  )
}
