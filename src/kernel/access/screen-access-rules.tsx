import { Button, Checkbox, NumberInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { Answer } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { type AccessSettings, changeAccessSettings, readAccessSettings } from './contract.ts'
import { type Role, roles } from './permissions.ts'

/** How long staff stay signed in, and who needs a second step. */
export function AccessRules() {
  const asked = useAsk(readAccessSettings, {})
  return <Answer of={asked}>{settings => <Rules settings={settings} />}</Answer>
}

function Rules({ settings }: { settings: AccessSettings }) {
  const { t } = useTranslation()
  const [idleHours, setIdleHours] = useState(settings.idleHours)
  const [lifeDays, setLifeDays] = useState(settings.lifeDays)
  const [secondStepFor, setSecondStepFor] = useState<Role[]>(settings.secondStepFor)
  const change = useDo(changeAccessSettings, { refresh: [readAccessSettings] })
  const save = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ body: { idleHours, lifeDays, secondStepFor } }, { onSuccess: () => showNotice(t('saved')) })
  }
  return (
    <form className="form" onSubmit={save}>
      <h2>{t('access:rules.title')}</h2>
      <NumberInput
        label={t('access:rules.idle')}
        min={1}
        max={168}
        value={idleHours}
        onChange={value => setIdleHours(Number(value))}
      />
      <NumberInput
        label={t('access:rules.life')}
        min={1}
        max={30}
        value={lifeDays}
        onChange={value => setLifeDays(Number(value))}
      />
      <Checkbox.Group
        label={t('access:rules.second-step')}
        description={t('access:rules.second-step-hint')}
        value={secondStepFor}
        onChange={value => setSecondStepFor(value as Role[])}
      >
        <div className="second-step-roles">
          {roles.map(role => (
            <Checkbox key={role} value={role} label={t(`access:role.${role}`)} />
          ))}
        </div>
      </Checkbox.Group>
      <Button type="submit" size="sm" loading={change.isPending}>
        {t('save')}
      </Button>
    </form>
  )
}
