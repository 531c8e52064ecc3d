import { Button, CopyButton } from '@mantine/core'
import { useTranslation } from 'react-i18next'

/** A secret is shown this once; a receiver checks with it that messages are ours. */
export function Secret({ secret }: { secret: string }) {
  const { t } = useTranslation()
  return (
    <div className="once" role="status">
      <h2>{t('webhooks:secret.title')}</h2>
      <p>{t('webhooks:secret.text')}</p>
      <div className="snippet">
        <code>{secret}</code>
        <CopyButton value={secret}>
          {({ copied, copy }) => <Button onClick={copy}>{t(copied ? 'copied' : 'copy')}</Button>}
        </CopyButton>
      </div>
    </div>
  )
}
