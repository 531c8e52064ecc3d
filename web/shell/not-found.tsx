import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { EmptyState, Page } from '../kit/index.ts'

export function NotFound() {
  const { t } = useTranslation()
  return (
    <Page title={t('not-found.title')} name={t('not-found.title')}>
      <EmptyState
        title={t('not-found.what')}
        actions={
          <Link to="/" className="link">
            {t('not-found.home')}
          </Link>
        }
      />
    </Page>
  )
}
