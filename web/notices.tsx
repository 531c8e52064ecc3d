import { notifications } from '@mantine/notifications'
import i18next from 'i18next'
import type { Problem } from './api.ts'

/** The sentence of a refusal in the reader's language: its code is the translation key, its details fill the gaps. */
export function sentenceOf(problem: Problem): string {
  const keys = [problem.code, `shell:problem.${problem.status}`]
  for (const key of keys) if (i18next.exists(key)) return i18next.t(key, problem.details)
  return problem.sentence ?? i18next.t('shell:problem.other', { code: problem.code })
}

/** Read when a notice is shown, because the language may have changed. */
const closing = () => ({ closeButtonProps: { 'aria-label': i18next.t('shell:close') } })

export function showProblem(problem: Problem): void {
  if (problem.isSignedOut) return
  const where = problem.issues[0]
  notifications.show({
    id: problem.code,
    message: (
      <div role="alert">
        <div>{sentenceOf(problem)}</div>
        {where ? (
          <div className="muted small">
            {where.path}: {where.detail}
          </div>
        ) : null}
      </div>
    ),
    ...closing(),
    color: 'red',
    autoClose: 12_000,
    withBorder: true,
  })
}

export function showNotice(message: string): void {
  notifications.show({ ...closing(), message, autoClose: 5_000, withBorder: true })
}

/** Something was done that can be taken back: says so for ten seconds, with the way back beside it. */
export function offerUndo(message: string, undo: () => void): void {
  const id = `undo-${message}`
  notifications.show({
    ...closing(),
    id,
    autoClose: 10_000,
    withBorder: true,
    message: (
      <div className="undo">
        <span>{message}</span>
        <button
          type="button"
          className="link"
          onClick={() => {
            notifications.hide(id)
            undo()
          }}
        >
          {i18next.t('shell:undo')} <kbd>Z</kbd>
        </button>
      </div>
    ),
  })
  lastUndo = { id, undo }
}

let lastUndo: { id: string; undo: () => void } | undefined

/** The `Z` key: takes back what was done last, as long as its notice still stands. */
export function undoLast(): void {
  const last = lastUndo
  lastUndo = undefined
  if (!last) return
  notifications.hide(last.id)
  last.undo()
}
