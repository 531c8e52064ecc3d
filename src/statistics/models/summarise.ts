import { refuseAll } from '../invalid-input.ts'
import type { Columns } from './columns.ts'

/** Purchases as columns, in any order: who, on which day, for how much. */
export interface Transactions {
  /** Any names or numbers; equal ones are one customer. */
  readonly customer: ArrayLike<string> | ArrayLike<number>
  /** Whole days counted from any one day; what is behind the comma is the hour and is cut off. */
  readonly day: ArrayLike<number>
  /** What was spent, in one currency; purchases without a value leave `spend` away. */
  readonly value?: ArrayLike<number>
}

export interface SummaryOptions {
  /** The unit of all spans that come out; days where absent. */
  readonly unit?: 'day' | 'week'
  /** The last day observed; the day of the latest purchase where absent. Later purchases are left out. */
  readonly end?: number
  /** Splits the time: columns know purchases up to this day, `holdout` those after it. */
  readonly calibrationEnd?: number
}

export interface Summary<Id extends string | number = string | number> {
  /** Row by row whose history it is, in the order of the first purchase (of the row, within one day). */
  readonly customers: Id[]
  readonly columns: Columns & Readonly<Record<'purchases' | 'recency' | 'observed' | 'logGapSum', Float64Array>>
  /** Per customer, of repeat purchase days only: what gamma-gamma is fitted on (`meanSpend` is 0 where there are none). */
  readonly spend?: {
    readonly purchases: Float64Array
    readonly meanSpend: Float64Array
    readonly firstSpend: Float64Array
  }
  /** What the same customers then did, where the time was split. */
  readonly holdout?: {
    /** Its length in the unit of the columns. */
    readonly horizon: number
    readonly purchases: Int32Array
    readonly spend: Float64Array
  }
  /** Customers whose first purchase came after `calibrationEnd`: nothing could have been said of them. */
  readonly joinedLater: number
  /** Purchases after `end`. */
  readonly leftOut: number
}

/**
 * Turns purchases into what the models are fitted on. Purchases of one customer on one day are one purchase; the order of
 * the rows does not matter; who first came on the last day has T = 0.
 *
 * Rows are brought into the order of their days by counting (days are few), and then read once.
 * Example: days 0, 10, 10, 25 of one customer with end 30 -> purchases 2, recency 25, observed 30.
 */
export function summarise<Id extends string | number>(
  transactions: { readonly customer: ArrayLike<Id> } & Transactions,
  options: SummaryOptions = {},
): Summary<Id> {
  checkTransactions(transactions)
  const { value } = transactions
  const rows = transactions.day.length
  const day = wholeDays(transactions.day)
  const { first: firstDay, last: lastDay } = rangeOf(day)
  const end = Math.floor(options.end ?? lastDay)
  const calibrationEnd = Math.floor(options.calibrationEnd ?? end)
  checkEnds(firstDay, calibrationEnd, end)
  const days = options.unit === 'week' ? 7 : 1

  const index = new Int32Array(rows)
  const ids = numberCustomers(transactions.customer as ArrayLike<Id>, index)
  const order = orderByDay(day, firstDay, lastDay)
  const count = ids.length
  const first = new Int32Array(count)
  const last = new Int32Array(count)
  const calibrationLast = new Int32Array(count)
  const purchases = new Int32Array(count).fill(-1)
  const later = new Int32Array(count)
  const logGaps = new Float64Array(count)
  const firstValue = new Float64Array(count)
  const repeatValue = new Float64Array(count)
  const laterValue = new Float64Array(count)
  const logOf = logTable(Math.min(lastDay - firstDay, 1 << 16))
  const seen = new Int32Array(count)
  let seenCount = 0
  let joinedLater = 0
  let leftOut = 0
  for (let at = 0; at < rows; at++) {
    const row = order ? order[at]! : at
    const on = day[row]!
    if (on > end) {
      leftOut++
      continue
    }
    const customer = index[row]!
    const spent = value ? value[row]! : 0
    if (purchases[customer]! < 0) {
      // Never seen before, or only after the split (then `purchases` stays below -1).
      if (on > calibrationEnd) {
        if (purchases[customer] === -1) joinedLater++
        purchases[customer] = -2
        continue
      }
      seen[seenCount++] = customer
      purchases[customer] = 0
      first[customer] = on
      last[customer] = on
      calibrationLast[customer] = on
      firstValue[customer] = spent
      continue
    }
    const gap = on - last[customer]!
    last[customer] = on
    if (on > calibrationEnd) {
      if (gap > 0) later[customer]!++
      laterValue[customer]! += spent
      continue
    }
    if (gap > 0) {
      purchases[customer]!++
      calibrationLast[customer] = on
      logGaps[customer]! += gap < logOf.length ? logOf[gap]! : Math.log(gap)
    }
    if (on === first[customer]) firstValue[customer]! += spent
    else repeatValue[customer]! += spent
  }

  const logUnit = Math.log(days)
  const columns = {
    purchases: new Float64Array(seenCount),
    recency: new Float64Array(seenCount),
    observed: new Float64Array(seenCount),
    logGapSum: new Float64Array(seenCount),
  }
  const spend = {
    purchases: columns.purchases,
    meanSpend: new Float64Array(seenCount),
    firstSpend: new Float64Array(seenCount),
  }
  const holdout = {
    horizon: (end - calibrationEnd) / days,
    purchases: new Int32Array(seenCount),
    spend: new Float64Array(seenCount),
  }
  const customers = new Array<Id>(seenCount)
  for (let row = 0; row < seenCount; row++) {
    const customer = seen[row]!
    const repeats = purchases[customer]!
    customers[row] = ids[customer]!
    columns.purchases[row] = repeats
    columns.recency[row] = (calibrationLast[customer]! - first[customer]!) / days
    columns.observed[row] = (calibrationEnd - first[customer]!) / days
    columns.logGapSum[row] = repeats === 0 ? 0 : logGaps[customer]! - repeats * logUnit
    spend.meanSpend[row] = repeats > 0 ? repeatValue[customer]! / repeats : 0
    spend.firstSpend[row] = firstValue[customer]!
    holdout.purchases[row] = later[customer]!
    holdout.spend[row] = laterValue[customer]!
  }
  return {
    customers,
    columns,
    ...(value ? { spend } : {}),
    ...(options.calibrationEnd === undefined ? {} : { holdout }),
    joinedLater,
    leftOut,
  }
}

function checkTransactions({ customer, day, value }: Transactions): void {
  const messages: string[] = []
  if (customer.length !== day.length) messages.push(`customer has ${customer.length} rows where day has ${day.length}`)
  if (value && value.length !== day.length) messages.push(`value has ${value.length} rows where day has ${day.length}`)
  if (day.length === 0) messages.push('there are no purchases')
  note(messages, 'day must be a finite number', day, on => Number.isFinite(on) && Math.abs(on) < 2 ** 30)
  if (value) note(messages, 'value must be a finite number', value, Number.isFinite)
  refuseAll(messages)
}

function note(messages: string[], fault: string, column: ArrayLike<number>, isSound: (value: number) => boolean): void {
  let times = 0
  let at = 0
  for (let row = 0; row < column.length; row++) if (!isSound(column[row]!) && times++ === 0) at = row
  if (times > 0) messages.push(`${fault}: ${times} rows, first at row ${at}`)
}

function checkEnds(firstDay: number, calibrationEnd: number, end: number): void {
  const messages: string[] = []
  if (!(end >= firstDay)) messages.push(`end must not lie before the first purchase (day ${firstDay}), found ${end}`)
  if (!(calibrationEnd >= firstDay && calibrationEnd <= end)) {
    messages.push(
      `calibrationEnd must lie between the first purchase (day ${firstDay}) and end, found ${calibrationEnd}`,
    )
  }
  refuseAll(messages)
}

function wholeDays(day: ArrayLike<number>): Int32Array {
  const whole = new Int32Array(day.length)
  for (let row = 0; row < whole.length; row++) whole[row] = Math.floor(day[row]!)
  return whole
}

function rangeOf(day: Int32Array): { first: number; last: number } {
  let first = day[0]!
  let last = first
  for (let row = 1; row < day.length; row++) {
    const on = day[row]!
    if (on < first) first = on
    else if (on > last) last = on
  }
  return { first, last }
}

/** Gives each distinct customer a number from 0 in the order of appearance; small whole numbers need no hashing. */
function numberCustomers<Id extends string | number>(customer: ArrayLike<Id>, index: Int32Array): Id[] {
  const rows = index.length
  const ids: Id[] = []
  const largest = largestSmallNumber(customer, 4 * rows + 1024)
  if (largest >= 0) {
    const known = new Int32Array(largest + 1).fill(-1)
    for (let row = 0; row < rows; row++) {
      const id = customer[row]!
      let number = known[id as number]!
      if (number < 0) {
        number = ids.length
        known[id as number] = number
        ids.push(id)
      }
      index[row] = number
    }
    return ids
  }
  const known = new Map<Id, number>()
  for (let row = 0; row < rows; row++) {
    const id = customer[row]!
    let number = known.get(id)
    if (number === undefined) {
      number = ids.length
      known.set(id, number)
      ids.push(id)
    }
    index[row] = number
  }
  return ids
}

/** The largest of whole numbers between 0 and `limit`; -1 where something else is among them. */
function largestSmallNumber(customer: ArrayLike<string | number>, limit: number): number {
  let largest = 0
  for (let row = 0; row < customer.length; row++) {
    const id = customer[row]!
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id > limit) return -1
    if (id > largest) largest = id
  }
  return largest
}

/** Row numbers in the order of their days, equal days in the order of the rows; undefined where they already are. */
function orderByDay(day: Int32Array, firstDay: number, lastDay: number): Int32Array | undefined {
  const rows = day.length
  let sorted = true
  for (let row = 1; row < rows && sorted; row++) sorted = day[row]! >= day[row - 1]!
  if (sorted) return undefined
  if (lastDay - firstDay > 8 * rows + 65_536)
    return Int32Array.from(day.keys()).sort((a, b) => day[a]! - day[b]! || a - b)
  const start = new Int32Array(lastDay - firstDay + 2)
  for (let row = 0; row < rows; row++) start[day[row]! - firstDay + 1]!++
  for (let on = 1; on < start.length; on++) start[on]! += start[on - 1]!
  const order = new Int32Array(rows)
  for (let row = 0; row < rows; row++) order[start[day[row]! - firstDay]!++] = row
  return order
}

function logTable(size: number): Float64Array {
  return Float64Array.from({ length: size + 1 }, (_, days) => Math.log(days))
}
