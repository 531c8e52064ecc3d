import { useEffect } from 'react'

/** A tab is current when its whole address is; the page itself says which, so that filters may stand beside it. */
export const exactly = { exact: true, includeSearch: true, explicitUndefined: true } as const

/** On a phone the tabs run out of the screen: the one that is open is brought into sight. */
export function useTabInSight(tab: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is what moves them
  useEffect(() => {
    const tabs = document.querySelector('.tabs')
    const current = tabs?.querySelector('[aria-current="page"]')
    if (!tabs || !current) return
    const [all, one] = [tabs.getBoundingClientRect(), current.getBoundingClientRect()]
    tabs.scrollLeft += one.left - all.left - (all.width - one.width) / 2
  }, [tab])
}
