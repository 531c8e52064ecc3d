import { ActionIcon } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { customerRhythm } from '#insight/rhythm/contract.ts'
import { readParty } from '#kernel/parties/contract.ts'
import { useAsk } from '../api.ts'
import { Answer, Face } from '../kit/index.ts'
import { NextStep } from '../portrait/next-step.tsx'
import { RhythmPanel } from '../portrait/rhythm-panel.tsx'
import { TypeBadge } from '../portrait/type-badge.tsx'

/** One customer at a glance, beside the list they were found in; the list stays as it was. */
export function SidePanel({ partyId, close }: { partyId: string; close: () => void }) {
  const { t } = useTranslation()
  const party = useAsk(readParty, { params: { partyId } })
  const rhythm = useAsk(customerRhythm, { params: { partyId } })
  const panel = useRef<HTMLElement>(null)
  const cameFrom = useRef<Element | null>(document.activeElement)
  const closing = useRef(close)
  closing.current = close
  useEffect(() => {
    const origin = cameFrom.current
    panel.current?.focus()
    const hear = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !document.querySelector('[role="dialog"], [role="menu"]')) closing.current()
    }
    window.addEventListener('keydown', hear)
    return () => {
      window.removeEventListener('keydown', hear)
      if (origin instanceof HTMLElement) origin.focus()
    }
  }, [])
  return (
    <section ref={panel} className="side-panel" tabIndex={-1} aria-label={party.data?.name ?? t('panel.label')}>
      <div className="side-head">
        <Answer of={party}>
          {({ name, say }) => (
            <>
              <Face name={name} size={56} />
              <div>
                <h2 className="side-name">{name}</h2>
                {say ? <p className="muted small">{say}</p> : null}
                {rhythm.data ? <TypeBadge type={rhythm.data.type} /> : null}
              </div>
            </>
          )}
        </Answer>
        <ActionIcon variant="subtle" onClick={close} aria-label={t('close')} className="side-close">
          <X size={17} />
        </ActionIcon>
      </div>
      <p>
        <Link to="/customers/$partyId" params={{ partyId }} className="link">
          {t('panel.open')}
        </Link>
      </p>
      <NextStep partyId={partyId} />
      <Answer of={rhythm}>{data => <RhythmPanel rhythm={data} />}</Answer>
    </section>
  )
}
