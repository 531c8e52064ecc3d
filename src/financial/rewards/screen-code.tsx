import { Button, Modal, Select, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { listMerchants } from '#kernel/merchants/contract.ts'
import { useAsk, useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { offerUndo, sentenceOf } from '../../../web/notices.tsx'
import { listRewards, lookUpCode, redeemCode, undoUse } from './contract.ts'
import { RewardIcon } from './screen-icon.tsx'
import { inWords } from './screen-words.tsx'

type Found = z.infer<typeof lookUpCode.reply>

/** A code across the counter: first what it is and whose, then it is used, once. */
export function UseCode({ leave }: { leave: () => void }) {
  const { t } = useTranslation()
  const [code, setCode] = useState('')
  const lookUp = useDo(lookUpCode, { quiet: true })
  const find = (event: FormEvent) => {
    event.preventDefault()
    lookUp.mutate({ body: { code } })
  }
  return (
    <Modal
      opened
      onClose={leave}
      title={t('rewards:code.title')}
      closeButtonProps={{ 'aria-label': t('rewards:edit.close') }}
    >
      <form className="form form-wide" onSubmit={find}>
        <TextInput
          label={t('rewards:code.label')}
          placeholder="A4KQ9-7WZ2M-XH0TC-51RBE-9GVPD"
          className="reward-code"
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          value={code}
          onChange={event => {
            setCode(event.currentTarget.value)
            lookUp.reset()
          }}
          error={lookUp.error ? sentenceOf(lookUp.error) : undefined}
        />
        {lookUp.data ? (
          <Ready found={lookUp.data} code={code} leave={leave} />
        ) : (
          <Button type="submit" disabled={code.trim() === ''} loading={lookUp.isPending}>
            {t('rewards:code.look')}
          </Button>
        )}
      </form>
    </Modal>
  )
}

function Ready({ found: { taken, partyName }, code, leave }: { found: Found; code: string; leave: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const shops = (useAsk(listMerchants, {}).data?.items ?? []).filter(
    each => each.isActive && (taken.merchants.length === 0 || taken.merchants.includes(each.merchantId)),
  )
  const [merchant, setMerchant] = useState<string | null>(null)
  const redeem = useDo(redeemCode, { refresh: [listRewards] })
  const undo = useDo(undoUse, { refresh: [listRewards] })
  const name = inWords(taken.name, format.language)
  const params = { partyId: taken.partyId, takenId: taken.takenId }
  const isUsable = taken.state === 'taken'
  const needsShop = taken.merchants.length > 0 && merchant === null
  const use = () =>
    redeem.mutate(
      { body: { code, ...(merchant && { merchant }) } },
      {
        onSuccess: () => {
          offerUndo(t('rewards:code.used', { name, who: partyName }), () => undo.mutate({ params }))
          leave()
        },
      },
    )
  return (
    <>
      <p className="code-found" role="status">
        <i>
          <RewardIcon icon={taken.icon} size={30} />
        </i>
        <b>{name}</b>
        <span className="muted">{partyName}</span>
        <span className={isUsable ? 'good' : 'bad'}>
          {isUsable
            ? taken.lastUsableOn
              ? t('rewards:state.until', { day: format.nearDay(taken.lastUsableOn) })
              : t('rewards:state.taken')
            : taken.usedAt
              ? t('rewards:state.used-at', { when: format.instant(taken.usedAt) })
              : t(`rewards:state.${taken.state}`)}
        </span>
      </p>
      {isUsable && shops.length > 0 ? (
        <Select
          label={t('rewards:code.where')}
          data={shops.map(each => ({ value: each.merchantId, label: each.name }))}
          value={merchant}
          onChange={setMerchant}
        />
      ) : null}
      {isUsable ? (
        <Button variant="filled" onClick={use} disabled={needsShop} loading={redeem.isPending}>
          {t('rewards:code.use')}
        </Button>
      ) : null}
    </>
  )
}
