import { Popover } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Fragment, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { type Money, useFormat } from '../format.ts'

export interface Reason {
  /** One sentence: how the number comes about. */
  readonly formula: ReactNode
  /** What went into it, named. */
  readonly inputs?: readonly (readonly [label: string, value: ReactNode])[]
  /** As of which day or instant. */
  readonly asOf?: string | undefined
  readonly more?: ReactNode
}

/** A number with a dotted underline explains itself: inputs, the formula in a sentence, the date. */
export function Why({ children, reason }: { children: ReactNode; reason: Reason }) {
  const [opened, { toggle, close }] = useDisclosure(false)
  const { t } = useTranslation()
  return (
    <Popover
      opened={opened}
      onChange={next => !next && close()}
      width={320}
      withRoles={false}
      position="bottom-start"
      withinPortal
      trapFocus
    >
      <Popover.Target>
        <button type="button" className="why-term" onClick={toggle} aria-haspopup="dialog" aria-expanded={opened}>
          {children}
        </button>
      </Popover.Target>
      <Popover.Dropdown className="why-panel" role="dialog" aria-label={t('why.label')}>
        <p tabIndex={-1} data-autofocus>
          {reason.formula}
        </p>
        {reason.inputs?.length ? (
          <dl>
            {reason.inputs.map(([label, value]) => (
              <Fragment key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </Fragment>
            ))}
          </dl>
        ) : null}
        {reason.more}
        {reason.asOf ? <p className="muted small">{t('why.as-of', { day: reason.asOf })}</p> : null}
      </Popover.Dropdown>
    </Popover>
  )
}

/** A value that we concluded rather than were told: tinted and marked, so that it never passes for a fact. */
export function Inferred({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <span className="inferred">
      <span className="visually-hidden">{t('why.inferred')} </span>
      {children}
    </span>
  )
}

type WordValue = string | number | Money | { readonly day: string }
export type WordValues = Readonly<Record<string, WordValue>>

/** Marks around a filled-in value, so that the translated sentence can be taken apart again at its numbers. */
const open = '\u0002'
const close = '\u0003'

/**
 * A sentence of a room, with its numbers explained: `reasons` says, by the name of a value, why it is what it is.
 * Values are shown as the reader is used to (money, days, numbers).
 */
export function Sentence({
  of,
  values,
  reasons = {},
}: {
  of: string
  values: WordValues
  reasons?: Readonly<Record<string, Reason | undefined>>
}) {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const count = typeof values.count === 'number' ? values.count : undefined
  const choice = count === undefined ? {} : { count }
  if (!i18n.exists(of, choice)) return null
  const shown: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(values)) {
    const text =
      typeof value === 'object'
        ? 'day' in value
          ? format.day(value.day)
          : format.money(value.amountMinor, value.currency)
        : typeof value === 'number'
          ? format.number(value, 1)
          : value
    shown[name] = `${open}${name}=${text}${close}`
  }
  // The plural is chosen by the number itself, what is filled in is the marked text.
  const sentence = String(t(of, { ...choice, replace: shown } as never))
  const parts = sentence.split(new RegExp(`${open}([^${close}]*)${close}`))
  return (
    <>
      {parts.map((part, index) => {
        if (index % 2 === 0) return part
        const name = part.slice(0, part.indexOf('='))
        const text = part.slice(part.indexOf('=') + 1)
        const reason = reasons[name]
        return reason ? (
          <Why key={name} reason={reason}>
            {text}
          </Why>
        ) : (
          <span key={name} className="nowrap">
            {text}
          </span>
        )
      })}
    </>
  )
}
