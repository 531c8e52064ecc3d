import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../web/format.ts'
import type { Act } from './contract.ts'
import { isId, isNothing, linesOf, nameOf, useSaying } from './screen-values.tsx'

const shownAtFirst = 4

/** What an act changed, old -> new; of what was only added, the values that were sent. `told` stands in the sentence. */
export function Changes({ act, told }: { act: Act; told: readonly string[] }) {
  const { t } = useTranslation()
  if (act.asked === null || act.changes === null) return <p className="small muted">{t('audit-log:erased')}</p>
  return act.changes.length > 0 ? <Changed changes={act.changes} /> : <Sent asked={act.asked} told={told} />
}

function Changed({ changes }: { changes: NonNullable<Act['changes']> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const say = useSaying()
  const [isWhole, setWhole] = useState(false)
  const lines = changes.filter(({ before, after }) => !isId(before) && !isId(after))
  const shown = isWhole ? lines : lines.slice(0, shownAtFirst)
  const rest = lines.length - shown.length
  if (lines.length === 0) return null
  return (
    <>
      <dl className="act-changes" aria-label={t('audit-log:changed')}>
        {shown.map(({ path, before, after }) => (
          <div key={path}>
            <dt>{nameOf(t, path)}</dt>
            <dd>
              {isNothing(before) ? null : (
                <>
                  <del>{say(path, before)}</del> <span aria-hidden>→</span>{' '}
                </>
              )}
              <ins>{say(path, after)}</ins>
            </dd>
          </div>
        ))}
      </dl>
      {rest > 0 ? (
        <button type="button" className="link small" onClick={() => setWhole(true)}>
          {t('audit-log:more-changes', { count: rest, number: format.number(rest) })}
        </button>
      ) : null}
    </>
  )
}

function Sent({ asked, told }: { asked: object; told: readonly string[] }) {
  const { t } = useTranslation()
  const say = useSaying()
  const lines = linesOf(asked)
    .map(([path, values]) => [path, values.filter(value => !isNothing(value) && !isId(value))] as const)
    .filter(([path, values]) => values.length > 0 && !told.includes(path))
  if (lines.length === 0) return null
  return (
    <dl className="act-changes act-sent" aria-label={t('audit-log:sent')}>
      {lines.map(([path, values], place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one path may come twice, as two identifiers of a kind do
        <div key={place}>
          <dt>{nameOf(t, path)}</dt>
          <dd>{values.map(value => say(path, value)).join(t('audit-log:comma'))}</dd>
        </div>
      ))}
    </dl>
  )
}
