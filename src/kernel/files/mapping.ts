import type { FileKind, ImportColumn, ImportMapping, ImportOptions, Question, Target } from './contract.ts'
import { dateShapeOf } from './dates.ts'
import { decimalMarkOf, readDecimal } from './decimals.ts'
import { targetsNamedBy } from './headers.ts'

/** The first rows of a file, header apart. */
export interface Sample {
  readonly headers: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Of each column the list in which it stands, in files whose records are nested. */
  readonly lists?: readonly (string | null)[]
}

export interface Guess {
  readonly kind: FileKind
  readonly columns: readonly ImportColumn[]
  readonly options: Pick<ImportOptions, 'dateOrder' | 'twoDigitYearsFrom' | 'decimalMark' | 'refundPrefix'>
}

interface Shares {
  readonly date: number
  readonly decimal: number
  readonly whole: number
  readonly email: number
  readonly phone: number
  readonly word: number
  readonly hashed: number
  readonly filled: number
}

const sampleValues = 5
const emailShape = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const phoneShape = /^\+?[\d][\d\s().-]{6,18}$/

/**
 * Says what each column seems to mean, from its name and from its values: the name proposes, the values must not
 * contradict. Each target goes to the column that fits it best.
 *
 * Example: columns `Invoice, InvoiceDate, Price, Quantity, CustomerID` become an `orders` file with `unitPrice`.
 */
export function guessMapping(sample: Sample): Guess {
  const values = sample.headers.map((_, column) =>
    sample.rows.map(row => row[column]?.trim() ?? '').filter(value => value !== ''),
  )
  const shares = values.map(sharesOf)
  const claims: { column: number; target: Target; score: number; named: number }[] = []
  for (const [column, header] of sample.headers.entries()) {
    for (const [target, named] of sample.lists
      ? nestedTargets(header, sample.lists[column]!)
      : targetsNamedBy(header)) {
      const fits = fitOf(target, shares[column]!)
      if (fits > 0) claims.push({ column, target, named, score: named * fits })
    }
    // An e-mail address is one whatever its column is called.
    if (shares[column]!.email > 0.8) claims.push({ column, target: 'email', named: 0, score: 0.45 })
    // Shopify calls the column of its order numbers "Name".
    if (shares[column]!.hashed > 0.8) claims.push({ column, target: 'orderRef', named: 0, score: 0.45 })
  }
  const chosen = assign(sample.lists ? onOneSide(claims, sample.lists) : claims)
  preferUnitPrice(chosen, sample.headers)
  const columns = sample.headers.map((name, column): ImportColumn => {
    const claim = chosen.get(column)
    return {
      column,
      name,
      target: claim?.target ?? null,
      confidence: claim ? (claim.named > 0.9 ? 'sure' : 'likely') : 'none',
      ...(sample.lists?.[column] != null && { list: sample.lists[column] }),
      samples: [...new Set(values[column])].slice(0, sampleValues).map(value => value.slice(0, 80)),
    }
  })
  const has = new Set([...chosen.values()].map(claim => claim.target))
  const kind: FileKind = has.has('occurredAt') && (has.has('amount') || has.has('unitPrice')) ? 'orders' : 'customers'
  return { kind, columns, options: optionsFrom(columns, sample) }
}

const ofLines: readonly Target[] = ['amount', 'quantity', 'unitPrice', 'sku', 'productName', 'category']

/** `customer.email` is named by its last word as well, and `lines.name` is the name of a product. */
function nestedTargets(header: string, list: string | null): ReadonlyMap<Target, number> {
  const last = header.slice(header.lastIndexOf('.') + 1)
  const names = last === header ? [header] : list === null ? [header, last] : [last, `product ${last}`]
  const found = new Map<Target, number>()
  for (const [rank, name] of names.entries()) {
    for (const [target, score] of targetsNamedBy(name)) {
      if (list !== null && !ofLines.includes(target)) continue
      found.set(target, Math.max(found.get(target) ?? 0, score - rank * 0.01))
    }
  }
  return found
}

/**
 * What an order cost is said by its lines or by the order, never by both: the total of an order beside each of its lines
 * would count as often as there are lines.
 */
function onOneSide<Claim extends { column: number; target: Target }>(
  claims: readonly Claim[],
  lists: readonly (string | null)[],
): Claim[] {
  const isPriced = (claim: Claim) => claim.target === 'amount' || claim.target === 'unitPrice'
  const byLine = claims.some(claim => lists[claim.column] !== null && isPriced(claim))
  return claims.filter(({ column, target }) => {
    if (lists[column] !== null) return byLine
    return !byLine || !ofLines.includes(target)
  })
}

/** Best fit first; each column means one thing and each thing is said by one column. */
function assign<Claim extends { column: number; target: Target; score: number }>(
  claims: readonly Claim[],
): Map<number, Claim> {
  const chosen = new Map<number, Claim>()
  const taken = new Set<Target>()
  for (const claim of [...claims].sort((left, right) => right.score - left.score || left.column - right.column)) {
    if (chosen.has(claim.column) || taken.has(claim.target)) continue
    chosen.set(claim.column, claim)
    taken.add(claim.target)
  }
  return chosen
}

/** A lone `price` without a quantity is what the whole line cost. */
function preferUnitPrice(
  chosen: Map<number, { column: number; target: Target; score: number; named: number }>,
  headers: readonly string[],
): void {
  const by = (target: Target) => [...chosen.values()].find(claim => claim.target === target)
  const price = by('unitPrice')
  if (!price || by('quantity') || by('amount')) return
  if (/unit|单价/i.test(headers[price.column]!)) return
  chosen.set(price.column, { ...price, target: 'amount', named: Math.min(price.named, 0.5) })
}

function sharesOf(values: readonly string[]): Shares {
  const share = (is: (value: string) => boolean) => (values.length === 0 ? 0 : values.filter(is).length / values.length)
  return {
    date: dateShapeOf(values).share,
    decimal: share(value => readDecimal(value, '.') !== undefined || readDecimal(value, ',') !== undefined),
    whole: share(value => /^-?\d+(\.0+)?$/.test(value)),
    email: share(value => emailShape.test(value)),
    phone: share(value => phoneShape.test(value) && value.replace(/\D/g, '').length >= 7),
    word: share(value => /\p{L}/u.test(value)),
    hashed: share(value => /^#\d+$/.test(value)),
    filled: values.length,
  }
}

/** How far the values allow the target: 0 contradicts, 1 agrees. A column without values contradicts nothing. */
function fitOf(target: Target, shares: Shares): number {
  if (shares.filled === 0) return 0.5
  switch (target) {
    case 'occurredAt':
      return shares.date >= 0.5 ? 1 : 0
    case 'birthday':
      return shares.date >= 0.5 || shares.whole === 0 ? 1 : 0.3
    case 'amount':
    case 'unitPrice':
    case 'quantity':
      return shares.decimal >= 0.5 ? 1 : 0
    case 'email':
      return shares.email >= 0.5 ? 1 : 0
    case 'phone':
      return shares.phone >= 0.5 ? 1 : 0
    case 'orderRef':
      return shares.email > 0.5 || shares.date === 1 ? 0.4 : 1
    case 'customerId':
      return shares.email > 0.5 ? 0.4 : 1
    case 'customerName':
    case 'familyName':
    case 'givenName':
      return shares.word === 0 || shares.email > 0.5 ? 0 : 1
    case 'city':
    case 'country':
    case 'currency':
    case 'category':
      return shares.word >= 0.5 ? 1 : 0.2
    // A column "product" may hold the number or the name: words with spaces are a name.
    case 'productName':
      return shares.word >= 0.5 ? 1 : 0.3
    case 'sku':
      return shares.word < 0.5 ? 1 : 0.7
  }
}

/** What the values say about dates and numbers under a mapping; nothing where only a person can know. */
export function optionsFrom(
  columns: readonly { readonly column: number; readonly target: Target | null }[],
  sample: Sample,
): Guess['options'] {
  const valuesOf = (target: Target) => {
    const column = columns.find(entry => entry.target === target)?.column
    return column === undefined ? [] : sample.rows.map(row => row[column]?.trim() ?? '').filter(value => value !== '')
  }
  const date = dateShapeOf(valuesOf('occurredAt'))
  const birth = dateShapeOf(valuesOf('birthday'))
  const dates = date.share > 0 ? date : birth
  const numbers = [...valuesOf('amount'), ...valuesOf('unitPrice'), ...valuesOf('quantity')]
  return {
    dateOrder: dates.share === 0 ? 'ymd' : dates.order,
    twoDigitYearsFrom: null,
    decimalMark: decimalMarkOf(numbers) ?? null,
    refundPrefix: refundPrefixOf(valuesOf('orderRef')),
  }
}

/** Online Retail writes a cancelled invoice as `C536379` among plain numbers; orders that all begin with C are no refunds. */
export function refundPrefixOf(orderRefs: readonly string[]): string | null {
  const cancelled = orderRefs.filter(ref => /^C\d+$/.test(ref)).length
  const plain = orderRefs.filter(ref => /^\d+$/.test(ref)).length
  return cancelled > 0 && plain > cancelled ? 'C' : null
}

/** What is still to be said before the file can be checked, in the order to ask. */
export function openQuestions(
  mapping: Pick<ImportMapping, 'kind' | 'options'> & {
    readonly columns: readonly { readonly column: number; readonly target: Target | null }[]
  },
  sample: Sample,
): Question[] {
  const column = (target: Target) => mapping.columns.find(entry => entry.target === target)?.column
  const values = (target: Target) => {
    const at = column(target)
    return at === undefined ? [] : sample.rows.map(row => row[at] ?? '')
  }
  const open: Question[] = []
  if (mapping.options.encoding === null) open.push('encoding')
  const identified = (['customerId', 'email', 'phone'] as const).some(target => column(target) !== undefined)
  if (!identified) open.push('customer')
  if (mapping.kind === 'orders') {
    if (column('occurredAt') === undefined) open.push('occurredAt')
    const priced = column('amount') !== undefined || column('unitPrice') !== undefined
    if (!priced) open.push('amount')
  }
  const dated = [...(mapping.kind === 'orders' ? values('occurredAt') : []), ...values('birthday')]
  const shape = dateShapeOf(dated)
  if (dated.length > 0 && mapping.options.dateOrder === null) open.push('dateOrder')
  if (shape.twoDigitYears && mapping.options.twoDigitYearsFrom === null) open.push('twoDigitYearsFrom')
  if (mapping.kind === 'orders' && mapping.options.decimalMark === null) open.push('decimalMark')
  return open
}
