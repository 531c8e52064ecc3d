import { Select, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useAsk } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { type Evidence, evidenceKinds, listEvidence } from './contract.ts'

const other = 'other'
const never = 'never'

/** An event chosen among those that were seen, and the field that says what it is about. */
export function EvidenceFields({
  label,
  evidence,
  onChange,
  none,
}: {
  label: string
  evidence: Evidence | null
  onChange: (evidence: Evidence | null) => void
  /** Words for "no such event", where that is allowed. */
  none?: string
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const asked = useAsk(listEvidence, {})
  const seen = asked.data?.items ?? []
  const keyOf = (kind: string, name: string | null) => (name === null ? kind : `client.tracked/${name}`)
  const known = new Map(seen.map(each => [keyOf(each.kind, each.name), each]))
  const current = evidence ? keyOf(evidence.kind, evidence.name) : never
  const isOther = evidence !== null && evidence.kind === 'client.tracked' && !known.has(current)
  const data = [
    ...(none === undefined ? [] : [{ value: never, label: none }]),
    ...evidenceKinds
      .filter(kind => kind !== 'client.tracked')
      .map(kind => ({ value: kind as string, label: t(`guarantee:event.${kind}`) })),
    ...seen
      .filter(each => each.name !== null)
      .map(each => ({
        value: keyOf(each.kind, each.name),
        label: t('guarantee:edit.seen', { name: each.name, number: format.number(each.events) }),
      })),
    { value: other, label: t('guarantee:edit.other-event') },
  ]
  const fields = known.get(current)?.fields ?? []
  const choose = (value: string | null) => {
    if (value === null || value === never) return onChange(null)
    if (value === other)
      return onChange({ kind: 'client.tracked', name: 'Order Delivered', reference: 'order_id', where: null })
    const found = known.get(value)
    const kind = (found?.kind ?? value) as Evidence['kind']
    const usual = kind === 'purchase.recorded' ? 'orderRef' : kind === 'refund.recorded' ? 'of' : null
    const reference = usual ?? found?.fields.find(field => /order|booking|ref|_id$/i.test(field)) ?? null
    onChange({ kind, name: found?.name ?? null, reference, where: null })
  }
  return (
    <div className="fields">
      <Select
        label={label}
        allowDeselect={false}
        searchable
        data={data}
        value={isOther ? other : current}
        onChange={choose}
      />
      {isOther ? (
        <TextInput
          required
          label={t('guarantee:edit.event-name')}
          value={evidence.name ?? ''}
          onChange={event => onChange({ ...evidence, name: event.currentTarget.value })}
        />
      ) : null}
      {evidence ? (
        <TextInput
          label={t('guarantee:edit.reference')}
          placeholder={t('guarantee:edit.reference-none')}
          list={`fields-of-${label}`}
          value={evidence.reference ?? ''}
          onChange={event => onChange({ ...evidence, reference: event.currentTarget.value || null })}
        />
      ) : null}
      <datalist id={`fields-of-${label}`}>
        {fields.map(field => (
          <option key={field} value={field} />
        ))}
      </datalist>
    </div>
  )
}
