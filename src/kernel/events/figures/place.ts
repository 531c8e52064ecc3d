/**
 * On which line of an event, written with two spaces of indentation, a place stands; where it is missing, the line of what should
 * hold it.
 *
 * Example: in `{"type": "track", "properties": {"currency": "RMB"}}` the place `properties.currency` is on line 3, from 0.
 */
export function lineOfPlace(event: unknown, place: string): number {
  let line = 0
  let value = event
  for (const name of place === '' ? [] : place.split('.')) {
    if (typeof value !== 'object' || value === null) return line
    const entries = Object.entries(value)
    const at = entries.findIndex(([key]) => key === name)
    if (at < 0) return line
    line += 1 + entries.slice(0, at).reduce((sum, [, before]) => sum + linesOf(before), 0)
    value = entries[at]![1]
  }
  return line
}

const linesOf = (value: unknown) => JSON.stringify(value, null, 2).split('\n').length
