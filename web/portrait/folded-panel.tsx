import { type ReactNode, useEffect, useState } from 'react'

/** What is looked at now and then: its title stands in a line, with how it stands, and opens on demand. */
export function FoldedPanel({
  title,
  note,
  isUrgent = false,
  children,
}: {
  title: string
  note?: string | number | undefined
  /** Something waits in it: it opens by itself, and stays open when that is seen to. */
  isUrgent?: boolean
  children: ReactNode
}) {
  const [isOpen, setOpen] = useState(isUrgent)
  useEffect(() => {
    if (isUrgent) setOpen(true)
  }, [isUrgent])
  return (
    <section className="folded-panel" aria-label={title}>
      <details open={isOpen} onToggle={event => setOpen(event.currentTarget.open)}>
        <summary>
          {title} {note ? <span>{note}</span> : null}
        </summary>
        {children}
      </details>
    </section>
  )
}
