import { Button, CopyButton } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { System } from './contract.ts'

/** A line to paste elsewhere. */
export function Copy({ label, text }: { label: string; text: string }) {
  const { t } = useTranslation()
  return (
    <div className="paste">
      <span className="muted small">{label}</span>
      <div className="snippet">
        <code>{text}</code>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button onClick={copy} aria-label={`${t('receivers:page.copy')} · ${label}`}>
              {t(copied ? 'receivers:page.copied' : 'receivers:page.copy')}
            </Button>
          )}
        </CopyButton>
      </div>
    </div>
  )
}

/** What to do on the other side. */
export function Steps({ system }: { system: System }) {
  const { t } = useTranslation()
  return (
    <section className="their-side">
      <h2>{t('receivers:form.steps')}</h2>
      <ol>
        {([1, 2, 3] as const).map(step => (
          <li key={step}>{t(`receivers:steps.${system}.${step}`)}</li>
        ))}
      </ol>
    </section>
  )
}
