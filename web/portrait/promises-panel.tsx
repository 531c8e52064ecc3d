import { Button, Popover, Select, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import {
  customerPromises,
  listCases,
  listPromises,
  promisesToday,
  reportBroken,
} from '#financial/guarantee/contract.ts'
import { howItStands, whatWasGiven } from '../../src/financial/guarantee/screen-cases.tsx'
import { standardIn } from '../../src/financial/guarantee/screen-sentences.tsx'
import '../../src/financial/guarantee/screen.css'
import { useAsk, useDo } from '../api.ts'
import { useFormat } from '../format.ts'
import { showNotice } from '../notices.tsx'
import { useMay } from '../session.tsx'

type Promises = z.infer<typeof customerPromises.reply>

/** What a customer was promised, what of it runs or broke, and what was paid; a broken one is reported in two clicks. */
export function PromisesPanel({ partyId }: { partyId: string }) {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const mayRead = useMay('promises.read')
  const mayAct = useMay('promises.act')
  const asked = useAsk(customerPromises, { params: { partyId } }, { enabled: mayRead })
  const promises = asked.data
  if (!promises || promises.promises.length + promises.cases.length === 0) return null
  const told = promises.cases.filter(each => each.state === 'broken' || each.state === 'open').slice(0, 6)
  return (
    <section aria-label={t('guarantee:panel.title')}>
      <h2>{t('guarantee:panel.title')}</h2>
      <p className="muted small">
        {promises.kept + promises.broken > 0
          ? t('guarantee:panel.kept', { kept: format.number(promises.kept), broken: format.number(promises.broken) })
          : told.length === 0
            ? t('guarantee:panel.none')
            : ''}
      </p>
      {told.length > 0 ? (
        <ul className="promise-list">
          {told.map(each => (
            <li key={each.caseId}>
              {standardIn(each.standard, i18n.language)}
              {each.reference ? <span className="muted"> · {each.reference}</span> : null}
              <small className={each.compensation?.isOverdue ? 'bad' : 'muted'}>
                {each.compensation
                  ? `${whatWasGiven(each.compensation, t, format)}, ${howItStands(each.compensation, t, format)}`
                  : each.dueAt
                    ? t('guarantee:panel.running', { instant: format.instant(each.dueAt) })
                    : t('guarantee:section.claims')}
              </small>
            </li>
          ))}
        </ul>
      ) : null}
      {mayAct && promises.promises.length > 0 ? <Report partyId={partyId} promises={promises.promises} /> : null}
    </section>
  )
}

function Report({ partyId, promises }: { partyId: string; promises: Promises['promises'] }) {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const [promiseId, setPromiseId] = useState(promises[0]!.promiseId)
  const [reference, setReference] = useState('')
  const report = useDo(reportBroken, { refresh: [customerPromises, listPromises, listCases, promisesToday] })
  const send = () =>
    report.mutate(
      { params: { partyId, promiseId }, body: reference.trim() ? { reference: reference.trim() } : {} },
      {
        onSuccess: ({ outcome, case: theirs }) => {
          close()
          setReference('')
          showNotice(
            outcome === 'granted' && theirs.compensation
              ? t('guarantee:act.report-done', { gives: whatWasGiven(theirs.compensation, t, format) })
              : t(`guarantee:act.report-${outcome}`),
          )
        },
      },
    )
  return (
    <Popover
      opened={isOpen}
      onChange={next => !next && close()}
      position="bottom-start"
      width={300}
      trapFocus
      withRoles={false}
    >
      <Popover.Target>
        <Button size="xs" onClick={toggle} aria-haspopup="dialog" aria-expanded={isOpen}>
          {t('guarantee:act.report')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className="see-to-it" role="dialog" aria-label={t('guarantee:act.report')}>
        {promises.length > 1 ? (
          <Select
            label={t('guarantee:act.report-which')}
            allowDeselect={false}
            comboboxProps={{ withinPortal: false }}
            data={promises.map(each => ({
              value: each.promiseId,
              label: standardIn(each.standard, i18n.language),
            }))}
            value={promiseId}
            onChange={value => value && setPromiseId(value)}
          />
        ) : null}
        <TextInput
          label={t('guarantee:act.report-reference')}
          maxLength={100}
          value={reference}
          onChange={event => setReference(event.currentTarget.value)}
        />
        <Button variant="filled" loading={report.isPending} onClick={send} data-autofocus>
          {promises.length > 1 ? t('guarantee:act.report') : standardIn(promises[0]!.standard, i18n.language)}
        </Button>
      </Popover.Dropdown>
    </Popover>
  )
}
