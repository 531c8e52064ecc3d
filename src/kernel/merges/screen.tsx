import { Button, TextInput } from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, Problem, useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState, Page } from '../../../web/kit/index.ts'
import { offerUndo, showNotice, showProblem } from '../../../web/notices.tsx'
import { useSession } from '../../../web/session.tsx'
import { useVerbs } from '../../../web/shell/keys.ts'
import { findParties } from '../parties/contract.ts'
import {
  type Candidate,
  dismissDuplicate,
  listDuplicates,
  listMerges,
  type Merge,
  reconsiderDuplicate,
  searchDuplicates,
  undoMerge,
} from './contract.ts'
import './screen.css'
import { Comparison } from './screen-comparison.tsx'
import { Reasons } from './screen-reasons.tsx'

/** Who may be one person twice: two profiles side by side, what they would be as one, and the merges there were. */
export function MergesPage() {
  const { t } = useTranslation()
  const { kept, other } = useSearch({ from: '/shell/merges' })
  const waiting = useAsk(listDuplicates, { query: { limit: 50 } })
  return (
    <Page
      name={t('merges:title')}
      title={
        kept
          ? t('merges:by-hand')
          : waiting.data?.total
            ? t('merges:found', { count: waiting.data.total })
            : t('merges:title')
      }
      subtitle={t('merges:promise')}
      actions={kept ? undefined : <Search />}
    >
      {kept && other ? (
        <ByHand keptId={kept} otherId={other} />
      ) : kept ? (
        <Choose keptId={kept} />
      ) : (
        <Answer of={waiting}>{({ items }) => (items.length === 0 ? <Nobody /> : <Pairs items={items} />)}</Answer>
      )}
      <Past />
    </Page>
  )
}

function Search() {
  const { t } = useTranslation()
  const search = useDo(searchDuplicates, {})
  return (
    <Button
      variant="default"
      loading={search.isPending}
      onClick={() => search.mutate({}, { onSuccess: () => showNotice(t('merges:searching')) })}
    >
      {t('merges:search')}
    </Button>
  )
}

function Nobody() {
  const { t } = useTranslation()
  return <EmptyState title={t('merges:none')}>{t('merges:none-text')}</EmptyState>
}

/** The pairs that wait, and the one that is looked at. */
function Pairs({ items }: { items: readonly Candidate[] }) {
  const { t } = useTranslation()
  const [at, setAt] = useState(0)
  const dismiss = useDo(dismissDuplicate, { refresh: [listDuplicates] })
  const shown = items[Math.min(at, items.length - 1)]!
  const move = (by: number) => setAt(Math.max(0, Math.min(items.length - 1, at + by)))
  const different = () =>
    dismiss.mutate(
      { params: { candidateId: shown.candidateId } },
      {
        onSuccess: () =>
          offerUndo(t('merges:remembered'), () => {
            void call(reconsiderDuplicate, { params: { candidateId: shown.candidateId } }).catch(sayProblem)
          }),
      },
    )
  useVerbs([
    { keys: 'j', label: t('merges:next'), run: () => move(1) },
    { keys: 'k', label: t('merges:previous'), run: () => move(-1) },
    { keys: 'n', label: t('merges:different'), run: different },
  ])
  return (
    <div className="merges">
      <ul className="merges-list" aria-label={t('merges:waiting')}>
        {items.map((each, index) => (
          <li key={each.candidateId}>
            <button type="button" aria-current={each === shown} onClick={() => setAt(index)}>
              <b>{each.one.name === each.other.name ? each.one.name : `${each.one.name} · ${each.other.name}`}</b>
              <small>{t(`merges:likely.${likely(each.likelihood)}`)}</small>
            </button>
          </li>
        ))}
      </ul>
      <section aria-label={t('merges:pair')}>
        <Reasons evidence={shown.evidence} />
        <Comparison
          key={shown.candidateId}
          keptId={shown.one.partyId}
          otherId={shown.other.partyId}
          different={different}
        />
      </section>
    </div>
  )
}

function likely(likelihood: number): 'almost-certain' | 'very-likely' | 'perhaps' {
  if (likelihood >= 0.99) return 'almost-certain'
  return likelihood >= 0.9 ? 'very-likely' : 'perhaps'
}

/** Two whom somebody named, whatever the search thinks of them. */
function ByHand({ keptId, otherId }: { keptId: string; otherId: string }) {
  const navigate = useNavigate()
  return (
    <Comparison
      keptId={keptId}
      otherId={otherId}
      done={() => void navigate({ to: '/customers/$partyId', params: { partyId: keptId } })}
    />
  )
}

function Choose({ keptId }: { keptId: string }) {
  const { t } = useTranslation()
  const [find, setFind] = useState('')
  const found = useAsk(findParties, { query: { find, limit: 10 } })
  return (
    <div className="merges-choose">
      <TextInput
        label={t('merges:choose')}
        description={t('merges:choose-hint')}
        value={find}
        onChange={event => setFind(event.currentTarget.value)}
        data-autofocus
      />
      <ul>
        {(found.data?.items ?? [])
          .filter(({ partyId }) => partyId !== keptId)
          .map(({ partyId, name, hint }) => (
            <li key={partyId}>
              <Link to="/merges" search={{ kept: keptId, other: partyId }} className="link">
                {name}
              </Link>{' '}
              <small>{hint}</small>
            </li>
          ))}
      </ul>
    </div>
  )
}

/** The merges there were, each with its way back. */
function Past() {
  const { t } = useTranslation()
  const asked = useAsk(listMerges, { query: { limit: 20 } })
  const undo = useDo(undoMerge, { refresh: [listMerges, listDuplicates] })
  const format = useFormat()
  const isDemo = useSession().worlds.current === 'demo'
  const takeBack = (merge: Merge) =>
    undo.mutate(
      { params: { mergeId: merge.mergeId } },
      { onSuccess: () => showNotice(t('merges:undone', { name: merge.otherName })) },
    )
  if (!asked.data || asked.data.items.length === 0) return null
  return (
    <>
      <h2>{t('merges:past')}</h2>
      <div className="table-holder">
        <table className="table table-small">
          <thead>
            <tr>
              <th scope="col">{t('merges:kept')}</th>
              <th scope="col">{t('merges:joined')}</th>
              <th scope="col">{t('merges:when')}</th>
              <th scope="col">{t('merges:by')}</th>
              <th scope="col">
                <span className="visually-hidden">{t('merges:undo')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {asked.data.items.map(merge => (
              <tr key={merge.mergeId} className={merge.undoneAt ? 'gone' : undefined}>
                <td>
                  <Link to="/customers/$partyId" params={{ partyId: merge.keptId }} className="link">
                    {merge.keptName}
                  </Link>
                </td>
                <td>{merge.otherName}</td>
                <td>{format.instant(merge.mergedAt)}</td>
                {/* Staff live in the business alone: the demo does not know who merged. */}
                <td>{merge.by || (isDemo ? '–' : t('merges:by-house'))}</td>
                <td>
                  {merge.undoneAt ? (
                    t('merges:was-undone', { at: format.instant(merge.undoneAt) })
                  ) : (
                    <button
                      type="button"
                      className="link"
                      disabled={undo.isPending}
                      aria-label={t('merges:undo-of', { name: merge.otherName })}
                      onClick={() => takeBack(merge)}
                    >
                      {t('merges:undo')}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

function sayProblem(error: unknown): void {
  if (error instanceof Problem) showProblem(error)
  else throw error
}
