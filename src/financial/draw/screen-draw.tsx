import { Button, Modal, TextInput } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { now } from '../../../web/days.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, Page } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { useMay } from '../../../web/session.tsx'
import { cancelDraw, type Draw, type DrawDetail, listDraws, makeDraw, readDraw } from './contract.ts'
import { DrawState, fromNow, oddsSaid, ruleSaid } from './screen-parts.tsx'
import { Proof } from './screen-proof.tsx'
import { Winners } from './screen-winners.tsx'
import './screen.css'

/** One draw, read from top to bottom: who won, what there is to win, what earns tickets, and why nobody could cheat. */
export function DrawPage() {
  const { t } = useTranslation()
  const { drawId } = useParams({ from: '/shell/draws/$drawId' })
  const asked = useAsk(readDraw, { params: { drawId } })
  if (!asked.data)
    return (
      <Page name={t('draw:name')} title={t('draw:name')}>
        <Answer of={asked}>{() => null}</Answer>
      </Page>
    )
  return <Read detail={asked.data} />
}

function Read({ detail }: { detail: DrawDetail }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayManage = useMay('draws.manage')
  const { draw, proof, awards } = detail
  const isClosed = draw.state === 'closed' || draw.state === 'closing'
  return (
    <Page
      name={draw.name}
      title={draw.name}
      subtitle={
        <Link to="/draws" search={{}} className="link">
          {t('draw:back')}
        </Link>
      }
      actions={mayManage ? isClosed ? <DrawNow draw={draw} /> : <CallOff draw={draw} /> : null}
      aside={<Figures draw={draw} />}
    >
      <p className="draw-head">
        <DrawState state={draw.state} />
        <Countdown draw={draw} drawnAt={proof.drawnAt} />
      </p>
      {draw.cancelledReason ? <p>{draw.cancelledReason}</p> : null}
      {draw.state === 'drawn' ? <Winners draw={draw} awards={awards} /> : null}
      <section>
        <h2>{t('draw:section.prizes')}</h2>
        <ol className="prizes">
          {draw.prizes.map((prize, index) => (
            <li key={prize.prizeId}>
              <span className="place">{format.number(index + 1)}</span>
              <span>
                <b>{prize.name}</b>
                {prize.kind === 'points' ? (
                  <small>
                    {t('draw:prize.points', {
                      number: format.number(prize.points),
                      days: format.number(prize.usableDays),
                    })}
                  </small>
                ) : null}
              </span>
              <span>{t('draw:prize.count', { number: format.number(prize.count) })}</span>
            </li>
          ))}
        </ol>
      </section>
      <section className="reading-width">
        <h2>{t('draw:section.rules')}</h2>
        <ul className="draw-rules">
          {draw.rules.length === 0 ? <li>{t('draw:rule.none')}</li> : null}
          {draw.rules.map(rule => {
            const said = ruleSaid(t, format, rule, draw.currency)
            return <li key={said}>{said}</li>
          })}
        </ul>
        <ul className="draw-rules quiet">
          {draw.mostTickets === null ? null : <li>{t('draw:rule.most', { count: draw.mostTickets })}</li>}
          <li>{t('draw:rule.refund')}</li>
          <li>{t('draw:rule.claim', { count: draw.claimDays })}</li>
        </ul>
      </section>
      {draw.terms ? (
        <section className="reading-width">
          <h2>{t('draw:section.terms')}</h2>
          <p style={{ whiteSpace: 'pre-line' }}>{draw.terms}</p>
        </section>
      ) : null}
      <Proof draw={draw} proof={proof} />
    </Page>
  )
}

/** Says anew every half minute how long it still is. */
function Countdown({ draw, drawnAt }: { draw: Draw; drawnAt: string | null }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [at, setAt] = useState(now)
  useEffect(() => {
    const timer = setInterval(() => setAt(now()), 30_000)
    return () => clearInterval(timer)
  }, [])
  if (draw.state === 'cancelled') return null
  const [key, instant] = drawnAt
    ? (['drawn', drawnAt] as const)
    : draw.state === 'planned'
      ? (['opens', draw.opensAt] as const)
      : ([Date.parse(draw.closesAt) > at.getTime() ? 'closes' : 'closed', draw.closesAt] as const)
  return (
    <span title={format.instant(instant)}>
      {t(`draw:countdown.${key}`, { when: fromNow(format, instant, at) })} · {format.instant(instant)}
    </span>
  )
}

function Figures({ draw }: { draw: Draw }) {
  const { t } = useTranslation()
  const format = useFormat()
  const lines = [
    ['tickets', format.number(draw.tickets)],
    ['members', format.number(draw.members)],
    ['prizes', format.number(draw.prizeUnits)],
    ['odds', oddsSaid(t, format, draw)],
  ] as const
  return (
    <section>
      <h2>{t('draw:section.figures')}</h2>
      <ul className="facts">
        {lines.map(([name, value]) => (
          <li key={name}>
            <span>{t(`draw:figure.${name}`)}</span>
            <span>{value}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

const refresh = [readDraw, listDraws]

function DrawNow({ draw }: { draw: Draw }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [isOpen, setOpen] = useState(false)
  const make = useDo(makeDraw, { refresh })
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const publicValue = String(new FormData(event.currentTarget).get('value') ?? '').trim()
    make.mutate(
      { params: { drawId: draw.drawId }, body: publicValue ? { publicValue } : {} },
      {
        onSuccess: () => showNotice(t('draw:act.drawn')),
        onSettled: () => setOpen(false),
      },
    )
  }
  return (
    <>
      <Button variant="filled" onClick={() => setOpen(true)}>
        {t('draw:act.draw')}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={t('draw:act.draw-title')}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <form className="form" onSubmit={send}>
          <p>{t('draw:act.draw-text', { count: draw.tickets, number: format.number(draw.tickets) })}</p>
          {draw.publicValueName ? (
            <TextInput name="value" label={draw.publicValueName} required maxLength={200} />
          ) : null}
          <Button type="submit" variant="filled" loading={make.isPending}>
            {t('draw:act.draw')}
          </Button>
        </form>
      </Modal>
    </>
  )
}

function CallOff({ draw }: { draw: Draw }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const cancel = useDo(cancelDraw, { refresh })
  if (draw.state !== 'open' && draw.state !== 'planned') return null
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const reason = String(new FormData(event.currentTarget).get('reason')).trim()
    cancel.mutate(
      { params: { drawId: draw.drawId }, body: { reason } },
      { onSuccess: () => showNotice(t('draw:act.cancelled')), onSettled: () => setOpen(false) },
    )
  }
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('draw:act.cancel')}</Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={t('draw:act.cancel-title')}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <form className="form" onSubmit={send}>
          <p>{t('draw:act.cancel-text')}</p>
          <TextInput name="reason" label={t('draw:act.cancel-reason')} required minLength={3} maxLength={500} />
          <Button type="submit" loading={cancel.isPending}>
            {t('draw:act.cancel')}
          </Button>
        </form>
      </Modal>
    </>
  )
}
