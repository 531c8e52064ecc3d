const isId = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const namesParty = /(^|[a-z])(party|member|customer)(Id|Ids)?$|^(kept|other)Id$/i
const deepest = 5
const most = 20

/**
 * The customers that a request or an answer names, in the order in which it does: those whose content goes with them.
 *
 * Example: `{ customer: { partyId: 'a…' }, amountMinor: 5 }` -> `['a…']`.
 */
export function partiesIn(...values: readonly unknown[]): string[] {
  const found = new Set<string>()
  for (const value of values) look(value, '', 0, found)
  return [...found]
}

function look(value: unknown, name: string, depth: number, found: Set<string>): void {
  if (found.size >= most || depth > deepest) return
  if (typeof value === 'string') {
    if (namesParty.test(name) && isId.test(value)) found.add(value)
    return
  }
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) look(inner, Array.isArray(value) ? name : key, depth + 1, found)
}
