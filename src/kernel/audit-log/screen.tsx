import { Button, Select, TextInput } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { Fragment, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addressOf, call, useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState, Face, Page } from '../../../web/kit/index.ts'
import { type Act, type ActFilter, exportActs, listActs, outcomes, readActors } from './contract.ts'
import { Changes } from './screen-changes.tsx'
import './screen.css'

/** Who did what, and what it changed: sentences, newest first, under the day on which it was done. */
export function ActsPage() {
  const { t } = useTranslation()
  const filter: ActFilter = useSearch({ from: '/shell/acts' })
  const asked = useAsk(listActs, { query: filter }, { keep: true })
  const [earlier, setEarlier] = useState<{ of: string; items: Act[]; next: string | null }>()
  const key = JSON.stringify(filter)
  const more = earlier?.of === key ? earlier : undefined
  const isNarrowed = Object.values(filter).some(Boolean)
  return (
    <Page
      name={t('audit-log:title')}
      title={t('audit-log:title')}
      subtitle={t('audit-log:lead')}
      actions={
        <Button component="a" href={addressOf(exportActs, { query: filter })} download>
          {t('audit-log:export')}
        </Button>
      }
    >
      <Filter filter={filter} />
      <Answer of={asked}>
        {({ items, next }) => {
          const all = [...items, ...(more?.items ?? [])]
          const last = more ? more.next : next
          if (all.length === 0) {
            const which = isNarrowed ? 'none-found' : 'none'
            return <EmptyState title={t(`audit-log:${which}`)}>{t(`audit-log:${which}-text`)}</EmptyState>
          }
          const readOn = async () => {
            const page = await call(listActs, { query: { ...filter, before: last! } })
            setEarlier({ of: key, items: [...(more?.items ?? []), ...page.items], next: page.next })
          }
          return (
            <>
              <Days acts={all} />
              {last ? (
                <Button className="acts-more" onClick={() => void readOn()}>
                  {t('audit-log:more')}
                </Button>
              ) : null}
            </>
          )
        }}
      </Answer>
    </Page>
  )
}

function Filter({ filter }: { filter: ActFilter }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const known = useAsk(readActors, {})
  const narrow = (change: Partial<Record<keyof ActFilter, string | undefined>>) =>
    void navigate({ to: '/acts', search: { ...filter, ...change } as ActFilter, replace: true })
  return (
    <search className="acts-filter" aria-label={t('audit-log:filter.label')}>
      <Select
        label={t('audit-log:filter.who')}
        placeholder={t('audit-log:filter.anybody')}
        clearable
        searchable
        data={(known.data?.actors ?? []).map(({ id, name, kind }) => ({
          value: id,
          label: [
            kind === 'machine' ? t('audit-log:machine') : name || t('top.nameless'),
            kind === 'key' ? t('audit-log:key') : '',
          ]
            .filter(Boolean)
            .join(' · '),
        }))}
        value={filter.actorId ?? null}
        onChange={actorId => narrow({ actorId: actorId ?? undefined })}
      />
      <Select
        label={t('audit-log:filter.part')}
        placeholder={t('audit-log:filter.everywhere')}
        clearable
        searchable
        data={(known.data?.rooms ?? []).map(room => ({ value: room, label: nameOfPart(t, room) }))}
        value={filter.room ?? null}
        onChange={room => narrow({ room: room ?? undefined })}
      />
      <Select
        label={t('audit-log:filter.outcome')}
        placeholder={t('audit-log:filter.any')}
        clearable
        data={outcomes.map(outcome => ({ value: outcome, label: t(`audit-log:outcome.${outcome}`) }))}
        value={filter.outcome ?? null}
        onChange={outcome => narrow({ outcome: outcome ?? undefined })}
      />
      {(['fromOn', 'toOn'] as const).map(name => (
        <TextInput
          key={name}
          type="date"
          label={t(`audit-log:filter.${name === 'fromOn' ? 'from' : 'to'}`)}
          value={filter[name] ?? ''}
          onChange={event => narrow({ [name]: event.currentTarget.value || undefined })}
        />
      ))}
      {filter.partyId ? (
        <Button variant="light" onClick={() => narrow({ partyId: undefined })}>
          {t('audit-log:filter.customer')} ✕
        </Button>
      ) : null}
    </search>
  )
}

const nameOfPart = (t: TFunction, part: string) => t(`audit-log:part.${part}`, { defaultValue: part })

function Days({ acts }: { acts: readonly Act[] }) {
  const format = useFormat()
  const days = Map.groupBy(acts, act => format.dayOf(act.at))
  return [...days].map(([day, ofDay]) => (
    <section key={day} className="acts-day">
      <h2>{format.day(day)}</h2>
      <ol className="acts-list">
        {ofDay.map(act => (
          <Line key={act.actId} act={act} />
        ))}
      </ol>
    </section>
  ))
}

const clock = (at: string, { language, zone }: { language: string; zone: string }) =>
  new Intl.DateTimeFormat(language, { timeZone: zone, hour: '2-digit', minute: '2-digit' }).format(new Date(at))

function Line({ act }: { act: Act }) {
  const { t } = useTranslation()
  const format = useFormat()
  const name = act.actor.kind === 'machine' ? t('audit-log:machine') : act.actor.name || t('top.nameless')
  const isDone = act.outcome === 'done'
  const { did, object, told } = useSentence(act)
  const parties = act.party ? [act.party, ...act.others] : []
  return (
    <li className="act" data-outcome={act.outcome}>
      <time dateTime={act.at}>{clock(act.at, format)}</time>
      <Face name={name} level={act.actor.kind === 'key' ? 'jade' : 'indigo'} />
      <div>
        <p>
          <b>{name}</b>
          {act.actor.kind === 'key' ? <span className="muted"> ({t('audit-log:key')})</span> : null} {did}
          {object || parties.length > 0 ? t('audit-log:of') : null}
          {object}
          {parties.map(({ partyId, name: called }, place) => (
            <Fragment key={`${partyId}-${called}`}>
              {object || place > 0 ? t('audit-log:comma') : null}
              <Link to="/customers/$partyId" params={{ partyId }} className="link">
                {called || t('audit-log:unnamed')}
              </Link>
            </Fragment>
          ))}
          {isDone ? null : <em className="bad">{t(`audit-log:but.${act.outcome}`)}</em>}
        </p>
        {isDone ? (
          <Changes act={act} told={told} />
        ) : act.code ? (
          <p className="small muted">{t(act.code, { defaultValue: act.code })}</p>
        ) : null}
      </div>
    </li>
  )
}

/**
 * The act in words, and on whom or what: a customer, or what was just given a name. Of points it says whether they were given or
 * taken, rather than printing a minus; `told` need not be said again beneath.
 */
function useSentence({ operation, summary, asked, party }: Act) {
  const { t } = useTranslation()
  const format = useFormat()
  const points = asked?.points
  const context = typeof points === 'number' ? (points < 0 ? 'took' : 'gave') : undefined
  const number = typeof points === 'number' ? format.number(Math.abs(points)) : undefined
  const isNew = /^(create|invite|add|save)/.test(operation)
  const named = [asked?.named, isNew && !party ? asked?.name : undefined].find(each => typeof each === 'string')
  return {
    did: t(`audit-log:did.${operation}`, { context, number, defaultValue: summary }),
    object: named,
    told: [
      'named',
      ...(asked?.name === named || asked?.name === party?.name ? ['name'] : []),
      ...(operation === 'adjustPoints' ? ['points'] : []),
    ],
  }
}
