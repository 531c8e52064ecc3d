import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { partyTimeline } from '#kernel/events/contract.ts'
import { call, type Problem } from '../api.ts'
import { type Format, useFormat } from '../format.ts'
import { Answer } from '../kit/index.ts'

type Page = z.infer<typeof partyTimeline.reply>
type Item = Page['items'][number]
type Filter = 'all' | 'purchases' | 'care' | 'other'

const filters: readonly Filter[] = ['all', 'purchases', 'care', 'other']

export function kindOf(kind: string): Exclude<Filter, 'all'> {
  if (kind === 'purchase.recorded' || kind === 'refund.recorded') return 'purchases'
  if (/^(task|rhythm|warning|promise|message|contact)/.test(kind)) return 'care'
  return 'other'
}

/** Shop systems tell more than there is to remember: their own events, and what a kept promise says already. */
const isAside = (kind: string) => kind === 'client.tracked' || kind === 'delivery.arrived'

const colours: Record<Exclude<Filter, 'all'>, string> = { purchases: 'ink', care: 'vermilion', other: 'muted' }

/** Everything between us and one customer, newest first, in plain lines; bursts of one kind on one day are folded. */
export function Timeline({ partyId }: { partyId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [filter, setFilter] = useState<Filter>('all')
  const asked = useInfiniteQuery<Page, Problem, { pages: Page[] }, readonly unknown[], string | undefined>({
    queryKey: [partyTimeline.id, partyId],
    queryFn: ({ pageParam, signal }) =>
      call(partyTimeline, { params: { partyId }, query: { before: pageParam, limit: 60 } }, signal),
    initialPageParam: undefined,
    getNextPageParam: page => page.next ?? undefined,
  })
  const lines = useMemo(() => {
    const items = asked.data?.pages.flatMap(page => page.items) ?? []
    const shown =
      filter === 'all' ? items.filter(item => !isAside(item.kind)) : items.filter(item => kindOf(item.kind) === filter)
    return fold(shown, format)
  }, [asked.data, filter, format])
  const products = Object.assign({}, ...(asked.data?.pages.map(page => page.products) ?? [])) as Record<string, string>
  const present = new Set(asked.data?.pages.flatMap(page => page.items).map(item => kindOf(item.kind)))
  const first = asked.data?.pages[0]
  return (
    <section id="timeline" aria-label={t('timeline.title')}>
      <h2>
        {t('timeline.title')}
        <fieldset className="filters">
          <legend className="visually-hidden">{t('timeline.filter')}</legend>
          {filters
            .filter(name => name === 'all' || present.has(name))
            .map(name => (
              <button key={name} type="button" aria-pressed={filter === name} onClick={() => setFilter(name)}>
                {t(`timeline.${name}`)}
              </button>
            ))}
        </fieldset>
      </h2>
      <Answer of={{ data: first, error: asked.error, refetch: asked.refetch }}>
        {() =>
          lines.length === 0 ? (
            <p className="muted">{t('timeline.none')}</p>
          ) : (
            <ol className="timeline">
              {lines.map(line => (
                <Line key={line[0]!.eventId} items={line} products={products} />
              ))}
            </ol>
          )
        }
      </Answer>
      {asked.hasNextPage ? (
        <Button onClick={() => void asked.fetchNextPage()} loading={asked.isFetchingNextPage} variant="default">
          {t('timeline.earlier')}
        </Button>
      ) : null}
    </section>
  )
}

/** Three or more of one kind on one day stand as one line. */
export function fold(items: readonly Item[], format: Pick<Format, 'dayOf'>): Item[][] {
  const lines: Item[][] = []
  for (const item of items) {
    const last = lines.at(-1)
    if (last && last[0]!.kind === item.kind && format.dayOf(last[0]!.occurredAt) === format.dayOf(item.occurredAt))
      last.push(item)
    else lines.push([item])
  }
  return lines.flatMap(line => (line.length >= 3 ? [line] : line.map(item => [item])))
}

function Line({ items, products }: { items: readonly Item[]; products: Record<string, string> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [open, setOpen] = useState(false)
  const first = items[0]!
  const day = format.dayOf(first.occurredAt)
  return (
    <>
      <li className="line">
        <time dateTime={first.occurredAt} title={format.instant(first.occurredAt)}>
          {format.nearDay(day)}
        </time>
        <i style={{ background: `var(--${colours[kindOf(first.kind)]})` }} aria-hidden />
        <div>
          {items.length > 1 ? (
            <>
              {t('timeline.burst', {
                count: items.length,
                what: t(`events:kind.${first.kind}`, { defaultValue: first.kind }),
              })}{' '}
              {sumOf(items, format)}
              <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
                {t(open ? 'timeline.fold' : 'timeline.unfold')}
              </button>
            </>
          ) : (
            lineOf(first, products, t, format)
          )}
        </div>
      </li>
      {open
        ? items.map(item => (
            <li key={item.eventId} className="line line-inner">
              <time dateTime={item.occurredAt}>{format.clock(item.occurredAt)}</time>
              <i aria-hidden />
              <div>{lineOf(item, products, t, format)}</div>
            </li>
          ))
        : null}
    </>
  )
}

/** What a folded line of purchases came to; nothing where currencies differ or it is not about money. */
function sumOf(items: readonly Item[], format: Format): string {
  const payloads = items.map(item => item.payload as { amountMinor?: unknown; currency?: unknown })
  const currency = payloads[0]?.currency
  if (typeof currency !== 'string' || payloads.some(payload => payload.currency !== currency)) return ''
  const sum = payloads.reduce(
    (total, { amountMinor }) => total + (typeof amountMinor === 'number' ? amountMinor : 0),
    0,
  )
  return `· ${format.exactMoney(Math.abs(sum), currency)} `
}

interface PurchasePayload {
  readonly orderRef?: string
  readonly amountMinor: number
  readonly currency: string
  readonly lines: readonly { sku: string; quantity: number; amountMinor: number }[]
}

/** What one event says, as a person would tell it. */
function lineOf(item: Item, products: Record<string, string>, t: TFunction, format: Format) {
  if (item.kind === 'purchase.recorded' || item.kind === 'refund.recorded') {
    const payload = item.payload as unknown as PurchasePayload
    const named = payload.lines.flatMap(line => {
      const name = products[line.sku] || line.sku
      if (!name) return []
      const quantity = Math.abs(line.quantity) / 1000
      return quantity === 1 || quantity === 0 ? name : `${name} × ${format.number(quantity, 3)}`
    })
    const shown = named.slice(0, 3)
    const what = new Intl.ListFormat(format.language, { type: 'conjunction' }).format(
      named.length > 3 ? [...shown, t('timeline.more', { count: named.length - 3 })] : shown,
    )
    const amount = format.exactMoney(Math.abs(payload.amountMinor), payload.currency)
    const key = item.kind === 'purchase.recorded' ? 'bought' : 'refunded'
    return named.length
      ? t(`timeline.${key}`, { what, amount })
      : t(`timeline.${key}-plain`, { amount, ref: payload.orderRef ?? '' })
  }
  if (item.kind === 'contact.noted') return t(`tasks:way.${String(item.payload.way)}`)
  const outcome = item.payload.outcome
  const days = item.payload.days
  const name = item.payload.name
  const [room, ...rest] = item.kind.split('.')
  const known = t(`events:kind.${item.kind}`, { defaultValue: item.kind })
  const said = t(`${room}:event.${rest.join('.')}`, { days: typeof days === 'number' ? days : '', defaultValue: known })
  if (typeof outcome === 'string') return `${said} · ${t(`tasks:outcome.${outcome}`, { defaultValue: outcome })}`
  return typeof name === 'string' ? `${said}: ${name}` : said
}
