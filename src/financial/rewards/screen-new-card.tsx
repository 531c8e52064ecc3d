import { Button, Drawer, MultiSelect, NumberInput, Select, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { showNotice } from '../../../web/notices.tsx'
import { type CardTerms, cardTerms, createCard, listRewards, stampsPer } from './contract.ts'
import type { Catalogue } from './screen.tsx'
import { inWords } from './screen-words.tsx'

/** A new stamp card. Its rules hold for as long as it runs, so all of them are said before it begins. */
export function NewCard({ catalogue, leave }: { catalogue: Catalogue; leave: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const rewards = catalogue.items.filter(reward => reward.isActive && reward.terms.stock === null)
  const [terms, setTerms] = useState<CardTerms>({
    name: {},
    rewardId: rewards[0]?.rewardId ?? '',
    stamps: 10,
    per: 'purchase',
    atLeast: null,
    categories: [],
    skus: [],
    merchants: [],
    startsOn: catalogue.todayOn,
    stampDays: 365,
  })
  const set = (part: Partial<CardTerms>) => setTerms(before => ({ ...before, ...part }))
  const create = useDo(createCard, { refresh: [listRewards] })
  const unit = 10 ** format.digits(catalogue.currency)
  const { currency } = catalogue
  const begin = (event: FormEvent) => {
    event.preventDefault()
    create.mutate(
      { body: terms },
      {
        onSuccess: () => {
          showNotice(t('rewards:card.begun', { name: inWords(terms.name, format.language) }))
          leave()
        },
      },
    )
  }
  const say = (language: 'en' | 'zh-CN', text: string) => {
    const { [language]: _, ...others } = terms.name
    set({ name: text.trim() === '' ? others : { ...others, [language]: text } })
  }
  return (
    <Drawer
      opened
      onClose={leave}
      position="right"
      size="md"
      title={t('rewards:card.new')}
      closeButtonProps={{ 'aria-label': t('rewards:edit.close') }}
    >
      {rewards.length === 0 ? (
        <p>{t('rewards:card.needs-reward')}</p>
      ) : (
        <form className="form form-wide reward-form" onSubmit={begin}>
          <div className="reward-words">
            {(['zh-CN', 'en'] as const).map(language => (
              <TextInput
                key={language}
                label={t(`rewards:edit.name.${language}`)}
                maxLength={80}
                data-autofocus={language === 'zh-CN' ? true : undefined}
                value={terms.name[language] ?? ''}
                onChange={event => say(language, event.currentTarget.value)}
              />
            ))}
          </div>
          <div className="form-grid reward-grid">
            <NumberInput
              label={t('rewards:card.stamps')}
              min={2}
              max={100}
              allowDecimal={false}
              required
              value={terms.stamps}
              onChange={value => set({ stamps: Number(value) })}
            />
            <Select
              label={t('rewards:card.reward')}
              allowDeselect={false}
              data={rewards.map(reward => ({
                value: reward.rewardId,
                label: inWords(reward.terms.name, format.language),
              }))}
              value={terms.rewardId}
              onChange={value => value && set({ rewardId: value })}
            />
          </div>
          <Select
            label={t('rewards:card.per')}
            allowDeselect={false}
            data={stampsPer.map(value => ({ value, label: t(`rewards:card.choose-${value}`) }))}
            value={terms.per}
            onChange={value => value && set({ per: value as CardTerms['per'] })}
          />
          {catalogue.categories.length > 0 ? (
            <MultiSelect
              label={t('rewards:card.categories')}
              placeholder={terms.categories.length === 0 ? t('rewards:card.categories-all') : ''}
              data={catalogue.categories}
              value={[...terms.categories]}
              onChange={categories => set({ categories })}
              searchable
              clearable
            />
          ) : null}
          <div className="form-grid reward-grid">
            <NumberInput
              label={t('rewards:card.least', { currency })}
              placeholder={t('rewards:card.least-none')}
              min={0}
              decimalScale={format.digits(currency)}
              value={terms.atLeast ? terms.atLeast.amountMinor / unit : ''}
              onChange={value =>
                set({ atLeast: Number(value) > 0 ? { amountMinor: Math.round(Number(value) * unit), currency } : null })
              }
            />
            <NumberInput
              label={t('rewards:card.days')}
              placeholder={t('rewards:card.days-none')}
              min={1}
              max={3650}
              allowDecimal={false}
              value={terms.stampDays ?? ''}
              onChange={value => set({ stampDays: value === '' ? null : Number(value) })}
            />
            <TextInput
              type="date"
              required
              label={t('rewards:card.starts')}
              value={terms.startsOn}
              onChange={event => set({ startsOn: event.currentTarget.value || catalogue.todayOn })}
            />
          </div>
          <p className="muted small">{t('rewards:card.for-good')}</p>
          <div className="acts">
            <Button
              type="submit"
              variant="filled"
              disabled={!cardTerms.safeParse(terms).success}
              loading={create.isPending}
            >
              {t('rewards:card.begin')}
            </Button>
          </div>
        </form>
      )}
    </Drawer>
  )
}
