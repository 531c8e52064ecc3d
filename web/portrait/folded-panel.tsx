import type { ReactNode } from 'react'

/** What is looked at now and then: its title stands in a line, with how it stands, and opens on demand. */
export function FoldedPanel({
  title,
  note,
  isOpen = false,
  children,
}: {
  title: string
  note?: string | number | undefined
  isOpen?: boolean
  children: ReactNode
}) {
  return (
    <details className="folded-panel" open={isOpen}>
      <summary>
        {title}
        {note ? <span>{note}</span> : null}
      </summary>
      {children}
    </details>
  )
}
