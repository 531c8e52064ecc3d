import { NumberInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { useMay } from '../../../web/session.tsx'
import { changeAsset, readLedger } from './contract.ts'
import { assetName, currencyOf } from './screen-balance.tsx'

interface Asset {
  readonly asset: string
  readonly approvalAbove: number
}

/** From how much on nobody gives or takes alone. */
export function Thresholds({ assets }: { assets: readonly Asset[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayManage = useMay('settings.manage')
  const change = useDo(changeAsset, { refresh: [readLedger] })
  if (!mayManage) return null
  return (
    <details className="folded reading-width">
      <summary>{t('ledger:threshold.title')}</summary>
      <p className="muted">{t('ledger:threshold.text')}</p>
      <div className="ledger-thresholds">
        {assets.map(({ asset, approvalAbove }) => {
          const currency = currencyOf(asset)
          const unit = currency ? 10 ** format.digits(currency) : 1
          return (
            <NumberInput
              key={`${asset} ${approvalAbove}`}
              label={assetName(t, asset)}
              min={0}
              thousandSeparator=","
              defaultValue={approvalAbove / unit}
              onBlur={event => {
                const asked = Math.round(Number(event.currentTarget.value.replaceAll(',', '')) * unit)
                if (event.currentTarget.value !== '' && asked !== approvalAbove)
                  change.mutate({ params: { asset }, body: { approvalAbove: asked } })
              }}
            />
          )
        })}
      </div>
    </details>
  )
}
