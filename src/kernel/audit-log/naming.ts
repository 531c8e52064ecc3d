/**
 * What the thing is called that an act was done to, by what was known of it before or answered after; never a customer, whose
 * name is looked up where they are shown.
 *
 * Example: `{ importId: 'a…', name: 'orders.csv', state: 'done' }` of an act on import `a…` -> `orders.csv`.
 */
export function nameOfThing(
  subject: Readonly<Record<string, string>>,
  ...told: readonly unknown[]
): string | undefined {
  const ids = Object.entries(subject)
  for (const value of told) {
    if (typeof value !== 'object' || value === null) continue
    const { name, partyId } = value as { readonly name?: unknown; readonly partyId?: unknown }
    if (typeof name !== 'string' || name === '' || partyId !== undefined) continue
    // Something new says its id itself.
    if (ids.length === 0 && !Object.keys(value).some(field => field.endsWith('Id'))) continue
    if (ids.every(([field, id]) => (value as Readonly<Record<string, unknown>>)[field] === id)) return name
    // A line of a list calls its id simply `id`.
    if (ids.length === 1 && (value as { readonly id?: unknown }).id === ids[0]![1]) return name
  }
  return undefined
}
