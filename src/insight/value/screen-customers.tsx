import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { call, type Problem } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, Why } from '../../../web/kit/index.ts'
import { exactly } from '../../../web/tabs.ts'
import { listValued, valuedOrders } from './contract.ts'
import { stampInputs } from './screen-reasons.tsx'

type List = z.infer<typeof listValued.reply>

/** Who is worth most, and with whom most hangs in the balance. */
export function ValuedCustomers({ leavingKnown }: { leavingKnown: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { by: sort = 'worth' } = useSearch({ from: '/shell/value' })
  const asked = useInfiniteQuery<List, Problem, { pages: List[] }, readonly unknown[], string | undefined>({
    queryKey: [listValued.id, sort],
    queryFn: ({ pageParam, signal }) => call(listValued, { query: { sort, after: pageParam, limit: 50 } }, signal),
    initialPageParam: undefined,
    getNextPageParam: page => page.next ?? undefined,
  })
  const items = asked.data?.pages.flatMap(page => page.items) ?? []
  const total = asked.data?.pages[0]?.total ?? 0
  return (
    <>
      <nav className="value-orders" aria-label={t('value:tab.customers')}>
        {valuedOrders.map(name => (
          <Link
            key={name}
            to="/value"
            search={name === 'worth' ? { tab: 'customers' } : { tab: 'customers', by: name }}
            activeOptions={exactly}
            aria-current={sort === name ? 'page' : undefined}
            className="link"
          >
            {t(`value:list.${name}`)}
          </Link>
        ))}
      </nav>
      <p className="muted lead">
        {sort === 'at-stake' && !leavingKnown ? t('value:list.at-stake-unknown') : t(`value:list.${sort}-text`)}
      </p>
      <Answer of={{ data: asked.data, error: asked.error, refetch: asked.refetch }}>
        {data =>
          items.length === 0 ? (
            leavingKnown ? (
              <p className="muted">{t('value:list.empty')}</p>
            ) : null
          ) : (
            <>
              <Rows items={items} list={data.pages[0]!} leavingKnown={leavingKnown} />
              <p className="more">
                <span className="muted small" role="status">
                  {t('value:list.shown', { shown: format.number(items.length), total: format.number(total) })}
                </span>
                {asked.hasNextPage ? (
                  <Button onClick={() => void asked.fetchNextPage()} loading={asked.isFetchingNextPage}>
                    {t('customers.more')}
                  </Button>
                ) : null}
              </p>
            </>
          )
        }
      </Answer>
    </>
  )
}

function Rows({ items, list, leavingKnown }: { items: List['items']; list: List; leavingKnown: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { currency, stamp } = list
  const money = (minor: number) => format.money(minor, currency)
  const inputs = stamp ? stampInputs(t, format, { stamp, currency }) : []
  return (
    <div className="table-holder">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('value:list.name')}</th>
            <th scope="col" className="right">
              {t('value:list.year')}
            </th>
            <th scope="col" className="right">
              {t('value:list.range')}
            </th>
            {leavingKnown ? (
              <th scope="col" className="right">
                {t('value:list.lifetime')}
              </th>
            ) : null}
            <th scope="col" className="right wide-only">
              {t('value:list.expected')}
            </th>
            <th scope="col" className="right wide-only">
              {t('value:list.spend')}
            </th>
            {leavingKnown ? (
              <>
                <th scope="col" className="right">
                  {t('value:list.alive')}
                </th>
                <th scope="col" className="right">
                  {t('value:list.stake')}
                </th>
              </>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {items.map(item => (
            <tr key={item.partyId}>
              <th scope="row">
                <Link to="." search={(previous: object) => ({ ...previous, person: item.partyId })}>
                  {item.name}
                </Link>
              </th>
              <td className="right">
                <Why
                  reason={{
                    formula: t('value:why.customer-year', {
                      spend: money(item.spendMinor),
                      purchases: format.number(item.expectedPurchases, 1),
                      margin: t('value:why.margin'),
                    }),
                    inputs,
                    asOf: format.day(item.asOfOn),
                  }}
                >
                  {money(item.yearMinor)}
                </Why>
              </td>
              <td className="right muted">
                {money(item.yearLowMinor)} – {money(item.yearHighMinor)}
              </td>
              {leavingKnown ? (
                <td className="right">{item.lifetimeMinor === null ? '—' : money(item.lifetimeMinor)}</td>
              ) : null}
              <td className="right wide-only">{format.number(item.expectedPurchases, 1)}</td>
              <td className="right wide-only">{money(item.spendMinor)}</td>
              {leavingKnown ? (
                <>
                  <td className="right">{item.alive === null ? '—' : format.percent(item.alive)}</td>
                  <td className="right">{item.atStakeMinor === null ? '—' : money(item.atStakeMinor)}</td>
                </>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
