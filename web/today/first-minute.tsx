import { Button, Progress } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { FileSpreadsheet, Store } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../session.tsx'
import { useDemo } from '../shell/demo.ts'

/** Before there is anything to show: two doors, and what lies behind each. */
export function FirstMinute() {
  const { t } = useTranslation()
  const demo = useDemo()
  const navigate = useNavigate()
  const mayImport = useMay('imports.run')
  if (!demo.mayManage && !mayImport) return <p className="muted">{t('first.wait')}</p>
  return (
    <div className="doors">
      {demo.mayManage ? (
        <section>
          <Store size={22} aria-hidden className="jade" />
          <h2>{t('first.demo-title')}</h2>
          <p>{t('first.demo-text')}</p>
          {demo.progress ? (
            <div role="status">
              <Progress
                value={demo.progress.total ? (demo.progress.done / demo.progress.total) * 100 : 3}
                color="var(--jade)"
                aria-label={t('demo.loading')}
              />
              <p className="muted small">{t('demo.loading')}</p>
            </div>
          ) : (
            <Button variant="filled" size="sm" onClick={demo.load} loading={demo.busy}>
              {t(demo.loaded ? 'demo.visit' : 'first.demo-do')}
            </Button>
          )}
        </section>
      ) : null}
      {mayImport ? (
        <section>
          <FileSpreadsheet size={22} aria-hidden className="indigo" />
          <h2>{t('first.import-title')}</h2>
          <p>{t('first.import-text')}</p>
          <Button size="sm" onClick={() => void navigate({ to: '/data' })}>
            {t('first.import-do')}
          </Button>
        </section>
      ) : null}
    </div>
  )
}
