import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../web/format.ts'
import { Why } from '../../../web/kit/index.ts'
import type { CoalitionMonth, MerchantRow } from './contract.ts'

/** Who issued in rows, who redeemed in columns, what is owed at the end of each row. */
export function Month({ data }: { data: CoalitionMonth }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { merchants, flows, outside } = data
  const nameOf = (merchantId: string) =>
    merchants.find(each => each.merchantId === merchantId)?.name ??
    t(isOwn(merchantId) ? 'coalition:matrix.own' : 'coalition:matrix.other', { merchant: merchantId })
  const others = (ids: readonly string[]) => [
    ...new Set(ids.filter(id => !merchants.some(each => each.merchantId === id))),
  ]
  const issuers = others(flows.map(flow => flow.issuer))
  const redeemers = others(flows.map(flow => flow.redeemer))
  const columns = [...merchants.map(each => each.merchantId), ...redeemers]
  const flow = (issuer: string, redeemer: string) =>
    flows.find(each => each.issuer === issuer && each.redeemer === redeemer)?.points ?? 0
  const cells = (issuer: string) =>
    columns.map(redeemer => <Points key={redeemer} points={flow(issuer, redeemer)} isSelf={issuer === redeemer} />)
  return (
    <>
      <p className="muted lead">{t('coalition:matrix.text')}</p>
      <div className="table-holder coalition-matrix">
        <table className="table">
          <thead>
            <tr>
              <th scope="col" rowSpan={2}>
                {t('coalition:matrix.issuer')}
              </th>
              <th scope="col" rowSpan={2} className="right">
                {t('coalition:matrix.issued')}
              </th>
              <th scope="colgroup" colSpan={columns.length} className="coalition-used">
                {t('coalition:matrix.used')}
              </th>
              <th scope="col" rowSpan={2} className="right">
                {t('coalition:matrix.expired')}
              </th>
              <th scope="col" rowSpan={2} className="right">
                {t('coalition:matrix.net')}
              </th>
              <th scope="col" rowSpan={2}>
                {t('coalition:matrix.state')}
              </th>
            </tr>
            <tr>
              {columns.map(merchantId => (
                <th key={merchantId} scope="col" className="right">
                  {nameOf(merchantId)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {merchants.map(row => (
              <tr key={row.merchantId}>
                <th scope="row">
                  <Link to="/coalition" search={{ month: data.month!, merchant: row.merchantId }}>
                    {row.name}
                  </Link>
                </th>
                <Points points={row.issued - row.revoked} />
                {cells(row.merchantId)}
                <Points points={row.expired} />
                <td className="right">
                  <Net row={row} currency={data.currency} />
                </td>
                <td>
                  <State state={row.state} />
                  {row.disputes > 0 ? (
                    <span className="warn small"> · {t('coalition:matrix.disputes', { count: row.disputes })}</span>
                  ) : null}
                </td>
              </tr>
            ))}
            {issuers.map(issuer => (
              <tr key={issuer} className="gone">
                <th scope="row">{nameOf(issuer)}</th>
                <td />
                {cells(issuer)}
                <td />
                <td />
                <td />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {outside.length > 0 ? (
        <p className="note">
          {t('coalition:matrix.outside', {
            what: outside
              .map(
                each =>
                  `${nameOf(each.merchantId)} · ${t(`coalition:kind.${each.kind}`)} ${format.number(each.points)}`,
              )
              .join('；'),
          })}
        </p>
      ) : null}
      {data.own ? <Own data={data} own={data.own} /> : null}
    </>
  )
}

const isOwn = (merchantId: string) => merchantId === 'points' || merchantId === 'house'

function Points({ points, isSelf = false }: { points: number; isSelf?: boolean }) {
  const format = useFormat()
  const name = ['right', isSelf ? 'own-cell' : '', points === 0 ? 'muted' : ''].filter(Boolean).join(' ')
  return <td className={name}>{points === 0 ? '–' : format.number(points)}</td>
}

/** What is owed, in words: a sign alone would leave open who pays whom. */
export function Net({ row, currency }: { row: Pick<MerchantRow, 'netMinor'>; currency: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { netMinor } = row
  if (netMinor === 0) return <span className="muted">–</span>
  const amount = format.exactMoney(Math.abs(netMinor), currency)
  return <>{t(netMinor > 0 ? 'coalition:net.owes' : 'coalition:net.gets', { amount })}</>
}

export function State({ state }: { state: MerchantRow['state'] }) {
  const { t } = useTranslation()
  return (
    <span className="coalition-state" data-state={state}>
      <i aria-hidden />
      {t(`coalition:state.${state}`)}
    </span>
  )
}

/** What belongs to nobody alone: the pool and how far it reaches, the margin, what expired. */
function Own({ data, own }: { data: CoalitionMonth; own: NonNullable<CoalitionMonth['own']> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const money = (minor: number) => format.exactMoney(minor, data.currency)
  const { poolNowMinor, poolOpenMinor, outstandingMinor, outstandingPoints } = own
  const reach = outstandingMinor === 0 ? null : (poolNowMinor + poolOpenMinor) / outstandingMinor
  return (
    <div className="coalition-own">
      <section>
        <h2>{t('coalition:own.pool')}</h2>
        <p className="big">{money(poolNowMinor + poolOpenMinor)}</p>
        <p>
          {reach === null ? (
            t('coalition:own.nothing')
          ) : (
            <Why
              reason={{
                formula: t('coalition:own.why'),
                inputs: [
                  [t('coalition:own.points'), format.number(outstandingPoints)],
                  [t('coalition:own.cost'), money(outstandingMinor)],
                  [t('coalition:own.booked'), money(poolNowMinor)],
                  [t('coalition:own.running'), money(poolOpenMinor)],
                ],
              }}
            >
              {t('coalition:own.reach', { percent: format.percent(Math.max(0, reach)) })}
            </Why>
          )}
        </p>
        {reach !== null && reach < 1 ? <p className="small">{t('coalition:own.short')}</p> : null}
      </section>
      {(['margin', 'breakage'] as const).map(name => (
        <section key={name}>
          <h2>{t(`coalition:own.${name}`)}</h2>
          <p className="big">{money(own[`${name}Minor`])}</p>
          <p>{t(`coalition:own.${name}-text`)}</p>
        </section>
      ))}
      <section>
        <h2>{t('coalition:own.sum')}</h2>
        <p>{t(data.state === 'closed' ? 'coalition:own.sum-closed' : 'coalition:own.sum-open')}</p>
      </section>
    </div>
  )
}
