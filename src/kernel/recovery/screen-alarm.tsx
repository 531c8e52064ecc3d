import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { useMay } from '../../../web/session.tsx'
import { listBackups } from './contract.ts'
import './screen.css'

/** On the front page of whoever answers for it: there is no good backup, and what that would cost. */
export function BackupAlarm() {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay('backups.manage')
  const asked = useAsk(listBackups, {}, { enabled: may })
  const { alarm, newestAt } = asked.data ?? {}
  if (!alarm) return null
  return (
    <p className="backup-alarm" role="alert">
      {t(`recovery:alarm.${alarm}`, { when: newestAt ? format.instant(newestAt) : '' })}{' '}
      <Link to="/settings" search={{ tab: 'backups' }} className="link">
        {t('recovery:alarm.go')}
      </Link>
    </p>
  )
}
