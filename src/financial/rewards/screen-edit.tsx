import { Button, Drawer, MultiSelect, NumberInput, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listMerchants } from '#kernel/merchants/contract.ts'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { offerUndo, showNotice } from '../../../web/notices.tsx'
import {
  archiveReward,
  changeReward,
  createReward,
  icons,
  listRewards,
  type Reward,
  type RewardTerms,
  rewardTerms,
} from './contract.ts'
import type { Catalogue } from './screen.tsx'
import { RewardIcon } from './screen-icon.tsx'
import { inWords } from './screen-words.tsx'

const blank: RewardTerms = {
  name: {},
  description: {},
  icon: 'gift',
  price: 500,
  tierPrices: [],
  stock: null,
  merchants: [],
  fromOn: null,
  untilOn: null,
  perMember: null,
  validDays: 30,
}

/** One reward, in a drawer: what it is, what it costs whom, how many there are, where and how long it is good. */
export function EditReward({
  catalogue,
  reward,
  leave,
}: {
  catalogue: Catalogue
  reward: Reward | undefined
  leave: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const [terms, setTerms] = useState<RewardTerms>(reward?.terms ?? blank)
  const create = useDo(createReward, { refresh: [listRewards] })
  const change = useDo(changeReward, { refresh: [listRewards] })
  const set = (part: Partial<RewardTerms>) => setTerms(before => ({ ...before, ...part }))
  const name = inWords(terms.name, format.language)
  const isSound = rewardTerms.safeParse(terms).success
  const save = (event: FormEvent) => {
    event.preventDefault()
    const onSuccess = () => {
      showNotice(t(reward ? 'rewards:edit.saved' : 'rewards:edit.created', { name }))
      leave()
    }
    if (reward) change.mutate({ params: { rewardId: reward.rewardId }, body: terms }, { onSuccess })
    else create.mutate({ body: terms }, { onSuccess })
  }
  return (
    <Drawer
      opened
      onClose={leave}
      position="right"
      size="md"
      title={reward ? name : t('rewards:edit.new')}
      closeButtonProps={{ 'aria-label': t('rewards:edit.close') }}
    >
      <form className="form form-wide reward-form" onSubmit={save}>
        <What terms={terms} set={set} />
        <Price terms={terms} set={set} tiers={catalogue.tiers} />
        <Amounts terms={terms} set={set} gone={(terms.stock ?? 0) - (reward?.left ?? terms.stock ?? 0)} />
        <WhereAndWhen terms={terms} set={set} />
        <div className="acts">
          <Button type="submit" variant="filled" disabled={!isSound} loading={create.isPending || change.isPending}>
            {t(reward ? 'rewards:edit.save' : 'rewards:edit.create')}
          </Button>
          {reward ? <Archive reward={reward} name={name} leave={leave} /> : null}
        </div>
        {reward && reward.taken > 0 ? <p className="muted small">{t('rewards:edit.kept')}</p> : null}
      </form>
    </Drawer>
  )
}

interface Part {
  readonly terms: RewardTerms
  readonly set: (part: Partial<RewardTerms>) => void
}

function What({ terms, set }: Part) {
  const { t } = useTranslation()
  const say = (field: 'name' | 'description', language: 'en' | 'zh-CN', text: string) => {
    const { [language]: _, ...others } = terms[field]
    set({ [field]: text.trim() === '' ? others : { ...others, [language]: text } })
  }
  return (
    <>
      <fieldset className="icon-choice">
        <legend>{t('rewards:edit.icon')}</legend>
        {icons.map(icon => (
          <button
            key={icon}
            type="button"
            aria-label={t(`rewards:icon.${icon}`)}
            aria-pressed={terms.icon === icon}
            onClick={() => set({ icon })}
          >
            <RewardIcon icon={icon} size={20} />
          </button>
        ))}
      </fieldset>
      {(['zh-CN', 'en'] as const).map(language => (
        <div key={language} className="reward-words">
          <TextInput
            label={t(`rewards:edit.name.${language}`)}
            maxLength={80}
            data-autofocus={language === 'zh-CN' ? true : undefined}
            value={terms.name[language] ?? ''}
            onChange={event => say('name', language, event.currentTarget.value)}
          />
          <Textarea
            label={t(`rewards:edit.description.${language}`)}
            autosize
            minRows={1}
            maxLength={600}
            value={terms.description[language] ?? ''}
            onChange={event => say('description', language, event.currentTarget.value)}
          />
        </div>
      ))}
    </>
  )
}

function Price({ terms, set, tiers }: Part & { tiers: Catalogue['tiers'] }) {
  const { t } = useTranslation()
  const kind = terms.price === null ? (terms.tierPrices.length > 0 ? 'tiers' : 'stamps') : 'all'
  const priceOf = (tierId: string) => terms.tierPrices.find(each => each.tierId === tierId)?.price ?? ''
  const setPrice = (tierId: string, value: number | string) => {
    const others = terms.tierPrices.filter(each => each.tierId !== tierId)
    set({ tierPrices: value === '' ? others : [...others, { tierId, price: Number(value) }] })
  }
  return (
    <>
      <div>
        <p className="field-name" id="reward-for">
          {t('rewards:edit.for')}
        </p>
        <SegmentedControl
          aria-labelledby="reward-for"
          fullWidth
          data={['all', ...(tiers.length > 0 ? ['tiers'] : []), 'stamps'].map(value => ({
            value,
            label: t(`rewards:edit.for-${value}`),
          }))}
          value={kind}
          onChange={value =>
            set({
              price: value === 'all' ? (terms.price ?? 500) : null,
              tierPrices:
                value === 'stamps'
                  ? []
                  : value === 'tiers' && terms.tierPrices.length === 0
                    ? [{ tierId: tiers.at(-1)!.tierId, price: terms.price ?? 500 }]
                    : terms.tierPrices,
            })
          }
        />
      </div>
      {kind === 'stamps' ? (
        <p className="muted small">{t('rewards:edit.for-stamps-note')}</p>
      ) : (
        <div className="form-grid reward-grid">
          {kind === 'all' ? (
            <NumberInput
              label={t('rewards:edit.price')}
              min={0}
              max={100_000_000}
              allowDecimal={false}
              required
              value={terms.price ?? ''}
              onChange={value => set({ price: value === '' ? 0 : Number(value) })}
            />
          ) : null}
          {tiers.map(tier => (
            <NumberInput
              key={tier.tierId}
              label={t('rewards:edit.price-tier', { tier: tier.name })}
              placeholder={t(kind === 'all' ? 'rewards:edit.same-price' : 'rewards:edit.not-for')}
              min={0}
              max={100_000_000}
              allowDecimal={false}
              value={priceOf(tier.tierId)}
              onChange={value => setPrice(tier.tierId, value)}
            />
          ))}
        </div>
      )}
    </>
  )
}

function Amounts({ terms, set, gone }: Part & { gone: number }) {
  const { t } = useTranslation()
  const number = (name: 'stock' | 'perMember' | 'validDays', min: number, description?: string) => (
    <NumberInput
      label={t(`rewards:edit.${name}`)}
      placeholder={t(`rewards:edit.${name}-none`)}
      description={description}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      min={min}
      allowDecimal={false}
      value={terms[name] ?? ''}
      onChange={value => set({ [name]: value === '' ? null : Number(value) })}
    />
  )
  return (
    <div className="form-grid reward-grid">
      {number('stock', 0, gone > 0 ? t('rewards:edit.stock-gone', { count: gone }) : undefined)}
      {number('perMember', 1)}
      {number('validDays', 0)}
    </div>
  )
}

function WhereAndWhen({ terms, set }: Part) {
  const { t } = useTranslation()
  const merchants = useAsk(listMerchants, {}).data?.items ?? []
  const day = (name: 'fromOn' | 'untilOn') => (
    <TextInput
      type="date"
      label={t(`rewards:edit.${name}`)}
      value={terms[name] ?? ''}
      onChange={event => set({ [name]: event.currentTarget.value || null })}
    />
  )
  return (
    <>
      <div className="form-grid reward-grid">
        {day('fromOn')}
        {day('untilOn')}
      </div>
      {merchants.length > 0 ? (
        <MultiSelect
          label={t('rewards:edit.merchants')}
          placeholder={terms.merchants.length === 0 ? t('rewards:edit.merchants-all') : ''}
          data={merchants
            .filter(each => each.isActive || terms.merchants.includes(each.merchantId))
            .map(each => ({ value: each.merchantId, label: each.name }))}
          value={[...terms.merchants]}
          onChange={value => set({ merchants: value })}
          clearable
        />
      ) : null}
    </>
  )
}

function Archive({ reward, name, leave }: { reward: Reward; name: string; leave: () => void }) {
  const { t } = useTranslation()
  const archive = useDo(archiveReward, { refresh: [listRewards] })
  const params = { rewardId: reward.rewardId }
  const turn = (isActive: boolean, after?: () => void) =>
    archive.mutate({ params, body: { isActive } }, { onSuccess: () => after?.() })
  return (
    <Button
      loading={archive.isPending}
      onClick={() =>
        turn(!reward.isActive, () => {
          if (reward.isActive) offerUndo(t('rewards:edit.archived', { name }), () => turn(true))
          else showNotice(t('rewards:edit.restored', { name }))
          leave()
        })
      }
    >
      {t(reward.isActive ? 'rewards:edit.archive' : 'rewards:edit.restore')}
    </Button>
  )
}
