import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { offerUndo } from '../../../web/notices.tsx'
import { useMay } from '../../../web/session.tsx'
import { endCard, listRewards, type StampCard } from './contract.ts'
import type { Catalogue } from './screen.tsx'
import { Stamps } from './screen-stamps.tsx'
import { inWords } from './screen-words.tsx'

/** Cards of stamps: what fills them, what a full one is worth, how many are collecting. */
export function StampCards({ catalogue, onNew }: { catalogue: Catalogue; onNew: () => void }) {
  const { t } = useTranslation()
  const mayManage = useMay('rewards.manage')
  if (catalogue.cards.length === 0 && !mayManage) return null
  return (
    <section className="stamp-cards" aria-label={t('rewards:card.title')}>
      <h2>{t('rewards:card.title')}</h2>
      {catalogue.cards.length === 0 ? <p className="muted reading-width">{t('rewards:card.none')}</p> : null}
      <ul>
        {catalogue.cards.map(card => (
          <Card key={card.cardId} card={card} catalogue={catalogue} />
        ))}
      </ul>
      {mayManage ? (
        <div className="acts">
          <Button onClick={onNew}>{t('rewards:card.new')}</Button>
        </div>
      ) : null}
    </section>
  )
}

function Card({ card, catalogue }: { card: StampCard; catalogue: Catalogue }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayManage = useMay('rewards.manage')
  const end = useDo(endCard, { refresh: [listRewards] })
  const { terms, untilOn } = card
  const reward = catalogue.items.find(each => each.rewardId === terms.rewardId)
  const params = { cardId: card.cardId }
  const name = inWords(terms.name, format.language)
  const endToday = () =>
    end.mutate(
      { params, body: { untilOn: catalogue.todayOn } },
      {
        onSuccess: () => offerUndo(t('rewards:card.ended', { name }), () => end.mutate({ params, body: { untilOn } })),
      },
    )
  return (
    <li>
      <Stamps full={0} of={terms.stamps} icon={reward?.terms.icon ?? 'gift'} />
      <div>
        <b>{name}</b>
        <p>{ruleSaid(card, reward ? inWords(reward.terms.name, format.language) : '', { t, format })}</p>
        <p className="muted small">
          {card.collectors === 0
            ? t('rewards:card.nobody')
            : t('rewards:card.collecting', { count: card.collectors, stamps: format.number(card.collected) })}
          {' · '}
          {t('rewards:card.completed', { count: card.completed })}
          {untilOn
            ? ` · ${t(card.isActive ? 'rewards:card.ends' : 'rewards:card.over', { day: format.nearDay(untilOn) })}`
            : ''}
        </p>
      </div>
      {mayManage && card.isActive && untilOn === null ? (
        <Button size="xs" loading={end.isPending} onClick={endToday} aria-label={t('rewards:card.end-name', { name })}>
          {t('rewards:card.end')}
        </Button>
      ) : null}
    </li>
  )
}

/** The whole rule, as sentences. */
function ruleSaid(
  { terms }: StampCard,
  reward: string,
  { t, format }: { t: ReturnType<typeof useTranslation>['t']; format: ReturnType<typeof useFormat> },
): string {
  const what = [...terms.categories, ...terms.skus]
  const list = new Intl.ListFormat(format.language, { type: 'disjunction' }).format(what)
  const least = terms.atLeast ? format.exactMoney(terms.atLeast.amountMinor, terms.atLeast.currency) : ''
  return [
    t('rewards:card.says', { count: terms.stamps, reward }),
    what.length > 0 ? t(`rewards:card.per-${terms.per}-of`, { what: list }) : t(`rewards:card.per-${terms.per}`),
    terms.atLeast ? t('rewards:card.at-least', { amount: least }) : '',
    terms.stampDays === null ? '' : t('rewards:card.stamp-days', { count: terms.stampDays }),
  ]
    .filter(Boolean)
    .join(format.language.startsWith('zh') ? '' : ' ')
}
