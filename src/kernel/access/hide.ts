import type { z } from 'zod'
import { type FieldGroup, type FieldMeta, metaOf } from '../field-groups.ts'
import type { Caller } from '../operation.ts'
import type { Permission } from './permissions.ts'

/** Which permission shows which group of fields. */
export const permissionOfGroup: Readonly<Record<FieldGroup, Permission>> = {
  money: 'money.read',
  contact: 'contact.read',
  personal: 'personal.read',
}

/** Whether a caller may see a group of fields: for what is more than a field, such as the order of a list. */
export function maySee(caller: Caller, group: FieldGroup): boolean {
  return caller.kind !== 'nobody' && caller.permissions.has(permissionOfGroup[group])
}

type Hide = (value: unknown, may: ReadonlySet<Permission>) => unknown

const known = new WeakMap<z.ZodType, Hide | null>()

/**
 * An answer without the fields that these permissions do not show: null where the contract takes null, an empty list or record
 * for those, absent otherwise. Reads the contract once and keeps what it found.
 *
 * Example: `{ name: 'Lin', spendMinor: 1200 }` for somebody without `money.read` is `{ name: 'Lin', spendMinor: null }`.
 */
export function hideIn<Answer>(schema: z.ZodType, answer: Answer, may: ReadonlySet<Permission>): Answer {
  const hide = hiderOf(schema)
  return hide ? (hide(answer, may) as Answer) : answer
}

const building = new Set<z.ZodType>()

/** What has to be done to values of this schema; null where nothing ever is. */
function hiderOf(schema: z.ZodType): Hide | null {
  const found = known.get(schema)
  if (found !== undefined) return found
  // A schema that holds itself: looked at again once it is built.
  if (building.has(schema)) return (value, may) => known.get(schema)?.(value, may) ?? value
  building.add(schema)
  const within = insideOf(schema)
  building.delete(schema)
  const hide = withMeta(schema, metaOf(schema), within)
  known.set(schema, hide)
  return hide
}

function withMeta(schema: z.ZodType, meta: FieldMeta, within: Hide | null): Hide | null {
  const { groups, moneyInside } = meta
  if (!groups && !moneyInside) return within
  const needed = (groups ?? []).map(group => permissionOfGroup[group])
  const nothing = nothingOf(schema)
  return (value, may) => {
    if (needed.some(permission => !may.has(permission))) return nothing
    const seen = moneyInside && !may.has('money.read') ? withoutMoney(value) : value
    return within ? within(seen, may) : seen
  }
}

/** What stands in place of a hidden value, so that the answer still keeps its contract. */
function nothingOf(schema: z.ZodType): null | undefined | readonly never[] | '' | object {
  if (schema.safeParse(null).success) return null
  if (schema.safeParse(undefined).success) return undefined
  if (schema.safeParse([]).success) return []
  if (schema.safeParse('').success) return ''
  return schema.safeParse({}).success ? {} : undefined
}

/** Whether a field of this schema can be hidden without breaking its contract: the tables of the test ask it. */
export function canBeHidden(schema: z.ZodType): boolean {
  return [null, undefined, [], '', {}].some(nothing => schema.safeParse(nothing).success)
}

interface Definition {
  readonly type: string
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly element?: z.ZodType
  readonly options?: readonly z.ZodType[]
  readonly valueType?: z.ZodType
  readonly innerType?: z.ZodType
  readonly items?: readonly z.ZodType[]
  readonly left?: z.ZodType
  readonly right?: z.ZodType
  readonly out?: z.ZodType
  readonly getter?: () => z.ZodType
}

/** The parts of a schema, by how they are reached from its value. */
function insideOf(schema: z.ZodType): Hide | null {
  const definition = schema._zod.def as unknown as Definition
  switch (definition.type) {
    case 'object':
      return inObject(definition.shape ?? {})
    case 'array':
      return mapped(hiderOf(definition.element!), Array.isArray, (value, each) => (value as unknown[]).map(each))
    case 'record':
      return mapped(hiderOf(definition.valueType!), isObject, (value, each) =>
        Object.fromEntries(Object.entries(value as object).map(([key, inner]) => [key, each(inner)])),
      )
    case 'tuple':
      return inTuple(definition.items ?? [])
    case 'union':
      return oneAfterAnother(definition.options ?? [])
    case 'intersection':
      return oneAfterAnother([definition.left!, definition.right!])
    case 'pipe':
      return hiderOf(definition.out!)
    case 'lazy':
      return hiderOf(definition.getter!())
    default:
      return definition.innerType ? hiderOf(definition.innerType) : null
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

function mapped(
  hide: Hide | null,
  fits: (value: unknown) => boolean,
  over: (value: unknown, each: (inner: unknown) => unknown) => unknown,
): Hide | null {
  return hide && ((value, may) => (fits(value) ? over(value, inner => hide(inner, may)) : value))
}

function inObject(shape: Readonly<Record<string, z.ZodType>>): Hide | null {
  const hiders = Object.entries(shape).flatMap(([key, schema]) => {
    const hide = hiderOf(schema)
    return hide ? [{ key, hide }] : []
  })
  if (hiders.length === 0) return null
  return (value, may) => {
    if (!isObject(value)) return value
    const shown: Record<string, unknown> = { ...value }
    for (const { key, hide } of hiders) {
      if (!Object.hasOwn(shown, key)) continue
      const left = hide(shown[key], may)
      if (left === undefined) delete shown[key]
      else shown[key] = left
    }
    return shown
  }
}

function inTuple(items: readonly z.ZodType[]): Hide | null {
  const hiders = items.map(hiderOf)
  if (hiders.every(hide => hide === null)) return null
  return (value, may) =>
    Array.isArray(value) ? value.map((inner, index) => hiders[index]?.(inner, may) ?? inner) : value
}

/** Of a union every branch hides what it knows: rather a field too many hidden than one shown. */
function oneAfterAnother(schemas: readonly z.ZodType[]): Hide | null {
  const hiders = schemas.map(hiderOf).filter(hide => hide !== null)
  if (hiders.length === 0) return null
  return (value, may) => hiders.reduce((left, hide) => hide(left, may), value)
}

/** Names under which amounts of money travel in our own events and in those of Segment's commerce vocabulary. */
const moneyName = /(Minor|^price|^revenue|^total|^subtotal|^value|^tax|^shipping|^discount)$/

/**
 * The same value without its amounts of money, however deep. A plain `amount` is money where a currency stands beside it.
 *
 * Example: `{ lines: [{ sku: 'A', amountMinor: 900 }] }` is `{ lines: [{ sku: 'A' }] }`.
 */
export function withoutMoney(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMoney)
  if (!isObject(value)) return value
  const isPriced = 'currency' in value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !moneyName.test(key) && !(isPriced && key === 'amount') && !isAmount(inner))
      .map(([key, inner]) => [key, withoutMoney(inner)]),
  )
}

/** `{ amountMinor, currency }`, as the values of sentences have it. */
const isAmount = (value: unknown) => isObject(value) && 'amountMinor' in value && 'currency' in value
