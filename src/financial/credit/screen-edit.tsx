import { ActionIcon, Button, NumberInput, Select, Switch } from '@mantine/core'
import { Trash2 } from 'lucide-react'
import type { FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { showNotice } from '../../../web/notices.tsx'
import { type CreditRules, changeCredit, creditRules, type Rung, readCredit } from './contract.ts'

/** The rungs and limits as a form; what they would give stands beside it. */
export function EditRules({
  draft,
  set,
  leave,
}: {
  draft: CreditRules
  set: (rules: CreditRules) => void
  leave: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const change = useDo(changeCredit, { refresh: [readCredit] })
  const unit = 10 ** format.digits(draft.currency)
  const part = (given: Partial<CreditRules>) => set({ ...draft, ...given })
  const rung = (index: number, given: Partial<Rung>) =>
    part({ rungs: draft.rungs.map((each, at) => (at === index ? { ...each, ...given } : each)) })
  const minor = (value: number | string) => Math.round(Number(value) * unit) || 0
  const minorOrNull = (value: number | string) => (value === '' ? null : Math.max(1, minor(value)))
  const suffix = ` ${draft.currency}`
  const most = draft.rungs.reduce((largest, each) => Math.max(largest, each.atLeastMinor), 0)
  const save = (event: FormEvent) => {
    event.preventDefault()
    change.mutate(
      { body: draft },
      {
        onSuccess: () => {
          showNotice(t('credit:saved'))
          leave()
        },
      },
    )
  }
  return (
    <form className="form form-wide" onSubmit={save}>
      <h2>{t('credit:section.rules')}</h2>
      <Switch
        label={t('credit:edit.open')}
        checked={draft.isOpen}
        onChange={event => part({ isOpen: event.currentTarget.checked })}
      />
      {draft.rungs.map((each, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a rung has no name of its own and keeps its place while it is edited
        <div key={index} className="credit-rung">
          <NumberInput
            label={t('credit:rung.least')}
            min={0}
            thousandSeparator=","
            suffix={suffix}
            value={each.atLeastMinor / unit}
            onChange={value => rung(index, { atLeastMinor: Math.max(1, minor(value)) })}
          />
          <NumberInput
            label={t('credit:rung.bonus')}
            min={0}
            thousandSeparator=","
            suffix={suffix}
            value={each.bonusMinor / unit}
            onChange={value => rung(index, { bonusMinor: minor(value) })}
          />
          <NumberInput
            label={t('credit:rung.points-field')}
            min={0}
            thousandSeparator=","
            value={each.bonusPoints}
            onChange={value => rung(index, { bonusPoints: Number(value) || 0 })}
          />
          <ActionIcon
            variant="subtle"
            aria-label={t('credit:rung.remove', { least: format.money(each.atLeastMinor, draft.currency) })}
            onClick={() => part({ rungs: draft.rungs.filter((_, at) => at !== index) })}
          >
            <Trash2 size={15} />
          </ActionIcon>
        </div>
      ))}
      <div className="acts">
        <Button
          size="xs"
          onClick={() =>
            part({
              rungs: [...draft.rungs, { atLeastMinor: most + 500 * unit, bonusMinor: 50 * unit, bonusPoints: 0 }],
            })
          }
        >
          {t('credit:rung.add')}
        </Button>
      </div>
      <div className="credit-fields">
        <Select
          label={t('credit:edit.spend-first')}
          allowDeselect={false}
          data={(['paid', 'bonus'] as const).map(value => ({ value, label: t(`credit:edit.${value}`) }))}
          value={draft.spendFirst}
          onChange={value => part({ spendFirst: value as CreditRules['spendFirst'] })}
        />
        <NumberInput
          label={t('credit:edit.bonus-months')}
          min={1}
          max={120}
          value={draft.bonusMonths ?? ''}
          onChange={value => part({ bonusMonths: value === '' ? null : Math.max(1, Number(value)) })}
        />
        <NumberInput
          label={t('credit:edit.largest')}
          min={0}
          thousandSeparator=","
          suffix={suffix}
          value={draft.largestTopUpMinor === null ? '' : draft.largestTopUpMinor / unit}
          onChange={value => part({ largestTopUpMinor: minorOrNull(value) })}
        />
        <NumberInput
          label={t('credit:edit.balance')}
          min={0}
          thousandSeparator=","
          suffix={suffix}
          value={draft.largestBalanceMinor === null ? '' : draft.largestBalanceMinor / unit}
          onChange={value => part({ largestBalanceMinor: minorOrNull(value) })}
        />
        <NumberInput
          label={t('credit:edit.approval')}
          min={0}
          thousandSeparator=","
          suffix={suffix}
          value={draft.approvalAboveMinor / unit}
          onChange={value => part({ approvalAboveMinor: minor(value) })}
        />
      </div>
      <div className="acts">
        <Button
          type="submit"
          variant="filled"
          loading={change.isPending}
          disabled={!creditRules.safeParse(draft).success}
        >
          {t('credit:save')}
        </Button>
        <Button onClick={leave}>{t('credit:leave')}</Button>
      </div>
    </form>
  )
}
