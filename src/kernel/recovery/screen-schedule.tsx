import { Button, NumberInput, Select, Switch, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDo } from '../../../web/api.ts'
import { showNotice } from '../../../web/notices.tsx'
import { type BackupSchedule, changeBackupSchedule, listBackups } from './contract.ts'

/** When backups are made, where they lie, and which are kept. */
export function ScheduleForm({
  schedule,
  folder,
  isEncrypting,
}: {
  schedule: BackupSchedule
  folder: string
  isEncrypting: boolean
}) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(schedule)
  const change = useDo(changeBackupSchedule, { refresh: [listBackups] })
  const set = (part: Partial<BackupSchedule>) => setDraft(before => ({ ...before, ...part }))
  const save = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ body: draft }, { onSuccess: () => showNotice(t('saved')) })
  }
  const keep = (name: 'keepDaily' | 'keepWeekly' | 'keepMonthly', most: number) => (
    <NumberInput
      label={t(`recovery:schedule.${name}`)}
      min={name === 'keepDaily' ? 1 : 0}
      max={most}
      allowDecimal={false}
      value={draft[name]}
      onChange={value => set({ [name]: Number(value) || 0 })}
    />
  )
  return (
    <form className="form backup-schedule" onSubmit={save}>
      <h2>{t('recovery:schedule.title')}</h2>
      <Switch
        label={t('recovery:schedule.isOn')}
        checked={draft.isOn}
        onChange={event => set({ isOn: event.currentTarget.checked })}
      />
      <Select
        label={t('recovery:schedule.hour')}
        allowDeselect={false}
        disabled={!draft.isOn}
        data={Array.from({ length: 24 }, (_, hour) => ({
          value: String(hour),
          label: `${String(hour).padStart(2, '0')}:00`,
        }))}
        value={String(draft.hour)}
        onChange={hour => hour && set({ hour: Number(hour) })}
      />
      <TextInput
        label={t('recovery:schedule.folder')}
        description={t('recovery:schedule.folder-hint')}
        placeholder={folder}
        value={draft.folder}
        onChange={event => set({ folder: event.currentTarget.value })}
      />
      <div className="backup-keep">
        {keep('keepDaily', 400)}
        {keep('keepWeekly', 520)}
        {keep('keepMonthly', 240)}
      </div>
      <p className="muted small">{t(`recovery:schedule.${isEncrypting ? 'encrypted' : 'plain'}`)}</p>
      <Button type="submit" variant="filled" size="sm" loading={change.isPending}>
        {t('save')}
      </Button>
    </form>
  )
}
