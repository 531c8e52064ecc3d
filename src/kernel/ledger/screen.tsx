import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { useAsk, useDo } from '../../../web/api.ts'
import { Answer, EmptyState, Page } from '../../../web/kit/index.ts'
import { useMay } from '../../../web/session.tsx'
import { readLedger, type StoredVerification, verifyNow } from './contract.ts'
import { Thresholds } from './screen-assets.tsx'
import { TrialBalance } from './screen-balance.tsx'
import { Postings } from './screen-postings.tsx'
import { Verified } from './screen-verify.tsx'
import { Waiting } from './screen-waiting.tsx'
import './screen.css'

/** Whether the books are right: the verdict first, then who must agree to something, the balances, the movements. */
export function LedgerPage() {
  const { t } = useTranslation()
  const asked = useAsk(readLedger, {})
  const check = useDo(verifyNow, { refresh: [readLedger] })
  const navigate = useNavigate()
  const mayManage = useMay('points.manage')
  const isEmpty = asked.data?.balances.length === 0
  return (
    <Page
      name={t('nav.ledger')}
      title={asked.data ? titleOf(t, isEmpty, worst(asked.data.whole, asked.data.changed)) : t('nav.ledger')}
      subtitle={t('ledger:subtitle')}
      actions={
        asked.data && !isEmpty ? (
          <Button onClick={() => check.mutate({ body: {} })} loading={check.isPending}>
            {t('ledger:verify.act')}
          </Button>
        ) : null
      }
    >
      <Answer of={asked}>
        {({ assets, balances, whole, changed }) =>
          balances.length === 0 ? (
            <EmptyState
              title={t('ledger:empty.title')}
              actions={
                mayManage ? (
                  <Button onClick={() => void navigate({ to: '/programme', search: {} })}>
                    {t('ledger:empty.start')}
                  </Button>
                ) : null
              }
            >
              {t('ledger:empty.text')}
            </EmptyState>
          ) : (
            <>
              <Waiting />
              <Verified whole={whole} changed={changed} />
              <TrialBalance balances={balances} />
              <Postings />
              <Thresholds assets={assets} />
            </>
          )
        }
      </Answer>
    </Page>
  )
}

/** A fault found in what changed counts until all of it was looked at again. */
function worst(whole: StoredVerification | null, changed: StoredVerification | null): StoredVerification | null {
  return changed && changed.faults > 0 && (!whole || changed.verifiedAt > whole.verifiedAt) ? changed : whole
}

function titleOf(t: TFunction, isEmpty: boolean, verification: StoredVerification | null) {
  if (isEmpty) return t('ledger:title.empty')
  if (!verification) return t('ledger:title.unverified')
  return verification.faults === 0 ? t('ledger:title.sound') : t('ledger:title.unsound', { count: verification.faults })
}
