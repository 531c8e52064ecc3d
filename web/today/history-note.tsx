import { useTranslation } from 'react-i18next'
import { useFormat } from '../format.ts'

/** Says so when the shop's newest purchase is long past and every "now" means that day. */
export function HistoryNote({ reading }: { reading: { asOfOn: string; history: boolean } | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (!reading?.history) return null
  return (
    <p className="note" role="note">
      {t('history-note', { day: format.day(reading.asOfOn) })}
    </p>
  )
}
