import { Button, NumberInput, Switch, TagsInput, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { showNotice } from '../../../web/notices.tsx'
import { useMay } from '../../../web/session.tsx'
import { readCredit, saveVisitCard, type VisitCard, visitCard } from './contract.ts'
import type { Books } from './screen.tsx'

/** Visit cards that are offered, and the form that adds or changes one. */
export function Cards({ books }: { books: Books }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayManage = useMay('credit.manage')
  const [edited, setEdited] = useState<VisitCard | null>(null)
  const { currency } = books.rules ?? books.usual
  const unit = 10 ** format.digits(currency)
  const begin: VisitCard = {
    cardId: `card-${books.cards.length + 1}`,
    name: '',
    visits: 10,
    priceMinor: 680 * unit,
    currency,
    validMonths: 6,
    merchants: [],
    skus: [],
    refundPercent: 100,
    isOffered: true,
  }
  return (
    <section>
      <h2>{t('credit:section.cards')}</h2>
      {books.cards.length === 0 && !edited ? <p className="muted">{t('credit:card.none')}</p> : null}
      <ul className="credit-lines">
        {books.cards.map(({ sold, left, ...card }) => (
          <li key={card.cardId}>
            <b>{card.name}</b>{' '}
            {t('credit:card.terms', { count: card.visits, price: format.money(card.priceMinor, card.currency) })}
            {', '}
            {card.validMonths === null
              ? t('credit:card.for-ever')
              : t('credit:card.months-said', { count: card.validMonths })}
            <p className="muted small">
              {t('credit:card.sold', { sold, left })}
              {card.isOffered ? '' : ` · ${t('credit:card.not-offered')}`}{' '}
              {mayManage ? (
                <button type="button" className="link" onClick={() => setEdited(card)}>
                  {t('credit:change')}
                </button>
              ) : null}
            </p>
          </li>
        ))}
      </ul>
      {edited ? (
        <EditCard card={edited} set={setEdited} leave={() => setEdited(null)} />
      ) : mayManage ? (
        <Button size="xs" onClick={() => setEdited(begin)}>
          {t('credit:card.add')}
        </Button>
      ) : null}
    </section>
  )
}

function EditCard({ card, set, leave }: { card: VisitCard; set: (card: VisitCard) => void; leave: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const save = useDo(saveVisitCard, { refresh: [readCredit] })
  const unit = 10 ** format.digits(card.currency)
  const part = (given: Partial<VisitCard>) => set({ ...card, ...given })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { cardId, ...body } = card
    save.mutate(
      { params: { cardId }, body },
      {
        onSuccess: () => {
          showNotice(t('credit:card.saved'))
          leave()
        },
      },
    )
  }
  return (
    <form className="form form-wide" onSubmit={submit}>
      <div className="credit-fields">
        <TextInput
          label={t('credit:card.name')}
          required
          maxLength={80}
          value={card.name}
          onChange={event => part({ name: event.currentTarget.value })}
        />
        <TextInput
          label={t('credit:card.id')}
          required
          value={card.cardId}
          onChange={event => part({ cardId: event.currentTarget.value })}
        />
        <NumberInput
          label={t('credit:card.visits')}
          min={1}
          max={1000}
          value={card.visits}
          onChange={value => part({ visits: Math.max(1, Number(value) || 1) })}
        />
        <NumberInput
          label={t('credit:card.price')}
          min={0}
          thousandSeparator=","
          suffix={` ${card.currency}`}
          value={card.priceMinor / unit}
          onChange={value => part({ priceMinor: Math.max(1, Math.round(Number(value) * unit)) })}
        />
        <NumberInput
          label={t('credit:card.months')}
          min={1}
          max={120}
          value={card.validMonths ?? ''}
          onChange={value => part({ validMonths: value === '' ? null : Math.max(1, Number(value)) })}
        />
        <NumberInput
          label={t('credit:card.percent')}
          min={0}
          max={100}
          value={card.refundPercent}
          onChange={value => part({ refundPercent: Number(value) || 0 })}
        />
        <TagsInput
          label={t('credit:card.merchants')}
          value={[...card.merchants]}
          onChange={merchants => part({ merchants })}
        />
        <TagsInput label={t('credit:card.skus')} value={[...card.skus]} onChange={skus => part({ skus })} />
      </div>
      <Switch
        label={t('credit:card.offered')}
        checked={card.isOffered}
        onChange={event => part({ isOffered: event.currentTarget.checked })}
      />
      <div className="acts">
        <Button type="submit" variant="filled" loading={save.isPending} disabled={!visitCard.safeParse(card).success}>
          {t('credit:save')}
        </Button>
        <Button onClick={leave}>{t('credit:leave')}</Button>
      </div>
    </form>
  )
}
