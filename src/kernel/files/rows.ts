import { hash } from 'node:crypto'
import { localInstant } from '#kernel/clock/index.ts'
import { minorDigits } from '#kernel/locale/index.ts'
import type { ImportMapping, Target } from './contract.ts'
import { type DateReading, readMoment } from './dates.ts'
import { canonical, type Decimal, inUnits, product, readDecimal } from './decimals.ts'
import { limits } from './limits.ts'

/** What a line is: money that came in, money given back, nothing at all, or a correction of the books. */
export const parts = { purchase: 0, refund: 1, free: 2, adjustment: 3 } as const
export type Part = (typeof parts)[keyof typeof parts]

export interface OrderLine {
  readonly part: Part
  readonly orderRef: string
  /** ISO instant. */
  readonly occurredAt: string
  readonly sku: string
  /** Thousandths, positive for refunds too. */
  readonly quantity: number
  /** Equal for equal prices: what a refund is matched by. */
  readonly unitPrice: string
  readonly amountMinor: number
  readonly productName: string
  readonly category: string
}

export interface Profile {
  /** `customer_id:13085`: the identifier by which lines of one customer are gathered. */
  readonly key: string
  readonly customerId: string
  readonly email: string
  readonly phone: string
  readonly name: string
  readonly familyName: string
  readonly givenName: string
  readonly birthday: string
  readonly city: string
  readonly country: string
  /** When it was said; asked for only where the newest has the word. */
  readonly saidAt: string
}

export interface RowProblem {
  readonly row: number
  readonly column: number | null
  readonly code: string
  readonly details: Readonly<Record<string, string | number>>
  readonly value: string | null
}

/** A row taken apart: one of `problem`, or what it says. A row without a customer has no profile. */
export interface CheckedRow {
  readonly problem?: RowProblem
  readonly line?: OrderLine
  readonly profile?: Profile
}

const earliest = Date.UTC(1990, 0, 1)
const millisecondsPerDay = 86_400_000
const remembered = 50_000
const nothing = /^(?:|-+|–|nan|null|none|nil|n\/a|#n\/a|undefined|无|空)$/i

/**
 * Compiles a mapping into the rule that reads one row. Dates, prices and quantities repeat in order files, so what a
 * text means is remembered, up to a bound.
 */
export function rowRule(mapping: ImportMapping, headers: readonly string[], now: Date) {
  const at = new Map<Target, number>()
  for (const { column, target } of mapping.columns) if (target !== null) at.set(target, column)
  const { options, kind } = mapping
  const places = minorDigits(options.currency)
  const mark = options.decimalMark ?? '.'
  const isPriced = at.has('amount') || at.has('unitPrice')
  const isDated = mapping.columns.some(({ target, rule }) => target !== null && rule === 'newest')
  const latest = now.getTime() + millisecondsPerDay
  const reading: DateReading = {
    order: options.dateOrder,
    twoDigitYearsFrom: options.twoDigitYearsFrom,
    serial: true,
  }
  const decimals = remember((text: string) => readDecimal(text, mark))
  const moments = remember((text: string) => instantOf(text, reading, options.zone))
  const amounts = remember((text: string) => {
    const [quantity, price] = text.split('×') as [string, string]
    return inUnits(product(decimals(quantity)!, decimals(price)!), places)
  })
  const prices = remember((text: string) => canonical(decimals(text)!))

  function cell(cells: readonly string[], target: Target): string {
    const column = at.get(target)
    const text = column === undefined ? '' : (cells[column]?.trim() ?? '')
    // Files of rejected rows put an apostrophe before what a spreadsheet would take for a formula.
    return text.charCodeAt(0) === 0x27 && /^'[=+\-@]/.test(text) ? text.slice(1) : text
  }

  return function check(cells: readonly string[], row: number): CheckedRow {
    const problem = (target: Target | null, code: string, details: RowProblem['details'] = {}): CheckedRow => ({
      problem: {
        row,
        column: target === null ? null : (at.get(target) ?? null),
        code,
        details: target === null ? details : { target, ...details },
        value: target === null ? null : cell(cells, target).slice(0, 100),
      },
    })
    if (cells.length > headers.length) {
      return problem(null, 'too-many-cells', { cells: cells.length, columns: headers.length })
    }
    const profile = profileOf(cells)
    if (typeof profile === 'string') return problem(profile, `not-a-${profile}`)
    if (kind === 'customers') return profile ? { profile } : problem('customerId', 'missing')

    const date = cell(cells, 'occurredAt')
    if (date === '') return problem('occurredAt', 'missing')
    const instant = moments(date)
    if (typeof instant === 'string') return problem('occurredAt', instant)
    if (instant.milliseconds < earliest || instant.milliseconds > latest) {
      return problem('occurredAt', 'out-of-time', { from: '1990-01-01' })
    }
    const currency = cell(cells, 'currency')
    if (currency !== '' && currency.toUpperCase() !== options.currency) {
      return problem('currency', 'other-currency', { currency: options.currency })
    }
    const named = identifierText(cell(cells, 'orderRef'))
    if (at.has('orderRef') && named === '') return problem('orderRef', 'missing')
    // Without order numbers, what one customer bought at one time is one order; hashed, since a key must name nobody.
    const orderRef = at.has('orderRef') ? named : `#${hash('md5', `${profile?.key ?? ''}\n${instant.iso}`)}`
    if (orderRef.length > limits.cellCharacters)
      return problem('orderRef', 'too-long', { limit: limits.cellCharacters })
    const money = moneyOf(cells, orderRef)
    if ('code' in money) return problem(money.target, money.code)
    const productName = cell(cells, 'productName').slice(0, limits.cellCharacters)
    const sku = identifierText(cell(cells, 'sku')) || productName
    if (sku.length > limits.cellCharacters) return problem('sku', 'too-long', { limit: limits.cellCharacters })
    const category = cell(cells, 'category').slice(0, limits.cellCharacters)
    const line = { ...money, orderRef, occurredAt: instant.iso, sku, productName, category }
    return profile ? { line, profile } : { line }
  }

  /**
   * Lines priced below zero correct the books (bad debt, for example) and lines priced zero are samples or write-offs:
   * neither says that somebody bought or brought back anything. A negative quantity, a negative amount or an order
   * number with the refund prefix gives money back.
   */
  function moneyOf(
    cells: readonly string[],
    orderRef: string,
  ):
    | Pick<OrderLine, 'part' | 'quantity' | 'unitPrice' | 'amountMinor'>
    | { readonly target: Target; readonly code: string } {
    const wrong = (target: Target, code: string) => ({ target, code })
    const quantityText = at.has('quantity') ? cell(cells, 'quantity') : '1'
    const priceText = cell(cells, 'unitPrice')
    const amountText = cell(cells, 'amount')
    if (quantityText === '') return wrong('quantity', 'missing')
    const quantity = decimals(quantityText)
    if (!quantity) return wrong('quantity', 'not-a-number')
    const price = priceText === '' ? undefined : decimals(priceText)
    if (priceText !== '' && !price) return wrong('unitPrice', 'not-a-number')
    const given = amountText === '' ? undefined : decimals(amountText)
    if (amountText !== '' && !given) return wrong('amount', 'not-a-number')
    // Where no column says what was paid, a row still says that somebody bought.
    if (!isPriced) return { part: parts.purchase, quantity: 1000, unitPrice: '0', amountMinor: 0 }
    if (!price && !given) return wrong(at.has('amount') ? 'amount' : 'unitPrice', 'missing')
    const thousandths = inUnits(quantity, 3)
    if (thousandths === undefined) return wrong('quantity', 'too-large')
    const amount = given ? inUnits(given, places) : amounts(`${quantityText}×${priceText}`)
    if (amount === undefined || Math.abs(amount) > 1e13) return wrong(given ? 'amount' : 'unitPrice', 'too-large')
    const size = Math.abs(amount)
    const units = Math.abs(thousandths)
    const unitPrice = price ? prices(priceText) : String(Math.round((size * 1000) / (units || 1)))
    const part = partOf(quantity, price, amount, orderRef)
    const signed = part === parts.free || part === parts.adjustment
    return { part, quantity: signed ? thousandths : units, unitPrice, amountMinor: signed ? amount : size }
  }

  function partOf(quantity: Decimal, price: Decimal | undefined, amount: number, orderRef: string): Part {
    if (price !== undefined && price.unscaled < 0n) return parts.adjustment
    if (quantity.unscaled === 0n || (price ? price.unscaled === 0n : amount === 0)) return parts.free
    const prefixed = options.refundPrefix !== null && orderRef.startsWith(options.refundPrefix)
    return quantity.unscaled < 0n || amount < 0 || prefixed ? parts.refund : parts.purchase
  }

  /** Nobody when the row names no customer; the name of the target when its only identifier is malformed. */
  function profileOf(cells: readonly string[]): Profile | 'email' | 'phone' | 'birthday' | undefined {
    const customerId = identifierText(known(cell(cells, 'customerId')))
    const email = known(cell(cells, 'email')).toLowerCase()
    const phone = known(cell(cells, 'phone'))
    const goodEmail = /^[^\s@]+@[^\s@]+$/.test(email) && email.length <= 320
    const goodPhone = phone.replace(/\D/g, '').length >= 5 && phone.length <= 40
    if (customerId === '') {
      if (email !== '' && !goodEmail && !goodPhone) return 'email'
      if (phone !== '' && !goodPhone && !goodEmail) return 'phone'
      if (email === '' && phone === '') return undefined
    }
    const birth = birthdayOf(known(cell(cells, 'birthday')))
    // A birthday that cannot be read is no reason to lose an order.
    if (birth === undefined && kind === 'customers') return 'birthday'
    const key = customerId ? `customer_id:${customerId}` : goodEmail ? `email:${email}` : `phone:${phone}`
    return {
      key: key.slice(0, limits.cellCharacters * 2),
      customerId: customerId.slice(0, limits.cellCharacters),
      email: goodEmail ? email : '',
      phone: goodPhone ? phone : '',
      name: known(cell(cells, 'customerName')).slice(0, limits.cellCharacters),
      familyName: known(cell(cells, 'familyName')).slice(0, 100),
      givenName: known(cell(cells, 'givenName')).slice(0, 100),
      birthday: birth ?? '',
      city: known(cell(cells, 'city')).slice(0, limits.cellCharacters),
      country: known(cell(cells, 'country')).slice(0, limits.cellCharacters),
      saidAt: isDated ? saidAtOf(cell(cells, 'occurredAt')) : '',
    }
  }

  function saidAtOf(date: string): string {
    const instant = date === '' ? 'missing' : moments(date)
    return typeof instant === 'string' ? '' : instant.iso
  }

  function birthdayOf(text: string): string | undefined {
    if (text === '') return ''
    const short = /^(?:--)?(\d{1,2})[-/.月](\d{1,2})日?$/.exec(text)
    if (short) return `--${short[1]!.padStart(2, '0')}-${short[2]!.padStart(2, '0')}`
    const moment = readMoment(text, reading)
    return typeof moment === 'string' ? undefined : moment.day
  }
}

const known = (text: string) => (nothing.test(text) ? '' : text)

/** Spreadsheets and data frames turn the number 13085 into `13085.0` as soon as one cell of the column is empty. */
export const identifierText = (text: string) =>
  text.endsWith('.0') && /^\d+\.0$/.test(text) ? text.slice(0, -2) : text

function instantOf(text: string, reading: DateReading, zone: string) {
  const moment = readMoment(text, reading)
  if (typeof moment === 'string') return moment
  const instant =
    moment.offsetMinutes === undefined
      ? localInstant(moment.day, moment.seconds, zone)
      : localInstant(moment.day, moment.seconds - moment.offsetMinutes * 60, 'UTC')
  return { iso: instant.toISOString(), milliseconds: instant.getTime() }
}

/**
 * The same text in memory of its own: a cell is a view into the piece of the file that it was cut from, and remembering
 * one cell would keep the whole piece.
 */
export const apart = (text: string) => Buffer.from(text).toString()

function remember<Answer>(find: (text: string) => Answer): (text: string) => Answer {
  const answers = new Map<string, Answer>()
  return text => {
    const known = answers.get(text)
    if (known !== undefined) return known
    const answer = find(text)
    if (answers.size >= remembered) answers.clear()
    answers.set(apart(text), answer)
    return answer
  }
}
