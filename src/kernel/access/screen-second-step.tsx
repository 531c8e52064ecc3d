import { Button, CopyButton, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { renderSVG } from 'uqr'
import { useDo } from '../../../web/api.ts'
import { sentenceOf, showNotice } from '../../../web/notices.tsx'
import { useSession } from '../../../web/session.tsx'
import { beginSecondStep, confirmSecondStep, endSecondStep, readSession } from './contract.ts'

/** My second step: a code of my phone besides what I know. */
export function SecondStep() {
  const { t } = useTranslation()
  const { secondStep, hasPassword } = useSession().staff
  const [begun, setBegun] = useState<{ secret: string; address: string }>()
  const [codes, setCodes] = useState<readonly string[]>()
  const begin = useDo(beginSecondStep)
  const start = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const currentPassword = String(new FormData(event.currentTarget).get('current') ?? '')
    begin.mutate({ body: currentPassword ? { currentPassword } : {} }, { onSuccess: setBegun })
  }
  return (
    <section className="form second-step">
      <h2>{t('access:step.title')}</h2>
      {secondStep === 'missing' ? <p className="note note-bad">{t('access:step.missing')}</p> : null}
      {codes ? (
        <RecoveryCodes codes={codes} />
      ) : begun ? (
        <Confirm begun={begun} confirmed={setCodes} />
      ) : secondStep === 'on' ? (
        <End />
      ) : (
        <form onSubmit={start}>
          <p className="muted small">{t('access:step.what')}</p>
          {hasPassword ? (
            <PasswordInput
              name="current"
              label={t('me.current-password')}
              autoComplete="current-password"
              visibilityToggleButtonProps={{ 'aria-label': t('sign-in.show') }}
            />
          ) : null}
          <Button type="submit" size="sm" loading={begin.isPending}>
            {t('access:step.begin')}
          </Button>
        </form>
      )}
    </section>
  )
}

function Confirm({
  begun,
  confirmed,
}: {
  begun: { secret: string; address: string }
  confirmed: (codes: readonly string[]) => void
}) {
  const { t } = useTranslation()
  const confirm = useDo(confirmSecondStep, { refresh: [readSession], quiet: true })
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const code = String(new FormData(event.currentTarget).get('code'))
    confirm.mutate({ body: { code } }, { onSuccess: ({ recoveryCodes }) => confirmed(recoveryCodes) })
  }
  const picture = `data:image/svg+xml;utf8,${encodeURIComponent(renderSVG(begun.address, { border: 2 }))}`
  return (
    <form onSubmit={send}>
      <p className="small">{t('access:step.scan')}</p>
      <img className="second-step-picture" src={picture} alt={t('access:step.picture')} width={184} height={184} />
      <p className="small muted">
        {t('access:step.by-hand')} <code>{begun.secret.match(/.{4}/g)?.join(' ')}</code>
      </p>
      <TextInput
        name="code"
        label={t('access:step.code')}
        error={confirm.error ? sentenceOf(confirm.error) : undefined}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={40}
        required
      />
      <Button type="submit" variant="filled" size="sm" loading={confirm.isPending}>
        {t('access:step.confirm')}
      </Button>
    </form>
  )
}

function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  const { t } = useTranslation()
  return (
    <div className="once" role="status">
      <h3>{t('access:step.recovery')}</h3>
      <p>{t('access:step.recovery-text')}</p>
      <ol className="recovery-codes">
        {codes.map(code => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <CopyButton value={codes.join('\n')}>
        {({ copied, copy }) => <Button onClick={copy}>{t(copied ? 'copied' : 'copy')}</Button>}
      </CopyButton>
    </div>
  )
}

function End() {
  const { t } = useTranslation()
  const end = useDo(endSecondStep, { refresh: [readSession], quiet: true })
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const code = String(new FormData(event.currentTarget).get('code'))
    end.mutate({ body: { code } }, { onSuccess: () => showNotice(t('saved')) })
  }
  return (
    <form onSubmit={send}>
      <p className="small jade">{t('access:step.on')}</p>
      <TextInput
        name="code"
        label={t('access:step.code')}
        description={t('access:step.end-hint')}
        error={end.error ? sentenceOf(end.error) : undefined}
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={40}
        required
      />
      <Button type="submit" size="sm" loading={end.isPending}>
        {t('access:step.end')}
      </Button>
    </form>
  )
}
