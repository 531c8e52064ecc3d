import { Button, TextInput } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addDays } from '#kernel/clock/index.ts'
import { useDo } from '../../../web/api.ts'
import { useFormat } from '../../../web/format.ts'
import { Page } from '../../../web/kit/index.ts'
import { showNotice } from '../../../web/notices.tsx'
import { listPromises, type PromiseTerms, promiseTerms, publishPromise, readPromise } from './contract.ts'
import type { Promises } from './screen.tsx'
import { ClaimFields, CompensationFields, EvidencePart, ScopeFields, StandardFields } from './screen-fields.tsx'
import { Simulator } from './screen-simulator.tsx'

/** A promise with the simulator beside it: nothing is promised until it is published with its first day. */
export function EditPromise({ promises, which }: { promises: Promises; which: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const { minutes } = useSearch({ from: '/shell/promises' })
  const known = promises.items.find(each => each.promiseId === which)
  const [terms, setTerms] = useState<PromiseTerms>(() => beginWith(promises, which, minutes))
  // One id for each opening of the page, so that a second click publishes nothing twice.
  const promiseId = useMemo(() => known?.promiseId ?? crypto.randomUUID(), [known?.promiseId])
  const [startsOn, setStartsOn] = useState(known ? addDays(promises.todayOn, 1) : promises.todayOn)
  const publish = useDo(publishPromise, { refresh: [listPromises, readPromise] })
  const set = (part: Partial<PromiseTerms>) => setTerms(before => ({ ...before, ...part }))
  const isSound = promiseTerms.safeParse(terms).success
  const leave = () => void navigate({ to: '/promises', search: known ? { open: known.promiseId } : {} })
  const put = (published: PromiseTerms | null) =>
    publish.mutate(
      { body: { promiseId, terms: published, startsOn } },
      {
        onSuccess: () => {
          const day = format.day(startsOn)
          showNotice(t(published ? 'guarantee:edit.published' : 'guarantee:edit.ended', { day }))
          leave()
        },
      },
    )
  return (
    <Page
      name={t('guarantee:name')}
      title={t(known ? 'guarantee:edit.title' : 'guarantee:edit.title-new')}
      subtitle={t('guarantee:edit.subtitle')}
      actions={<Button onClick={leave}>{t('guarantee:edit.cancel')}</Button>}
      aside={<Simulator terms={terms} />}
    >
      <form
        className="form form-wide promise-form"
        onSubmit={event => {
          event.preventDefault()
          put(terms)
        }}
      >
        <StandardFields terms={terms} set={set} />
        <EvidencePart terms={terms} set={set} calendars={promises.calendars} />
        <ScopeFields terms={terms} set={set} />
        <CompensationFields terms={terms} set={set} />
        <ClaimFields terms={terms} set={set} />
        <fieldset>
          <legend>{t('guarantee:section.publish')}</legend>
          <div className="fields">
            <TextInput
              type="date"
              required
              min={promises.todayOn}
              label={t('guarantee:edit.starts')}
              value={startsOn}
              onChange={event => setStartsOn(event.currentTarget.value)}
            />
            <Button type="submit" variant="filled" disabled={!isSound} loading={publish.isPending}>
              {t('guarantee:edit.publish')}
            </Button>
            {known ? (
              <Button loading={publish.isPending} onClick={() => put(null)}>
                {t('guarantee:edit.end')}
              </Button>
            ) : null}
          </div>
        </fieldset>
      </form>
    </Page>
  )
}

/** What is changed, one of the three ready ones, or the first of them with an empty sentence. */
function beginWith(promises: Promises, which: string, minutes: number | undefined): PromiseTerms {
  const known = promises.items.find(each => each.promiseId === which)
  const terms = known?.current?.terms ?? known?.coming[0]?.terms
  if (terms) return minutes === undefined ? terms : withMinutes(terms, minutes)
  const ready = promises.ready[Number(which.replace('ready-', ''))]
  return ready ?? { ...promises.ready[0]!, standard: { en: '', zh: '' }, subject: 'other' }
}

function withMinutes(terms: PromiseTerms, minutes: number): PromiseTerms {
  const { judged } = terms
  if (judged.kind !== 'timed' || judged.clock.kind === 'by') return terms
  return { ...terms, judged: { ...judged, clock: { ...judged.clock, minutes } } }
}
