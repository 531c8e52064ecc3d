import { Button, Select, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { call, type Problem, useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState, Page, Strip } from '../../../web/kit/index.ts'
import { AddCustomer } from '../../../web/portrait/add-customer.tsx'
import { TypeBadge } from '../../../web/portrait/type-badge.tsx'
import { useMay } from '../../../web/session.tsx'
import { useVerbs } from '../../../web/shell/keys.ts'
import { exactly } from '../../../web/tabs.ts'
import { FirstMinute } from '../../../web/today/first-minute.tsx'
import { HistoryNote } from '../../../web/today/history-note.tsx'
import { useStrips } from '../../../web/today/use-strips.ts'
import { partyRoles } from '../../kernel/parties/contract.ts'
import { type CustomerRow, countCustomers, customerOrders, listCustomers } from './contract.ts'

type List = z.infer<typeof listCustomers.reply>

/** Each view is an address; the tabs are the ones that everybody needs. */
const views = [
  { name: 'all', search: {} },
  { name: 'late', search: { late: 'yes' } },
  { name: 'loyal', search: { type: 'loyal' } },
  { name: 'building', search: { type: 'building' } },
  { name: 'first-time', search: { type: 'first-time' } },
  { name: 'drifting', search: { type: 'drifting' } },
  { name: 'dormant', search: { type: 'dormant' } },
  { name: 'lost', search: { type: 'lost' } },
] as const

const pageSize = 60

/** Everyone the shop knows, with their rhythm: which view, what is looked for and the order stand in the address. */
export function Customers() {
  const { t } = useTranslation()
  const format = useFormat()
  const search = useSearch({ from: '/shell/customers' })
  const navigate = useNavigate()
  const counts = useAsk(countCustomers, {})
  const mayMoney = useMay('money.read')
  const [text, setText] = useState(search.find ?? '')
  const [find] = useDebouncedValue(text, 200)
  const field = useRef<HTMLInputElement>(null)
  const role = useRef<HTMLInputElement>(null)
  useVerbs([
    { keys: '/', label: t('customers.find'), run: () => field.current?.focus() },
    { keys: 'r', label: t('customers.role'), run: () => role.current?.focus() },
  ])
  useEffect(() => {
    void navigate({
      to: '/customers',
      search: previous => ({ ...previous, find: find.trim() || undefined }),
      replace: true,
    })
  }, [find, navigate])

  const query = { find: search.find, type: search.type, late: search.late, role: search.role, sort: search.sort }
  const asked = useInfiniteQuery<List, Problem, { pages: List[] }, readonly unknown[], string | undefined>({
    queryKey: [listCustomers.id, query],
    queryFn: ({ pageParam, signal }) =>
      call(listCustomers, { query: { ...query, after: pageParam, limit: pageSize } }, signal),
    initialPageParam: undefined,
    getNextPageParam: page => page.next ?? undefined,
    placeholderData: previous => previous,
  })
  const rows = asked.data?.pages.flatMap(page => page.items) ?? []
  const total = asked.data?.pages[0]?.total
  const number = (name: string) => {
    const known = counts.data
    if (!known) return undefined
    if (name === 'all') return known.all
    if (name === 'late') return known.late
    return known.types[name as keyof typeof known.types] ?? 0
  }
  const current = search.role ? 'role' : search.late ? 'late' : (search.type ?? 'all')

  if (counts.data?.all === 0 && !search.role)
    return (
      <Page name={t('nav.customers')} title={t('customers.none-title')} subtitle={t('customers.none-text')}>
        <FirstMinute />
      </Page>
    )
  return (
    <Page
      name={t('nav.customers')}
      title={
        total === undefined
          ? t('nav.customers')
          : t(search.role ? `customers.title-as.${search.role}` : `customers.title-${current}`, {
              count: total,
              number: format.number(total),
            })
      }
      actions={<AddCustomer />}
      subtitle={
        current === 'all' || current === 'role'
          ? undefined
          : current === 'late'
            ? t('rhythm:late.rule')
            : t(`rhythm:type.${current}.rule`)
      }
    >
      <HistoryNote reading={counts.data?.reading} />
      <nav className="tabs" aria-label={t('customers.views')}>
        {views.map(view => (
          <Link
            key={view.name}
            to="/customers"
            search={previous => ({ find: previous.find, sort: previous.sort, ...view.search })}
            activeOptions={exactly}
            aria-current={current === view.name ? 'page' : undefined}
          >
            {t(
              view.name === 'all'
                ? 'customers.all'
                : view.name === 'late'
                  ? 'customers.late'
                  : `rhythm:type.${view.name}.name`,
            )}
            <em>{number(view.name) === undefined ? '' : format.number(number(view.name)!)}</em>
          </Link>
        ))}
      </nav>
      <div className="tools">
        <TextInput
          ref={field}
          type="search"
          value={text}
          onChange={event => setText(event.currentTarget.value)}
          placeholder={t('customers.find-hint')}
          aria-label={t('customers.find')}
          leftSection={<Search size={15} />}
          rightSection={<kbd>/</kbd>}
          className="tools-find"
        />
        <Select
          ref={role}
          aria-label={t('customers.role')}
          allowDeselect={false}
          size="sm"
          className="tools-role"
          data={partyRoles.map(each => ({ value: each, label: t(`party-role.${each}`) }))}
          value={search.role ?? 'customer'}
          onChange={chosen =>
            void navigate({
              to: '/customers',
              search: ({ find, sort }) => ({
                find,
                sort: chosen === 'customer' ? sort : undefined,
                role: chosen === 'customer' ? undefined : (chosen as (typeof partyRoles)[number]),
              }),
            })
          }
        />
        <Select
          aria-label={t('customers.sort')}
          allowDeselect={false}
          size="sm"
          data={customerOrders
            .filter(order => mayMoney || order !== 'spend')
            .map(order => ({ value: order, label: t(`customers.sort-${order}`) }))}
          value={search.sort ?? 'last'}
          onChange={sort =>
            void navigate({
              to: '/customers',
              search: previous => ({
                ...previous,
                sort: sort === 'last' ? undefined : (sort as (typeof customerOrders)[number]),
              }),
            })
          }
        />
      </div>
      <Answer of={{ data: asked.data, error: asked.error, refetch: asked.refetch }}>
        {() =>
          rows.length === 0 ? (
            <EmptyState
              title={search.find ? t('customers.no-match', { text: search.find }) : t(`customers.empty-${current}`)}
              actions={
                search.find ? (
                  <Button onClick={() => setText('')}>{t('customers.clear')}</Button>
                ) : (
                  <Link to="/customers" search={{}} className="link">
                    {t('customers.see-all')}
                  </Link>
                )
              }
            >
              {search.find ? t('customers.no-match-text') : null}
            </EmptyState>
          ) : (
            <>
              <Table pages={asked.data?.pages ?? []} money={mayMoney} />
              <More
                next={asked.hasNextPage}
                busy={asked.isFetchingNextPage}
                shown={rows.length}
                total={total ?? rows.length}
                ask={() => void asked.fetchNextPage()}
              />
            </>
          )
        }
      </Answer>
    </Page>
  )
}

function Table({ pages, money }: { pages: readonly List[]; money: boolean }) {
  const { t } = useTranslation()
  return (
    <div className="table-holder">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('customers.name')}</th>
            <th scope="col">{t('customers.type')}</th>
            <th scope="col" className="wide-only">
              {t('customers.rhythm')}
            </th>
            <th scope="col" className="right">
              {t('customers.usual')}
            </th>
            <th scope="col" className="right">
              {t('customers.silent')}
            </th>
            <th scope="col">{t('customers.next')}</th>
            <th scope="col" className="right">
              {t('customers.purchases')}
            </th>
            {money ? (
              <th scope="col" className="right">
                {t('customers.spend')}
              </th>
            ) : null}
          </tr>
        </thead>
        {pages.map(page => (
          <Rows key={page.items[0]?.partyId ?? 'none'} rows={page.items} money={money} />
        ))}
      </table>
    </div>
  )
}

/** The rows of one page of the list; their strips are asked for together. */
function Rows({ rows, money }: { rows: readonly CustomerRow[]; money: boolean }) {
  // A supplier who never bought is no prospect.
  const isOther = useSearch({ from: '/shell/customers' }).role !== undefined
  const { t } = useTranslation()
  const format = useFormat()
  const strips = useStrips(rows.map(row => row.partyId))
  return (
    <tbody>
      {rows.map(row => {
        const strip = strips(row.partyId)
        return (
          <tr key={row.partyId}>
            <th scope="row">
              <Link to="." search={(previous: object) => ({ ...previous, person: row.partyId })}>
                {row.name}
              </Link>
            </th>
            <td>{isOther && row.purchases === 0 ? '—' : <TypeBadge type={row.type} plain />}</td>
            <td className="strip-cell wide-only">{strip ? <Strip data={strip} /> : null}</td>
            <td className="right">
              {row.usualDays === null ? (
                <span className="muted" title={t('customers.too-short')}>
                  —
                </span>
              ) : (
                t('days', { count: Math.round(row.usualDays) })
              )}
            </td>
            <td className={`right ${row.lateSince ? 'vermilion strong' : ''}`}>
              {row.silentDays === null ? '—' : t('days', { count: row.silentDays })}
            </td>
            <td className={row.lateSince ? 'vermilion' : ''}>
              {row.lateSince
                ? t('customers.late-since', { day: format.nearDay(row.lateSince) })
                : row.nextFromOn && row.nextToOn
                  ? format.dayRange(row.nextFromOn, row.nextToOn)
                  : '—'}
            </td>
            <td className="right">{format.number(row.purchases)}</td>
            {money ? (
              <td className="right">{row.spendMinor === null ? '—' : format.money(row.spendMinor, row.currency)}</td>
            ) : null}
          </tr>
        )
      })}
    </tbody>
  )
}

/** Asks for the next rows when the end comes into view; the button does the same by hand. */
function More(props: { next: boolean; busy: boolean; shown: number; total: number; ask: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const end = useRef<HTMLDivElement>(null)
  const ask = useRef(props.ask)
  ask.current = props.ask
  useEffect(() => {
    if (!props.next || props.busy || !end.current) return
    const watch = new IntersectionObserver(
      entries => {
        if (entries[0]?.isIntersecting) ask.current()
      },
      { rootMargin: '400px' },
    )
    watch.observe(end.current)
    return () => watch.disconnect()
  }, [props.next, props.busy])
  return (
    <div ref={end} className="more">
      <span className="muted small" role="status">
        {t('customers.shown', { shown: format.number(props.shown), total: format.number(props.total) })}
      </span>
      {props.next ? (
        <Button onClick={props.ask} loading={props.busy}>
          {t('customers.more')}
        </Button>
      ) : null}
    </div>
  )
}
