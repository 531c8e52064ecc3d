import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../kit/index.ts'

/** A page that broke says so and offers the one thing that helps; the rest of the shell stays usable. */
export function Broken() {
  const { t } = useTranslation()
  return (
    <main id="content" className="page">
      <EmptyState
        tone="failed"
        title={t('broken.title')}
        actions={<Button onClick={() => location.reload()}>{t('broken.again')}</Button>}
      >
        {t('broken.text')}
      </EmptyState>
    </main>
  )
}
