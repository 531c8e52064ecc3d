import { Button } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Answer, EmptyState, Page } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { useMay } from '../../../web/session.tsx'
import { createReward, listRewards, type Reward } from './contract.ts'
import { StampCards } from './screen-cards.tsx'
import { UseCode } from './screen-code.tsx'
import { EditReward } from './screen-edit.tsx'
import { RewardIcon } from './screen-icon.tsx'
import { NewCard } from './screen-new-card.tsx'
import { inWords, priceSaid } from './screen-words.tsx'
import './screen.css'

export type Catalogue = z.infer<typeof listRewards.reply>

/** What points and stamps can be turned into: what is on the shelf, how much is left, how often it was taken and used. */
export function RewardsPage() {
  const { t } = useTranslation()
  const asked = useAsk(listRewards, {})
  const navigate = useNavigate()
  const { open } = useSearch({ from: '/shell/rewards' })
  const mayManage = useMay('rewards.manage')
  const mayUse = useMay('till.use')
  const go = (what?: string) => void navigate({ to: '/rewards', search: what ? { open: what } : {} })
  const catalogue = asked.data
  const edited = catalogue?.items.find(reward => reward.rewardId === open)
  const waiting = catalogue?.items.reduce((sum, { taken, used }) => sum + taken - used, 0) ?? 0
  return (
    <Page
      name={t('rewards:name')}
      title={titleOf(catalogue, t)}
      subtitle={catalogue?.items.length ? t('rewards:subtitle', { count: waiting }) : undefined}
      actions={
        catalogue?.items.length ? (
          <>
            {mayUse ? <Button onClick={() => go('code')}>{t('rewards:code.open')}</Button> : null}
            {mayManage ? (
              <Button variant="filled" onClick={() => go('new')}>
                {t('rewards:edit.new')}
              </Button>
            ) : null}
          </>
        ) : null
      }
    >
      <Answer of={asked}>
        {data =>
          data.items.length === 0 ? (
            <Beginning catalogue={data} onNew={() => go('new')} />
          ) : (
            <>
              <Shelf rewards={data.items.filter(reward => reward.isActive)} catalogue={data} onOpen={go} />
              <StampCards catalogue={data} onNew={() => go('card')} />
              <Archived rewards={data.items.filter(reward => !reward.isActive)} catalogue={data} onOpen={go} />
            </>
          )
        }
      </Answer>
      {catalogue && mayManage && (open === 'new' || edited) ? (
        <EditReward key={open} catalogue={catalogue} reward={edited} leave={() => go()} />
      ) : null}
      {catalogue && mayManage && open === 'card' ? <NewCard catalogue={catalogue} leave={() => go()} /> : null}
      {mayUse && open === 'code' ? <UseCode leave={() => go()} /> : null}
    </Page>
  )
}

function titleOf(catalogue: Catalogue | undefined, t: ReturnType<typeof useTranslation>['t']): string {
  if (!catalogue) return t('rewards:name')
  if (catalogue.items.length === 0) return t('rewards:title.none')
  const taken = catalogue.items.reduce((sum, reward) => sum + reward.taken, 0)
  return taken === 0 ? t('rewards:title.untouched') : t('rewards:title.taken', { count: taken })
}

/** Before there is anything: what it is good for, and three to begin with. */
function Beginning({ catalogue, onNew }: { catalogue: Catalogue; onNew: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayManage = useMay('rewards.manage')
  const create = useDo(createReward, { refresh: [listRewards] })
  return (
    <EmptyState
      title={t('rewards:empty.title')}
      actions={mayManage ? <Button onClick={onNew}>{t('rewards:empty.own')}</Button> : null}
    >
      {t('rewards:empty.text')}
      {mayManage ? (
        <span className="reward-suggestions">
          {catalogue.usual.map(terms => (
            <span key={terms.icon} className="reward-suggestion">
              <i>
                <RewardIcon icon={terms.icon} />
              </i>
              <b>{inWords(terms.name, format.language)}</b>
              <small>{inWords(terms.description, format.language)}</small>
              <small className="jade">{t('rewards:price.points', { count: terms.price ?? 0 })}</small>
              <Button
                size="xs"
                loading={create.isPending}
                onClick={() =>
                  create.mutate(
                    { body: terms },
                    {
                      onSuccess: () =>
                        showNotice(t('rewards:edit.created', { name: inWords(terms.name, format.language) })),
                    },
                  )
                }
                aria-label={t('rewards:empty.put-name', { name: inWords(terms.name, format.language) })}
              >
                {t('rewards:empty.put')}
              </Button>
            </span>
          ))}
        </span>
      ) : null}
    </EmptyState>
  )
}

interface Shown {
  readonly rewards: readonly Reward[]
  readonly catalogue: Catalogue
  readonly onOpen: (rewardId: string) => void
}

function Shelf({ rewards, catalogue, onOpen }: Shown) {
  const { t } = useTranslation()
  return (
    <ul className="shelf" aria-label={t('rewards:name')}>
      {rewards.map(reward => (
        <OnShelf key={reward.rewardId} reward={reward} catalogue={catalogue} onOpen={onOpen} />
      ))}
    </ul>
  )
}

function Archived({ rewards, catalogue, onOpen }: Shown) {
  const { t } = useTranslation()
  const format = useFormat()
  if (rewards.length === 0) return null
  return (
    <details className="folded">
      <summary>
        {t('rewards:archived')} <span className="muted">{format.number(rewards.length)}</span>
      </summary>
      <Shelf rewards={rewards} catalogue={catalogue} onOpen={onOpen} />
    </details>
  )
}

function OnShelf({ reward, catalogue, onOpen }: Omit<Shown, 'rewards'> & { reward: Reward }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayManage = useMay('rewards.manage')
  const { terms, taken, used } = reward
  const name = inWords(terms.name, format.language)
  return (
    <li className="reward" data-archived={reward.isActive ? undefined : true}>
      <i>
        <RewardIcon icon={terms.icon} />
      </i>
      <h2>
        {mayManage ? (
          <button type="button" className="reward-open" onClick={() => onOpen(reward.rewardId)}>
            {name}
          </button>
        ) : (
          name
        )}
      </h2>
      <p className="reward-price">
        <b>{priceSaid(t, terms.price, terms.tierPrices.length > 0)}</b>
        {terms.tierPrices.map(({ tierId, price }) => (
          <small key={tierId}>
            {t('rewards:price.tier', {
              tier: catalogue.tiers.find(tier => tier.tierId === tierId)?.name ?? tierId,
              price: price === 0 ? t('rewards:price.free') : format.number(price),
            })}
          </small>
        ))}
      </p>
      <Stock reward={reward} />
      <p className="muted small">
        {taken === 0 ? t('rewards:taken.none') : t('rewards:taken.some', { count: taken, used: format.number(used) })}
      </p>
      <When reward={reward} todayOn={catalogue.todayOn} />
    </li>
  )
}

function Stock({ reward: { terms, left, reserved } }: { reward: Reward }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (terms.stock === null || left === null) return <p className="muted small">{t('rewards:stock.unlimited')}</p>
  const share = terms.stock === 0 ? 0 : left / terms.stock
  return (
    <p className={left === 0 ? 'bad small' : 'small'}>
      <span className="stock-bar" aria-hidden>
        <span style={{ width: `${share * 100}%` }} />
      </span>
      {left === 0
        ? t('rewards:stock.none')
        : t('rewards:stock.left', { left: format.number(left), stock: format.number(terms.stock) })}
      {reserved > 0 ? ` · ${t('rewards:stock.reserved', { count: reserved })}` : ''}
    </p>
  )
}

/** Only what is out of the ordinary: a first or last day, certain shops. */
function When({ reward: { terms }, todayOn }: { reward: Reward; todayOn: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { fromOn, untilOn, merchants } = terms
  const said = [
    fromOn !== null && fromOn > todayOn ? t('rewards:when.from', { day: format.nearDay(fromOn) }) : '',
    untilOn === null
      ? ''
      : t(untilOn < todayOn ? 'rewards:when.over' : 'rewards:when.until', { day: format.nearDay(untilOn) }),
    merchants.length > 0 ? t('rewards:when.merchants', { count: merchants.length }) : '',
  ].filter(Boolean)
  return said.length > 0 ? <p className="muted small">{said.join(' · ')}</p> : null
}
