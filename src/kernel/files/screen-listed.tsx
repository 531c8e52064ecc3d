import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, type Problem } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer } from '../../../web/kit/index.ts'
import { type ImportDetail, type ImportTotals, listSetAsideLines, listUnattributedOrders } from './contract.ts'

const pageSize = 100

/** What counts in totals only: orders that name no customer, and lines set aside. Each opens into its rows. */
export function Listed({ detail, totals }: { detail: ImportDetail; totals: ImportTotals }) {
  const { t } = useTranslation()
  const format = useFormat()
  const amount = (minor: number) => format.exactMoney(minor, totals.currency)
  const params = { importId: detail.importId }
  return (
    <>
      <Folded
        title={t('dry-run.nameless')}
        empty={t('dry-run.nameless-none')}
        count={totals.unattributedOrders}
        facts={`${t('dry-run.orders-are', {
          count: totals.unattributedOrders,
          number: format.number(totals.unattributedOrders),
        })} · ${amount(totals.unattributedMinor)}`}
      >
        <p className="muted reading-width">{t('dry-run.nameless-why')}</p>
        {detail.state === 'done' ? null : <p className="muted reading-width">{t('dry-run.nameless-later')}</p>}
        {detail.state === 'done' ? (
          <Rows
            name={[listUnattributedOrders.id, detail.importId]}
            ask={(query, signal) => call(listUnattributedOrders, { params, query }, signal)}
            none={t('dry-run.nameless-known')}
            head={['order', 'part', 'when', 'lines', 'money']}
            keyOf={order => `${order.orderRef} ${order.part}`}
            cells={order => [
              order.orderRef,
              t(`dry-run.part-${order.part}`),
              format.instant(order.occurredAt),
              format.number(order.lines),
              format.exactMoney(order.amountMinor, order.currency),
            ]}
          />
        ) : null}
      </Folded>
      <Folded
        title={t('dry-run.set-aside')}
        empty={t('dry-run.set-aside-none')}
        count={totals.setAsideLines}
        facts={`${t('dry-run.lines-are', {
          count: totals.setAsideLines,
          number: format.number(totals.setAsideLines),
        })} · ${amount(totals.setAsideMinor)}`}
      >
        <p className="muted reading-width">{t('dry-run.set-aside-why')}</p>
        <Rows
          name={[listSetAsideLines.id, detail.importId]}
          ask={(query, signal) => call(listSetAsideLines, { params, query }, signal)}
          none={t('dry-run.set-aside-none')}
          head={['row', 'order', 'product', 'when', 'reason', 'quantity', 'money']}
          keyOf={line => String(line.row)}
          cells={line => [
            format.number(line.row),
            line.orderRef,
            line.sku,
            format.instant(line.occurredAt),
            t(`dry-run.reason-${line.reason}`),
            format.number(line.quantity / 1000, 3),
            format.exactMoney(line.amountMinor, line.currency),
          ]}
        />
      </Folded>
    </>
  )
}

/** A heading with its count and amount; the rows are asked for only once it is opened. */
function Folded(props: { title: string; facts: string; empty: string; count: number; children: ReactNode }) {
  const [opened, setOpened] = useState(false)
  if (props.count === 0)
    return (
      <p className="folded-empty muted">
        {props.title}: {props.empty}
      </p>
    )
  return (
    <details className="folded" onToggle={event => setOpened(event.currentTarget.open)}>
      <summary>
        {props.title} <span className="muted">{props.facts}</span>
      </summary>
      {opened ? props.children : null}
    </details>
  )
}

type Column = 'order' | 'part' | 'when' | 'lines' | 'money' | 'row' | 'product' | 'reason' | 'quantity'
const numbers: readonly Column[] = ['lines', 'money', 'row', 'quantity']

interface Listing<Item> {
  readonly items: readonly Item[]
  readonly total: number
  readonly next: string | null
}

function Rows<Item>({
  name,
  ask,
  none,
  head,
  keyOf,
  cells,
}: {
  name: readonly string[]
  ask: (query: { after?: string | undefined; limit: number }, signal: AbortSignal) => Promise<Listing<Item>>
  /** Said where there are no rows. */
  none: string
  head: readonly Column[]
  keyOf: (item: Item) => string
  cells: (item: Item) => readonly string[]
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useInfiniteQuery<
    Listing<Item>,
    Problem,
    { pages: Listing<Item>[] },
    readonly unknown[],
    string | undefined
  >({
    queryKey: name,
    queryFn: ({ pageParam, signal }) => ask({ after: pageParam, limit: pageSize }, signal),
    initialPageParam: undefined,
    getNextPageParam: page => page.next ?? undefined,
  })
  const right = head.map(column => (numbers.includes(column) ? 'right' : undefined))
  return (
    <Answer of={{ data: asked.data, error: asked.error, refetch: asked.refetch }}>
      {({ pages }) => {
        const items = pages.flatMap(page => [...page.items])
        if (items.length === 0) return <p className="muted">{none}</p>
        return (
          <>
            <div className="table-holder">
              <table className="table">
                <thead>
                  <tr>
                    {head.map((column, index) => (
                      <th key={column} scope="col" className={right[index]}>
                        {t(`dry-run.${column}`)}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {items.map(item => (
                    <tr key={keyOf(item)}>
                      {cells(item).map((cell, index) => (
                        <td key={head[index]} className={right[index]}>
                          {cell}
                        </td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <div className="more">
              <span className="muted small" role="status">
                {t('customers.shown', {
                  shown: format.number(items.length),
                  total: format.number(pages[0]?.total ?? 0),
                })}
              </span>
              {asked.hasNextPage ? (
                <Button onClick={() => void asked.fetchNextPage()} loading={asked.isFetchingNextPage}>
                  {t('customers.more')}
                </Button>
              ) : null}
            </div>
          </>
        )
      }}
    </Answer>
  )
}
