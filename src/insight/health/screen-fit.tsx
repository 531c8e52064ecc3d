import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { listJobs } from '#kernel/jobs/contract.ts'
import { useAsk, useDo } from '../../../web/api.ts'
import { showNotice } from '../../../web/notices.tsx'
import { useMay } from '../../../web/session.tsx'
import { fitModel, listModels, type WatchedModelName } from './contract.ts'

const isUnderWay = (run: { name: string; state: string }, model: WatchedModelName) =>
  (run.name === `${model}.fit` || run.name === 'health.check') && (run.state === 'waiting' || run.state === 'running')

/** Learns the model anew, and shows how far that is, the check that follows included. */
export function LearnAnew({ model }: { model: WatchedModelName }) {
  const { t } = useTranslation()
  const maySeeJobs = useMay('jobs.read')
  const jobs = useAsk(
    listJobs,
    { query: { limit: 20 } },
    {
      enabled: maySeeJobs,
      refetchInterval: answer => (answer?.items.some(run => isUnderWay(run, model)) ? 700 : false),
    },
  )
  const fit = useDo(fitModel, { refresh: [listJobs, listModels] })
  const underWay = jobs.data?.items.filter(each => isUnderWay(each, model)) ?? []
  const run = underWay.find(each => each.state === 'running') ?? underWay[0]
  const share = run?.total ? Math.min(1, run.done / run.total) : undefined
  return (
    <div className="health-again">
      <Button
        loading={fit.isPending}
        disabled={run !== undefined}
        onClick={() => fit.mutate({ params: { model } }, { onSuccess: () => showNotice(t('health:again.asked')) })}
      >
        {t('health:again.do')}
      </Button>
      {run ? (
        <div role="status">
          <div className="meter" data-unknown={share === undefined || undefined}>
            <span style={{ width: `${(share ?? 0.3) * 100}%` }} />
          </div>
          <p className="muted small">{run.wordsKey ? t(run.wordsKey, { ...run.words }) : t('health:again.asked')}</p>
        </div>
      ) : null}
    </div>
  )
}
