import { Button, NumberInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { useAsk, useDo } from '../../../web/api.ts'
import { type Format, useFormat } from '../../../web/format.ts'
import { Answer, EmptyState, Page } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { useMay } from '../../../web/session.tsx'
import {
  bonusFor,
  type CreditMove,
  type CreditRules,
  changeCredit,
  decideWithdrawal,
  readCredit,
  type Withdrawal,
} from './contract.ts'
import { Cards } from './screen-cards.tsx'
import { EditRules } from './screen-edit.tsx'
import './screen.css'

export type Books = z.infer<typeof readCredit.reply>

/** Stored money and visit cards on one page: how it works, what it would give, whether the books add up. */
export function CreditPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const mayManage = useMay('credit.manage')
  const asked = useAsk(readCredit, {})
  const [draft, setDraft] = useState<CreditRules | null>(null)
  const books = asked.data
  const total = books?.totals.find(each => each.currency === books.rules?.currency)
  return (
    <Page
      name={t('credit:name')}
      title={titleOf(books, t, format)}
      subtitle={books?.rules ? t('credit:subtitle.running', { count: total?.members ?? 0 }) : t('credit:subtitle.none')}
      actions={
        mayManage && books?.rules && !draft ? (
          <Button onClick={() => setDraft(books.rules)}>{t('credit:change')}</Button>
        ) : null
      }
    >
      <Answer of={asked}>
        {data => (
          <div className="credit-columns credit-page">
            <div>
              {draft ? (
                <EditRules draft={draft} set={setDraft} leave={() => setDraft(null)} />
              ) : data.rules ? (
                <RulesRead rules={data.rules} />
              ) : (
                <Beginning usual={data.usual} onChange={setDraft} />
              )}
              <Waiting items={data.withdrawals} />
              {data.totals.map(each => (
                <Totals key={each.currency} totals={each} />
              ))}
              <Cards books={data} />
              <Moves moves={data.moves} />
            </div>
            <div>
              <Simulator rules={draft ?? data.rules ?? data.usual} />
              <section>
                <h2>{t('credit:section.law')}</h2>
                <p className="muted small credit-law">{t('credit:law')}</p>
              </section>
            </div>
          </div>
        )}
      </Answer>
    </Page>
  )
}

function titleOf(books: Books | undefined, t: ReturnType<typeof useTranslation>['t'], format: Format): string {
  if (!books?.rules) return books ? t('credit:title.none') : t('credit:name')
  const total = books.totals.find(each => each.currency === books.rules!.currency)
  if (!total || total.owedMinor === 0) return t('credit:title.empty')
  return t('credit:title.running', { owed: format.money(total.owedMinor, total.currency) })
}

function Beginning({ usual, onChange }: { usual: CreditRules; onChange: (rules: CreditRules) => void }) {
  const { t } = useTranslation()
  const mayManage = useMay('credit.manage')
  const change = useDo(changeCredit, { refresh: [readCredit] })
  return (
    <section>
      <RulesRead rules={usual} />
      {mayManage ? (
        <div className="acts">
          <Button variant="filled" loading={change.isPending} onClick={() => change.mutate({ body: usual })}>
            {t('credit:begin')}
          </Button>
          <Button onClick={() => onChange(usual)}>{t('credit:change')}</Button>
        </div>
      ) : (
        <EmptyState title={t('credit:title.none')} />
      )}
    </section>
  )
}

function RulesRead({ rules }: { rules: CreditRules }) {
  const { t } = useTranslation()
  const format = useFormat()
  const money = (minor: number) => format.money(minor, rules.currency)
  const sentences = [
    ...(rules.isOpen ? [] : [t('credit:rule.closed')]),
    t(`credit:rule.spend-${rules.spendFirst}`),
    rules.bonusMonths === null
      ? t('credit:rule.bonus-stays')
      : t('credit:rule.bonus-ends', { count: rules.bonusMonths }),
    ...(rules.largestTopUpMinor === null ? [] : [t('credit:rule.largest', { most: money(rules.largestTopUpMinor) })]),
    ...(rules.largestBalanceMinor === null
      ? []
      : [t('credit:rule.balance', { most: money(rules.largestBalanceMinor) })]),
    t('credit:rule.back'),
    t('credit:rule.approval', { above: money(rules.approvalAboveMinor) }),
  ]
  return (
    <section>
      <h2>{t('credit:section.rules')}</h2>
      <ul className="credit-lines">
        {rules.rungs
          .toSorted((one, other) => one.atLeastMinor - other.atLeastMinor)
          .map(({ atLeastMinor, bonusMinor, bonusPoints }) => {
            const kind = bonusMinor > 0 && bonusPoints > 0 ? 'both' : bonusMinor > 0 ? 'money' : 'points'
            return (
              <li key={atLeastMinor}>
                <b>
                  {t(`credit:rung.${kind}`, {
                    least: money(atLeastMinor),
                    bonus: money(bonusMinor),
                    points: bonusPoints,
                  })}
                </b>
              </li>
            )
          })}
      </ul>
      <p className="credit-law muted">{sentences.join(format.language.startsWith('zh') ? '' : ' ')}</p>
    </section>
  )
}

/** A member tops up so much and gets so much: by the very rule that the server uses. */
function Simulator({ rules }: { rules: CreditRules }) {
  const { t } = useTranslation()
  const format = useFormat()
  const unit = 10 ** format.digits(rules.currency)
  const [amount, setAmount] = useState<number | string>(1000)
  const amountMinor = Math.round(Number(amount) * unit) || 0
  const { bonusMinor, bonusPoints, next } = bonusFor(rules, amountMinor)
  const money = (minor: number) => format.exactMoney(minor, rules.currency)
  const isNothing = bonusMinor + bonusPoints === 0
  return (
    <section className="credit-try" aria-label={t('credit:section.simulator')}>
      <NumberInput
        label={t('credit:try.amount')}
        min={0}
        thousandSeparator=","
        suffix={` ${rules.currency}`}
        value={amount}
        onChange={setAmount}
      />
      <p>
        {isNothing
          ? t('credit:try.nothing')
          : t(bonusPoints > 0 ? 'credit:try.gets-points' : 'credit:try.gets', {
              bonus: money(bonusMinor),
              points: bonusPoints,
              sum: money(amountMinor + bonusMinor),
            })}
      </p>
      {isNothing || amountMinor === 0 ? null : (
        <p className="muted small">{t('credit:try.costs', { percent: format.percent(bonusMinor / amountMinor, 1) })}</p>
      )}
      {next ? (
        <p className="muted small">
          {t('credit:try.next', { missing: money(next.atLeastMinor - amountMinor), bonus: money(next.bonusMinor) })}
        </p>
      ) : null}
    </section>
  )
}

function Totals({ totals }: { totals: Books['totals'][number] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const money = (minor: number) => format.exactMoney(minor, totals.currency)
  const rows = [
    ['paid-in', totals.paidInMinor],
    ['bonus', totals.bonusMinor],
    ['used', -totals.usedMinor],
    ['paid-back', -totals.paidBackMinor],
    ['expired', -totals.expiredMinor],
  ] as const
  return (
    <section>
      <h2>{t('credit:section.totals')}</h2>
      <ul className="credit-sums">
        {rows
          .filter(([, minor]) => minor !== 0)
          .map(([name, minor]) => (
            <li key={name}>
              <span>{t(`credit:total.${name}`)}</span>
              <span>{money(minor)}</span>
            </li>
          ))}
        <li className="sum">
          <span>{t('credit:total.owed')}</span>
          <span className="jade">{money(totals.owedMinor)}</span>
        </li>
        <li className="muted small">
          <span>{t('credit:total.owed-bonus')}</span>
          <span>{money(totals.owedBonusMinor)}</span>
        </li>
        {totals.owedBackMinor > 0 ? (
          <li>
            <span>{t('credit:total.owed-back')}</span>
            <span className="bad">{money(totals.owedBackMinor)}</span>
          </li>
        ) : null}
      </ul>
      <p className="muted small credit-law">{t('credit:total.adds-up')}</p>
    </section>
  )
}

/** Example of an amount: money in its currency, visits by their number. */
export function useAmount(): (asset: string, amount: number) => string {
  const { t } = useTranslation()
  const format = useFormat()
  return (asset, amount) => {
    const sign = amount > 0 ? '+' : '−'
    const size = Math.abs(amount)
    return asset.startsWith('money:')
      ? `${sign}${format.exactMoney(size, asset.slice(6))}`
      : `${sign}${t('credit:visits', { count: size })}`
  }
}

function Moves({ moves }: { moves: readonly CreditMove[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const amount = useAmount()
  return (
    <section>
      <h2>{t('credit:section.moves')}</h2>
      {moves.length === 0 ? <p className="muted">{t('credit:move.none')}</p> : null}
      <table className="credit-moves">
        <tbody>
          {moves.map(move => (
            <tr key={move.moveId}>
              <td className="muted">{format.instant(move.occurredAt)}</td>
              <td>
                <Link to="/customers/$partyId" params={{ partyId: move.partyId }}>
                  {move.partyName || '…'}
                </Link>
              </td>
              <td>{t(`credit:move.${move.kind}`)}</td>
              <td className={move.amount > 0 ? 'jade' : undefined}>{amount(move.asset, move.amount)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Waiting({ items }: { items: readonly Withdrawal[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const mayManage = useMay('credit.manage')
  const decide = useDo(decideWithdrawal, { refresh: [readCredit] })
  if (items.length === 0) return null
  const say = (item: Withdrawal, decision: 'approve' | 'decline') =>
    decide.mutate(
      { params: { withdrawalId: item.withdrawalId }, body: { partyId: item.partyId, decision } },
      { onSuccess: () => showNotice(t('credit:waiting.done')) },
    )
  return (
    <section>
      <h2>{t('credit:section.waiting')}</h2>
      <ul className="credit-lines">
        {items.map(item => (
          <li key={item.withdrawalId}>
            {t('credit:waiting.line', {
              name: item.partyName,
              amount: format.exactMoney(item.amountMinor, item.currency),
              method: t(`credit:method.${item.method}`),
            })}
            {item.askedByName ? (
              <small className="muted"> {t('credit:waiting.asked', { name: item.askedByName })}</small>
            ) : null}
            {item.isOwn ? <p className="muted small">{t('credit:waiting.own')}</p> : null}
            {mayManage && !item.isOwn ? (
              <div className="acts">
                <Button size="xs" onClick={() => say(item, 'approve')} loading={decide.isPending}>
                  {t('credit:waiting.approve')}
                </Button>
                <Button size="xs" variant="default" onClick={() => say(item, 'decline')} disabled={decide.isPending}>
                  {t('credit:waiting.decline')}
                </Button>
              </div>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  )
}
