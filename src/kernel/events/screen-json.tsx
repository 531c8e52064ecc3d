import { type ReactNode, useEffect, useRef } from 'react'

/** As in screen.css. */
const lineHeight = 19

/** The event as lines; to be edited, a field of the same measure lies over the mark. */
export function JsonText({
  text,
  marked,
  edit,
  label,
}: {
  text: string
  marked: number | undefined
  edit?: (text: string) => void
  label: string
}): ReactNode {
  const lines = text.split('\n')
  const scrolled = useRef<HTMLElement>(null)
  // What is marked is seen at once, and does not move while somebody writes.
  const first = useRef(marked)
  useEffect(() => {
    scrolled.current?.scrollTo({ top: Math.max(0, (first.current ?? 0) - 5) * lineHeight })
  }, [])
  const mark =
    marked === undefined ? null : <i className="json-mark" style={{ top: `${marked * lineHeight}px` }} aria-hidden />
  if (!edit) {
    return (
      <div className="json">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <section ref={scrolled} className="json-scroll" tabIndex={0} aria-label={label}>
          {mark}
          <pre>{text}</pre>
        </section>
      </div>
    )
  }
  return (
    <div className="json" data-edited>
      <div className="json-scroll">
        {mark}
        <textarea
          aria-label={label}
          spellCheck={false}
          rows={Math.min(lines.length, 400)}
          value={text}
          onChange={event => edit(event.currentTarget.value)}
        />
      </div>
    </div>
  )
}
