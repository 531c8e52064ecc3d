import { useTranslation } from 'react-i18next'
import { addressOf } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { currentWorld } from '../../../web/world.ts'
import { type Draw, type DrawDetail, drawProof, drawTickets } from './contract.ts'

/** The three moments at which something was published, each with what it pinned down. */
export function Proof({ draw, proof }: { draw: Draw; proof: DrawDetail['proof'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { seedHash, tickets, publicValueName } = draw
  const count = { count: tickets, number: format.number(tickets) }
  return (
    <section>
      <h2>{t('draw:section.proof')}</h2>
      <ol className="proof">
        <li className="done">
          <b>{t('draw:proof.before')}</b>
          <p className="muted">{t('draw:proof.before-text')}</p>
          <span className="muted small">{t('draw:proof.hash')}</span>
          <code>{seedHash}</code>
          {publicValueName ? <p className="muted">{t('draw:proof.value-named', { name: publicValueName })}</p> : null}
        </li>
        <li className={proof.listHash ? 'done' : undefined}>
          <b>
            {t('draw:proof.list')}
            {proof.closedAt ? <span className="muted"> · {format.instant(proof.closedAt)}</span> : null}
          </b>
          {proof.listHash ? (
            <>
              <p className="muted">{t('draw:proof.list-text', count)}</p>
              <span className="muted small">{t('draw:proof.list-hash')}</span>
              <code>{proof.listHash}</code>
            </>
          ) : null}
        </li>
        <li className={proof.seed ? 'done' : undefined}>
          <b>
            {t('draw:proof.after')}
            {proof.drawnAt ? <span className="muted"> · {format.instant(proof.drawnAt)}</span> : null}
          </b>
          {proof.seed ? (
            <>
              <p className="muted">{t('draw:proof.after-text')}</p>
              <span className="muted small">{t('draw:proof.seed')}</span>
              <code>{proof.seed}</code>
              {proof.publicValue ? (
                <p>
                  {t('draw:proof.value')}: <b>{proof.publicValue}</b>
                </p>
              ) : null}
            </>
          ) : (
            <p className="muted">{t('draw:proof.sealed')}</p>
          )}
        </li>
      </ol>
      {proof.seed ? (
        <>
          <p className="proof-files">
            <Download draw={draw} of={drawProof} name="proof.json" title={t('draw:proof.download')} />
            <Download draw={draw} of={drawTickets} name="tickets.csv" title={t('draw:proof.tickets')} />
          </p>
          <p className="muted small">{t('draw:proof.check')}</p>
        </>
      ) : null}
    </section>
  )
}

function Download({ draw, of, name, title }: { draw: Draw; of: { path: string }; name: string; title: string }) {
  const address = addressOf(of, { params: { drawId: draw.drawId } })
  return (
    <a className="link" href={`${address}?world=${currentWorld()}`} download={name}>
      {title}
    </a>
  )
}
