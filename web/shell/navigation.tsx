import { Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { promisesToday } from '#financial/guarantee/contract.ts'
import { countCustomers } from '#insight/rhythm/contract.ts'
import { listTasks } from '#kernel/tasks/contract.ts'
import { useAsk } from '../api.ts'
import { useFormat } from '../format.ts'
import { undoLast } from '../notices.tsx'
import { useMay } from '../session.tsx'
import { useVerbs } from './keys.ts'

/** Only what exists stands here; each group of programmes carries the colour of its level. */
export function Navigation() {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const mayImport = useMay('imports.run')
  const maySeeEvents = useMay('events.read')
  const maySeeJobs = useMay('jobs.read')
  const maySeeMoney = useMay('money.read')
  const mayPrivacy = useMay('privacy.manage')
  const mayWebhooks = useMay('webhooks.manage')
  const mayReadActs = useMay('audit.read')
  const mayMerge = useMay('customers.merge')
  const mayReadPoints = useMay('points.read')
  const mayReadLedger = useMay('ledger.read')
  const mayReadCredit = useMay('credit.read')
  const mayUseTill = useMay('till.use')
  const mayReadLiability = useMay('liability.read')
  const mayReadEffect = useMay('effect.read')
  const mayReadPromises = useMay('promises.read')
  const mayReadCoalition = useMay('coalition.read')
  const mayReadDraws = useMay('draws.read')
  const mayReadRewards = useMay('rewards.read')
  const tasks = useAsk(listTasks, { query: { state: 'open', limit: 1 } })
  const counts = useAsk(countCustomers, {})
  const promises = useAsk(promisesToday, {}, { enabled: mayReadPromises })
  const overdue = promises.data?.overdueTotal ?? 0
  useVerbs([
    { keys: 'g t', label: t('nav.today'), run: () => void navigate({ to: '/' }) },
    { keys: 'g c', label: t('nav.customers'), run: () => void navigate({ to: '/customers' }) },
    { keys: 'g w', label: t('nav.late'), run: () => void navigate({ to: '/late' }) },
    ...(mayReadPoints
      ? [{ keys: 'g r', label: t('nav.programme'), run: () => void navigate({ to: '/programme', search: {} }) }]
      : []),
    ...(mayReadPromises
      ? [{ keys: 'g p', label: t('nav.promises'), run: () => void navigate({ to: '/promises', search: {} }) }]
      : []),
    ...(mayReadRewards
      ? [{ keys: 'g k', label: t('nav.catalogue'), run: () => void navigate({ to: '/rewards', search: {} }) }]
      : []),
    { keys: 'g e', label: t('nav.stages'), run: () => void navigate({ to: '/stages' }) },
    { keys: 'g m', label: t('nav.models'), run: () => void navigate({ to: '/models' }) },
    ...(mayImport || maySeeEvents
      ? [{ keys: 'g d', label: t('nav.data'), run: () => void navigate({ to: '/data' }) }]
      : []),
    ...(maySeeJobs ? [{ keys: 'g j', label: t('nav.jobs'), run: () => void navigate({ to: '/jobs' }) }] : []),
    ...(maySeeMoney ? [{ keys: 'g v', label: t('nav.value'), run: () => void navigate({ to: '/value' }) }] : []),
    ...(maySeeMoney ? [{ keys: 'g b', label: t('nav.audit'), run: () => void navigate({ to: '/audit' }) }] : []),
    ...(mayReadCoalition
      ? [{ keys: 'g a', label: t('nav.coalition'), run: () => void navigate({ to: '/coalition', search: {} }) }]
      : []),
    ...(mayReadLedger ? [{ keys: 'g l', label: t('nav.ledger'), run: () => void navigate({ to: '/ledger' }) }] : []),
    { keys: 'g s', label: t('nav.settings'), run: () => void navigate({ to: '/settings' }) },
    { keys: 'z', label: t('keys.undo'), run: undoLast },
  ])
  const number = (value: number | undefined) => (value ? <em>{format.number(value)}</em> : null)
  return (
    <nav className="bar" aria-label={t('nav.label')}>
      <Link to="/" className="brand">
        <span lang="zh-CN">关系</span>Guanxi
      </Link>
      <div className="bar-group">
        <Link to="/" activeOptions={{ exact: true, includeSearch: false }}>
          {t('nav.today')}
          {number(tasks.data?.total)}
        </Link>
        <Link to="/customers" activeOptions={{ includeSearch: false }}>
          {t('nav.customers')}
        </Link>
        {mayUseTill ? <Link to="/till">{t('nav.till')}</Link> : null}
      </div>
      {mayReadPoints ? (
        <div className="bar-group">
          <b className="jade">
            <i aria-hidden />
            {t('nav.rewards')}
          </b>
          <Link to="/programme" search={{}} activeOptions={{ includeSearch: false }}>
            {t('nav.programme')}
          </Link>
          {mayReadRewards ? (
            <Link to="/rewards" search={{}} activeOptions={{ includeSearch: false }}>
              {t('nav.catalogue')}
            </Link>
          ) : null}
          {mayReadDraws ? (
            <Link to="/draws" search={{}} activeOptions={{ includeSearch: false }}>
              {t('nav.draws')}
            </Link>
          ) : null}
          {mayReadCoalition ? (
            <Link to="/coalition" search={{}} activeOptions={{ includeSearch: false }}>
              {t('nav.coalition')}
            </Link>
          ) : null}
          {mayReadPromises ? (
            <Link to="/promises" search={{}} activeOptions={{ includeSearch: false }}>
              {t('nav.promises')}
              {overdue > 0 ? <em className="bad">{format.number(overdue)}</em> : number(promises.data?.claimsTotal)}
            </Link>
          ) : null}
          {mayReadCredit ? <Link to="/credit">{t('nav.credit')}</Link> : null}
          {mayReadLiability ? <Link to="/liability">{t('nav.liability')}</Link> : null}
          {mayReadLedger ? <Link to="/ledger">{t('nav.ledger')}</Link> : null}
        </div>
      ) : null}
      <div className="bar-group">
        <b className="vermilion">
          <i aria-hidden />
          {t('nav.people')}
        </b>
        <Link to="/late" activeOptions={{ includeSearch: false }}>
          {t('nav.late')}
          {number(counts.data?.late)}
        </Link>
      </div>
      <div className="bar-group">
        <b>
          <i aria-hidden />
          {t('nav.measure')}
        </b>
        <Link to="/stages" activeOptions={{ includeSearch: false }}>
          {t('nav.stages')}
        </Link>
        {maySeeMoney ? (
          <Link to="/value" activeOptions={{ includeSearch: false }}>
            {t('nav.value')}
          </Link>
        ) : null}
        {maySeeMoney ? (
          <Link to="/audit" activeOptions={{ includeSearch: false }}>
            {t('nav.audit')}
          </Link>
        ) : null}
        {mayReadEffect ? <Link to="/results">{t('nav.results')}</Link> : null}
        <Link to="/models" activeOptions={{ includeSearch: false }}>
          {t('nav.models')}
        </Link>
      </div>
      <div className="bar-group">
        <b>
          <i aria-hidden />
          {t('nav.house')}
        </b>
        {mayImport || maySeeEvents ? (
          <Link to="/data" activeOptions={{ includeSearch: false }}>
            {t('nav.data')}
          </Link>
        ) : null}
        {mayMerge ? (
          <Link to="/merges" search={{}} activeOptions={{ includeSearch: false }}>
            {t('merges:title')}
          </Link>
        ) : null}
        {mayWebhooks ? (
          <Link to="/webhooks" search={{}} activeOptions={{ includeSearch: false }}>
            {t('nav.webhooks')}
          </Link>
        ) : null}
        {mayReadActs ? (
          <Link to="/acts" search={{}} activeOptions={{ includeSearch: false }}>
            {t('audit-log:title')}
          </Link>
        ) : null}
        {maySeeJobs ? (
          <Link to="/jobs" activeOptions={{ includeSearch: false }}>
            {t('nav.jobs')}
          </Link>
        ) : null}
        {mayPrivacy ? (
          <Link to="/privacy" search={{}} activeOptions={{ includeSearch: false }}>
            {t('nav.privacy')}
          </Link>
        ) : null}
        <Link to="/settings" activeOptions={{ includeSearch: false }}>
          {t('nav.settings')}
        </Link>
      </div>
    </nav>
  )
}
