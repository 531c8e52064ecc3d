/** What belongs together in an answer: the fields of one object, and the ids of those it stands in or was asked with. */
export type Row = Readonly<Record<string, unknown>>

/** What answers showed: values by the name of their field, and whole rows, so that requests name pairs that belong together. */
export interface Remembered {
  /** `asked`: what the request named; an answer often does not repeat whose it is. */
  learn(answer: unknown, asked?: Row): void
  seen(name: string): readonly unknown[]
  /** Rows that hold all of `needed` and as many of `names` as any, at least two where two are asked for. */
  rows(names: readonly string[], needed?: readonly string[]): readonly Row[]
}

const valuesOfName = 300
const rowsOfShape = 40
const shapesKept = 1500

/** A field that says the same under another name: whoever is merged with somebody is a party too. */
const standsFor: Readonly<Record<string, string>> = {
  otherPartyId: 'partyId',
  toPartyId: 'partyId',
  keptId: 'partyId',
  otherId: 'partyId',
  memberId: 'partyId',
  ownerId: 'staffId',
  after: 'next',
  before: 'next',
  merchant: 'merchantId',
  otherMerchantId: 'merchantId',
}

/** Names of fields that tell one thing from another, which what stands inside it inherits. */
export const isNaming = (name: string) => /Id$|^(month|row|asset|currency|order|candidateId)$/.test(name)

export function remembering(): Remembered {
  const values = new Map<string, Set<unknown>>()
  const shapes = new Map<string, { readonly names: ReadonlySet<string>; readonly rows: Row[] }>()

  const note = (name: string, value: unknown) => {
    const known = values.get(name) ?? new Set()
    // Anew at the end, where the latest stand.
    known.delete(value)
    known.add(value)
    if (known.size > valuesOfName) known.delete(known.values().next().value)
    values.set(name, known)
  }
  const keep = (row: Row) => {
    const names = Object.keys(row)
    const shape = names.toSorted().join(' ')
    const known = shapes.get(shape) ?? { names: new Set(names), rows: [] }
    known.rows.push(row)
    if (known.rows.length > rowsOfShape) known.rows.shift()
    shapes.set(shape, known)
    if (shapes.size > shapesKept) shapes.delete(shapes.keys().next().value!)
  }
  const walk = (value: unknown, name: string, within: Row): void => {
    if (Array.isArray(value)) for (const each of value.slice(0, 20)) walk(each, name, within)
    else if (typeof value === 'object' && value !== null) {
      // Staff are named `id` where they are told of, and `staffId` where they are asked for.
      const own = 'id' in value && 'role' in value ? { ...value, staffId: value.id } : value
      const fields = Object.entries(own).filter(([, each]) => (JSON.stringify(each)?.length ?? 0) < 3000)
      if (fields.length > 0 && fields.length < 60) keep({ ...within, ...Object.fromEntries(fields) })
      const named = fields.filter(([field, each]) => isNaming(field) && isPlain(each))
      const inner = { ...within, ...Object.fromEntries(named) }
      for (const [field, each] of Object.entries(own)) walk(each, field, inner)
    } else if ((typeof value === 'string' && value.length < 200) || typeof value === 'number') note(name, value)
  }

  return {
    learn(answer, asked = {}) {
      walk(
        answer,
        '',
        Object.fromEntries(Object.entries(asked).filter(([name, each]) => isNaming(name) && isPlain(each))),
      )
    },
    seen: name => [...(values.get(name) ?? []), ...(values.get(standsFor[name] ?? '') ?? [])],
    rows(names, needed = []) {
      const least = Math.min(2, names.length)
      const fitting = [...shapes.values()]
        .filter(shape => needed.every(name => shape.names.has(name)))
        .map(shape => ({ shape, held: names.filter(name => shape.names.has(name)).length }))
        .filter(({ held }) => held >= least && held > 0)
        .sort((one, other) => other.held - one.held)
      return fitting.slice(0, 8).flatMap(({ shape }) => shape.rows.slice(-12))
    },
  }
}

const isPlain = (value: unknown) => typeof value === 'string' || typeof value === 'number'
