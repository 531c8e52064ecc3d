import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call, Problem, useAsk, useDo } from '../../../web/api.ts'
import { type Format, useFormat } from '../../../web/format.ts'
import { Answer } from '../../../web/kit/index.ts'
import { offerUndo, showProblem } from '../../../web/notices.tsx'
import { useVerbs } from '../../../web/shell/keys.ts'
import {
  type Choices,
  listDuplicates,
  listMerges,
  type Merge,
  mergeProfiles,
  previewMerge,
  type Side,
  undoMerge,
} from './contract.ts'

interface Given {
  readonly keptId: string
  readonly otherId: string
  readonly different?: () => void
  readonly done?: () => void
}

/** Two profiles and what they would be as one, line by line; where both know something else, somebody chooses. */
export function Comparison({ keptId, otherId, different, done }: Given) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [isSwapped, setSwapped] = useState(false)
  const [choices, setChoices] = useState<Choices>({ name: 'kept', birthday: 'kept' })
  const pair = isSwapped ? { keptId: otherId, otherId: keptId } : { keptId, otherId }
  const asked = useAsk(previewMerge, { query: { ...pair, ...choices } })
  const merge = useDo(mergeProfiles, { refresh: [listDuplicates, listMerges] })
  const takeBack = async ({ mergeId }: Merge) => {
    try {
      await call(undoMerge, { params: { mergeId } })
    } catch (error) {
      if (error instanceof Problem) showProblem(error)
    }
    await client.invalidateQueries()
  }
  const join = () => {
    if (merge.isPending || !asked.data) return
    merge.mutate(
      { body: { ...pair, choices } },
      {
        onSuccess: made => {
          offerUndo(t('merges:merged', { name: asked.data.merged.name }), () => void takeBack(made))
          done?.()
        },
      },
    )
  }
  useVerbs([{ keys: 'm', label: t('merges:merge'), run: join }])
  return (
    <Answer of={asked}>
      {({ kept, other, merged, conflicts }) => (
        <>
          <div className="table-holder">
            <table className="table merges-table">
              <thead>
                <tr>
                  <td />
                  <th scope="col">{t('merges:kept')}</th>
                  <th scope="col">{t('merges:joined')}</th>
                  <th scope="col" className="merges-after">
                    {t('merges:as-one')}
                  </th>
                </tr>
              </thead>
              <tbody>
                <Lines
                  {...{ kept, other, merged, conflicts, choices }}
                  choose={(field, whose) => setChoices({ ...choices, [field]: whose })}
                />
              </tbody>
            </table>
          </div>
          <div className="acts merges-acts">
            <Button variant="filled" size="sm" loading={merge.isPending} onClick={join}>
              {t('merges:merge')}
            </Button>
            {different ? (
              <Button variant="default" size="sm" onClick={different}>
                {t('merges:different')}
              </Button>
            ) : null}
            <button type="button" className="link" onClick={() => setSwapped(!isSwapped)}>
              {t('merges:swap')}
            </button>
          </div>
          <p className="muted reading-width">{t('merges:what-happens')}</p>
        </>
      )}
    </Answer>
  )
}

interface Line {
  readonly id: string
  readonly of: (side: Side) => ReactNode
  /** Numbers that add up are no contradiction. */
  readonly adds?: true
}

function Lines({
  kept,
  other,
  merged,
  conflicts,
  choices,
  choose,
}: {
  kept: Side
  other: Side
  merged: Side
  conflicts: readonly ('name' | 'birthday')[]
  choices: Choices
  choose: (field: 'name' | 'birthday', whose: 'kept' | 'other') => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const names = [...new Set([...Object.keys(kept.details), ...Object.keys(other.details)])]
  const lines: Line[] = [
    { id: 'identifiers', of: side => <Identifiers side={side} />, adds: true },
    ...names.map(name => ({ id: `detail ${name}`, of: (side: Side) => side.details[name] ?? null })),
    { id: 'purchases', of: side => format.number(side.purchases), adds: true },
    { id: 'spend', of: side => side.spendMinor !== null && format.money(side.spendMinor, side.currency), adds: true },
    { id: 'first', of: side => side.firstOn && format.day(side.firstOn), adds: true },
    { id: 'last', of: side => side.lastOn && format.day(side.lastOn), adds: true },
    { id: 'points', of: side => format.number(side.points), adds: true },
    {
      id: 'credit',
      of: side => side.creditMinor !== null && format.exactMoney(side.creditMinor, side.currency),
      adds: true,
    },
    { id: 'standing', of: side => side.standings.map(each => t(each.key, each.words)).join(', ') || null, adds: true },
    { id: 'allows', of: side => side.allows.map(each => t(`parties:consent.${each}`)).join(', ') || null },
    { id: 'refuses', of: side => side.refuses.map(each => t(`parties:consent.${each}`)).join(', ') || null },
  ]
  return (
    <>
      {(['name', 'birthday'] as const).map(field => {
        const isConflict = conflicts.includes(field)
        const cell = (side: Side, whose: 'kept' | 'other') => {
          const text = field === 'name' ? side.name : birthdayOf(side.birthday, format)
          const shown =
            field === 'name' ? (
              <Link to="/customers/$partyId" params={{ partyId: side.partyId }} className="link">
                {text}
              </Link>
            ) : (
              text
            )
          if (!isConflict) return shown ?? <Nothing />
          return (
            <label className="merges-choice">
              <input
                type="radio"
                name={field}
                checked={choices[field] === whose}
                onChange={() => choose(field, whose)}
              />
              {field === 'name' ? text : shown}
            </label>
          )
        }
        return (
          <tr key={field} data-differs={isConflict}>
            <th scope="row">{t(`merges:field.${field}`)}</th>
            <td>{cell(kept, 'kept')}</td>
            <td>{cell(other, 'other')}</td>
            <td className="merges-after">
              {field === 'name' ? <b>{merged.name}</b> : (birthdayOf(merged.birthday, format) ?? <Nothing />)}
            </td>
          </tr>
        )
      })}
      {lines.map(({ id, of, adds }) => {
        const [one, another, both] = [of(kept), of(other), of(merged)]
        if (!one && !another && !both) return null
        return (
          <tr key={id} data-differs={!adds && Boolean(one) && Boolean(another) && one !== another}>
            <th scope="row">
              {id.startsWith('detail ')
                ? t(`detail.${id.slice(7)}`, { defaultValue: id.slice(7) })
                : t(`merges:field.${id}`)}
            </th>
            <td>{one || <Nothing />}</td>
            <td>{another || <Nothing />}</td>
            <td className="merges-after">{both || <Nothing />}</td>
          </tr>
        )
      })}
    </>
  )
}

function Nothing() {
  const { t } = useTranslation()
  return <span className="muted">{t('merges:nothing')}</span>
}

function Identifiers({ side }: { side: Side }) {
  const { t } = useTranslation()
  return (
    <ul className="merges-identifiers">
      {side.identifiers.map(({ kind, value }) => (
        <li key={kind + value}>
          <small>{t(`identifier.${kind}`)}</small> {value}
        </li>
      ))}
    </ul>
  )
}

/** `--03-08` is a birthday without its year; what is written otherwise is shown as it is. */
function birthdayOf(birthday: string | null, format: Format): string | null {
  if (birthday === null) return null
  if (/^--\d{2}-\d{2}$/.test(birthday)) return format.shortDay(`2000-${birthday.slice(2)}`)
  return /^\d{4}-\d{2}-\d{2}$/.test(birthday) ? format.day(birthday) : birthday
}
