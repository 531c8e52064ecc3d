import { Button, Modal, NumberInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDo } from '../../../web/api.ts'
import { now } from '../../../web/days.ts'
import { useFormat } from '../../../web/format.ts'
import { showNotice } from '../../../web/notices.tsx'
import {
  changeWebhook,
  type Endpoint,
  listDeliveries,
  listWebhooks,
  removeWebhook,
  replayDeliveries,
  rotateWebhookSecret,
  testWebhook,
} from './contract.ts'
import { Kinds } from './screen-create.tsx'
import { Deliveries } from './screen-deliveries.tsx'
import { Pulse } from './screen-pulse.tsx'
import { Secret } from './screen-secret.tsx'
import { State } from './screen-state.tsx'

const refresh = [listWebhooks, listDeliveries]

/** One endpoint: how it stands, what can be done about it, and what was sent. */
export function OpenEndpoint({
  endpoint,
  kinds,
  close,
}: {
  endpoint: Endpoint
  kinds: readonly string[]
  close: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const params = { endpointId: endpoint.endpointId }
  const change = useDo(changeWebhook, { refresh })
  const test = useDo(testWebhook, { refresh })
  const isActive = endpoint.state === 'active'
  const sendTest = () =>
    test.mutate(
      { params, body: {} },
      {
        onSuccess: ({ attempt }) =>
          showNotice(
            attempt.fault
              ? t('webhooks:test.failed', {
                  fault: t(`webhooks:fault.${attempt.fault}`, { status: attempt.status ?? '' }),
                })
              : t('webhooks:test.arrived', {
                  status: attempt.status,
                  milliseconds: format.number(attempt.milliseconds),
                }),
          ),
      },
    )
  return (
    <>
      <div className="webhooks-head">
        <h2>{endpoint.description || new URL(endpoint.url).host}</h2>
        <div className="acts">
          <Button onClick={sendTest} loading={test.isPending}>
            {t('webhooks:test.do')}
          </Button>
          <Button
            onClick={() => change.mutate({ params, body: { state: isActive ? 'paused' : 'active' } })}
            loading={change.isPending}
            variant={isActive ? 'default' : 'filled'}
          >
            {t(isActive ? 'webhooks:pause' : 'webhooks:resume')}
          </Button>
          <Button variant="subtle" onClick={close}>
            {t('webhooks:all')}
          </Button>
        </div>
      </div>
      {endpoint.state !== 'active' && endpoint.reason !== 'by-hand' ? (
        <p className="bad">{t(`webhooks:stopped-text.${endpoint.reason}`)}</p>
      ) : null}
      <dl className="webhooks-facts">
        <dt>{t('webhooks:url')}</dt>
        <dd>
          <code>{endpoint.url}</code>
        </dd>
        <dt>{t('webhooks:hears')}</dt>
        <dd>{endpoint.kinds.includes('*') ? t('webhooks:everything') : endpoint.kinds.join(' · ')}</dd>
        <dt>{t('webhooks:state')}</dt>
        <dd>
          <State of={endpoint} />
        </dd>
        <dt>{t('webhooks:last-day')}</dt>
        <dd>
          <Pulse hours={endpoint.hours} />
        </dd>
      </dl>
      <Deliveries endpoint={endpoint} />
      <Replay endpoint={endpoint} />
      <details className="webhooks-more">
        <summary>{t('webhooks:more')}</summary>
        <Change endpoint={endpoint} kinds={kinds} />
        <Rotate endpoint={endpoint} />
        <Remove endpoint={endpoint} close={close} />
      </details>
    </>
  )
}

/** `2026-03-01T09:30` of the reader's own clock, as the field has it. */
const asInput = (at: Date) => new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)

/** Counts before it sends: a range that is too wide is seen before the receiver feels it. */
function Replay({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation()
  const params = { endpointId: endpoint.endpointId }
  const beganAt = endpoint.failingSince ?? endpoint.stoppedAt ?? endpoint.createdAt
  const [from, setFrom] = useState(() => asInput(new Date(beganAt)))
  const [to, setTo] = useState('')
  const count = useDo(replayDeliveries, {})
  const replay = useDo(replayDeliveries, { refresh })
  const body = () => ({
    from: new Date(from).toISOString(),
    to: (to === '' ? now() : new Date(to)).toISOString(),
  })
  const events = count.data?.events
  const send = () =>
    replay.mutate(
      { params, body: body() },
      {
        onSuccess: done => {
          count.reset()
          showNotice(t('webhooks:replay.done', { count: done.events }))
        },
      },
    )
  return (
    <section>
      <h3>{t('webhooks:replay.title')}</h3>
      <p className="muted small reading-width">{t('webhooks:replay.text')}</p>
      <div className="webhooks-replay">
        <TextInput
          type="datetime-local"
          label={t('webhooks:replay.from')}
          value={from}
          onChange={event => {
            setFrom(event.currentTarget.value)
            count.reset()
          }}
        />
        <TextInput
          type="datetime-local"
          label={t('webhooks:replay.to')}
          value={to}
          onChange={event => {
            setTo(event.currentTarget.value)
            count.reset()
          }}
        />
        {events === undefined ? (
          <Button
            onClick={() => count.mutate({ params, body: { ...body(), countOnly: true } })}
            loading={count.isPending}
            disabled={from === ''}
          >
            {t('webhooks:replay.count')}
          </Button>
        ) : (
          <Button
            variant="filled"
            onClick={send}
            loading={replay.isPending}
            disabled={events === 0 || endpoint.state !== 'active'}
          >
            {t('webhooks:replay.do', { count: events })}
          </Button>
        )}
      </div>
    </section>
  )
}

function Change({ endpoint, kinds }: { endpoint: Endpoint; kinds: readonly string[] }) {
  const { t } = useTranslation()
  const change = useDo(changeWebhook, { refresh })
  const [url, setUrl] = useState(endpoint.url)
  const [description, setDescription] = useState(endpoint.description)
  const [wanted, setWanted] = useState([...endpoint.kinds])
  return (
    <form
      className="form"
      onSubmit={event => {
        event.preventDefault()
        change.mutate(
          { params: { endpointId: endpoint.endpointId }, body: { url: url.trim(), description, kinds: wanted } },
          { onSuccess: () => showNotice(t('saved')) },
        )
      }}
    >
      <h3>{t('webhooks:change')}</h3>
      <TextInput label={t('webhooks:url')} required value={url} onChange={event => setUrl(event.currentTarget.value)} />
      <TextInput
        label={t('webhooks:description')}
        maxLength={200}
        value={description}
        onChange={event => setDescription(event.currentTarget.value)}
      />
      <Kinds kinds={kinds} value={wanted} onChange={setWanted} />
      <Button type="submit" size="sm" loading={change.isPending} disabled={wanted.length === 0}>
        {t('save')}
      </Button>
    </form>
  )
}

function Rotate({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation()
  const format = useFormat()
  const rotate = useDo(rotateWebhookSecret, { refresh: [listWebhooks] })
  const [hours, setHours] = useState<number | string>(24)
  const ending = endpoint.secrets.find(({ endsAt }) => endsAt !== null)
  return (
    <section>
      <h3>{t('webhooks:rotate.title')}</h3>
      {rotate.data ? <Secret secret={rotate.data.secret} /> : null}
      <p className="muted small reading-width">
        {ending
          ? t('webhooks:rotate.until', { when: format.instant(ending.endsAt!) })
          : t('webhooks:rotate.text', { when: format.instant(endpoint.secrets[0]?.createdAt ?? endpoint.createdAt) })}
      </p>
      <div className="webhooks-replay">
        <NumberInput
          label={t('webhooks:rotate.overlap')}
          min={0}
          max={168}
          value={hours}
          onChange={setHours}
          suffix={` ${t('webhooks:rotate.hours')}`}
        />
        <Button
          onClick={() =>
            rotate.mutate({ params: { endpointId: endpoint.endpointId }, body: { overlapHours: Number(hours) || 0 } })
          }
          loading={rotate.isPending}
        >
          {t('webhooks:rotate.do')}
        </Button>
      </div>
    </section>
  )
}

function Remove({ endpoint, close }: { endpoint: Endpoint; close: () => void }) {
  const { t } = useTranslation()
  const remove = useDo(removeWebhook, { refresh: [listWebhooks] })
  const [isAsking, setIsAsking] = useState(false)
  return (
    <section>
      <h3>{t('webhooks:remove.title')}</h3>
      <Button variant="default" color="red" onClick={() => setIsAsking(true)}>
        {t('webhooks:remove.do')}
      </Button>
      <Modal opened={isAsking} onClose={() => setIsAsking(false)} title={t('webhooks:remove.do')} centered>
        <p>{t('webhooks:remove.text', { count: endpoint.waiting })}</p>
        <div className="acts">
          <Button
            variant="filled"
            loading={remove.isPending}
            onClick={() => remove.mutate({ params: { endpointId: endpoint.endpointId } }, { onSuccess: close })}
          >
            {t('webhooks:remove.do')}
          </Button>
          <Button variant="subtle" onClick={() => setIsAsking(false)}>
            {t('cancel')}
          </Button>
        </div>
      </Modal>
    </section>
  )
}
