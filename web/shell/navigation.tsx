import { Link, type LinkProps, useLocation, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { promisesToday } from '#financial/guarantee/contract.ts'
import { countCustomers } from '#insight/rhythm/contract.ts'
import { listTasks } from '#kernel/tasks/contract.ts'
import { useAsk } from '../api.ts'
import { useFormat } from '../format.ts'
import { undoLast } from '../notices.tsx'
import { useMay } from '../session.tsx'
import { useVerbs } from './keys.ts'

/** A page: where it is, what it is called, the letter that leads to it after G, what waits there. */
interface Place {
  readonly to: NonNullable<LinkProps['to']>
  readonly label: string
  readonly key?: string
  readonly mark?: ReactNode
}

interface Group {
  readonly name: 'rewards' | 'understanding' | 'books' | 'data'
  readonly places: readonly Place[]
}

/** What is looked at every day stands open; what keeps the house running is folded away until asked for. */
export function Navigation() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { first, groups, settings } = usePlaces()
  const here = useLocation({ select: location => location.pathname })
  const [isOpen, setIsOpen] = useState(false)
  const [folded, setFolded] = useState(readFolded)
  // On a phone the list covers the page, which is what was asked for; a page that stands in a folded group unfolds it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only going somewhere unfolds, not a count that changes
  useEffect(() => {
    setIsOpen(false)
    const group = groups.find(({ places }) => places.some(({ to }) => isAt(here, to)))
    if (group) setFolded(names => names.filter(name => name !== group.name))
  }, [here])
  // biome-ignore lint/correctness/useExhaustiveDependencies: where one is comes into sight after going there
  useEffect(() => {
    document.querySelector('.bar [aria-current="page"]')?.scrollIntoView({ block: 'nearest' })
  }, [here, folded])
  const fold = (name: string) => {
    const names = folded.includes(name) ? folded.filter(each => each !== name) : [...folded, name]
    setFolded(names)
    localStorage.setItem(foldedKey, names.join(' '))
  }
  const places = [...first, ...groups.flatMap(group => group.places), settings]
  useVerbs([
    ...places.flatMap(({ key, label, to }) =>
      key ? [{ keys: `g ${key}`, label, run: () => void navigate({ to, search: {} }) }] : [],
    ),
    { keys: 'z', label: t('keys.undo'), run: undoLast },
  ])
  return (
    <nav className="bar" aria-label={t('nav.label')} data-open={isOpen || undefined}>
      <div className="bar-head">
        <Link to="/" className="brand">
          <span lang="zh-CN">关系</span>Guanxi
        </Link>
        <button type="button" className="bar-menu" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {t('nav.all')}
        </button>
      </div>
      <div className="bar-pages">
        <div className="bar-group bar-first">
          {first.map(place => (
            <PlaceLink key={place.to} place={place} />
          ))}
        </div>
        {groups.map(({ name, places }) =>
          places.length > 0 ? (
            <div key={name} className="bar-group">
              <button
                type="button"
                className={name === 'rewards' ? 'bar-heading jade' : 'bar-heading'}
                aria-expanded={!folded.includes(name)}
                onClick={() => fold(name)}
              >
                <i aria-hidden />
                {t(`nav.${name}`)}
              </button>
              {folded.includes(name) ? null : places.map(place => <PlaceLink key={place.to} place={place} />)}
            </div>
          ) : null,
        )}
      </div>
      <div className="bar-group bar-last">
        <PlaceLink place={settings} />
      </div>
    </nav>
  )
}

function PlaceLink({ place: { to, label, mark } }: { place: Place }) {
  return (
    <Link to={to} search={{}} activeOptions={{ exact: to === '/', includeSearch: false }}>
      {label}
      {mark}
    </Link>
  )
}

/** Only what exists and may be seen stands here; what customers get carries the colour of its level. */
function usePlaces(): { first: Place[]; groups: Group[]; settings: Place } {
  const { t } = useTranslation()
  const format = useFormat()
  const mayReadPromises = useMay('promises.read')
  const tasks = useAsk(listTasks, { query: { state: 'open', limit: 1 } })
  const counts = useAsk(countCustomers, {})
  const promises = useAsk(promisesToday, {}, { enabled: mayReadPromises })
  const overdue = promises.data?.overdueTotal ?? 0
  const number = (value: number | undefined) => (value ? <em>{format.number(value)}</em> : null)
  const mayData = [useMay('imports.run'), useMay('events.read')].includes(true)
  const place = (may: boolean, to: Place['to'], label: string, more: Omit<Place, 'to' | 'label'> = {}): Place[] =>
    may ? [{ to, label, ...more }] : []
  const maySeeMoney = useMay('money.read')
  return {
    first: [
      ...place(true, '/', t('nav.today'), { key: 't', mark: number(tasks.data?.total) }),
      ...place(true, '/customers', t('nav.customers'), { key: 'c' }),
      ...place(true, '/late', t('nav.late'), { key: 'w', mark: number(counts.data?.late) }),
      ...place(useMay('till.use'), '/till', t('nav.till')),
    ],
    groups: [
      {
        name: 'rewards',
        places: [
          ...place(useMay('points.read'), '/programme', t('nav.programme'), { key: 'r' }),
          ...place(useMay('rewards.read'), '/rewards', t('nav.catalogue'), { key: 'k' }),
          ...place(useMay('draws.read'), '/draws', t('nav.draws')),
          ...place(mayReadPromises, '/promises', t('nav.promises'), {
            key: 'p',
            mark: overdue > 0 ? <em className="bad">{format.number(overdue)}</em> : number(promises.data?.claimsTotal),
          }),
          ...place(useMay('credit.read'), '/credit', t('nav.credit')),
          ...place(useMay('coalition.read'), '/coalition', t('nav.coalition'), { key: 'a' }),
        ],
      },
      {
        name: 'understanding',
        places: [
          ...place(true, '/stages', t('nav.stages'), { key: 'e' }),
          ...place(maySeeMoney, '/value', t('nav.value'), { key: 'v' }),
          ...place(useMay('effect.read'), '/results', t('nav.results')),
          ...place(maySeeMoney, '/audit', t('nav.audit'), { key: 'b' }),
          ...place(true, '/models', t('nav.models'), { key: 'm' }),
        ],
      },
      {
        name: 'books',
        places: [
          ...place(useMay('liability.read'), '/liability', t('nav.liability')),
          ...place(useMay('ledger.read'), '/ledger', t('nav.ledger'), { key: 'l' }),
        ],
      },
      {
        name: 'data',
        places: [
          ...place(mayData, '/data', t('nav.sources'), { key: 'd' }),
          ...place(useMay('customers.merge'), '/merges', t('merges:title')),
          ...place(useMay('webhooks.manage'), '/webhooks', t('nav.webhooks')),
          ...place(useMay('privacy.manage'), '/privacy', t('nav.privacy')),
          ...place(useMay('audit.read'), '/acts', t('audit-log:title')),
          ...place(useMay('jobs.read'), '/jobs', t('nav.jobs'), { key: 'j' }),
        ],
      },
    ],
    settings: { to: '/settings', label: t('nav.settings'), key: 's' },
  }
}

const isAt = (here: string, to: string) => here === to || here.startsWith(`${to}/`)

const foldedKey = 'guanxi.folded'
const readFolded = () => (localStorage.getItem(foldedKey) ?? 'data').split(' ').filter(Boolean)
