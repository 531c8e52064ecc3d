import { useEffect, useRef, useState } from 'react'

export interface Verb {
  /** `g c`: first g, then c; `?`, `z`: one key. */
  readonly keys: string
  readonly label: string
  readonly run: () => void
}

const verbs = new Set<Verb>()
const watchers = new Set<() => void>()

/** While this part of a page is shown, its keys work and stand in the `?` list. */
export function useVerbs(list: readonly Verb[]): void {
  const latest = useRef(list)
  latest.current = list
  const names = list.map(verb => `${verb.keys}:${verb.label}`).join('|')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the names say when the list is another; run is read late
  useEffect(() => {
    const mine = latest.current.map((verb, index) => ({ ...verb, run: () => latest.current[index]?.run() }))
    for (const verb of mine) verbs.add(verb)
    for (const tell of watchers) tell()
    return () => {
      for (const verb of mine) verbs.delete(verb)
      for (const tell of watchers) tell()
    }
  }, [names])
}

export function useAllVerbs(): readonly Verb[] {
  const [all, setAll] = useState<readonly Verb[]>([...verbs])
  useEffect(() => {
    const tell = () => setAll([...verbs])
    watchers.add(tell)
    tell()
    return () => {
      watchers.delete(tell)
    }
  }, [])
  return all
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input, textarea, select, [role="dialog"], [role="menu"]') !== null)
  )
}

/** Listens once for the whole shell. A first key of a pair is remembered for a second. */
export function useKeyboard(): void {
  useEffect(() => {
    let first = ''
    let timer: ReturnType<typeof setTimeout> | undefined
    const hear = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
      const pressed = first ? `${first} ${key}` : key
      clearTimeout(timer)
      first = ''
      const all = [...verbs]
      const verb = all.find(candidate => candidate.keys === pressed)
      if (verb) {
        event.preventDefault()
        verb.run()
      } else if (all.some(candidate => candidate.keys.startsWith(`${key} `))) {
        first = key
        timer = setTimeout(() => {
          first = ''
        }, 1000)
      }
    }
    window.addEventListener('keydown', hear)
    return () => {
      clearTimeout(timer)
      window.removeEventListener('keydown', hear)
    }
  }, [])
}
