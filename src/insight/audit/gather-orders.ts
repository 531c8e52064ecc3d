import { type Day, dayNumber, localDay } from '#kernel/clock/index.ts'
import { apart, type CheckedRow, lineParts } from '#kernel/files/index.ts'
import type { Transactions } from './base.ts'
import type { SetAside } from './contract.ts'

export interface Gathered {
  readonly transactions: Transactions
  readonly lines: number
  readonly setAside: readonly SetAside[]
}

export interface GatherOptions {
  readonly isPriced: boolean
  /** Whether a price of nothing is a sample (files with unit prices) or an order like any other. */
  readonly isByLine: boolean
  readonly zone: string
}

const nobody = -1

/**
 * Puts checked lines together into orders, as an import would: one order per order number (and one refund), of the first
 * customer it names, on its earliest day. What belongs to no customer is counted and set aside.
 */
export function gatherOrders({ isPriced, isByLine, zone }: GatherOptions) {
  const numbers = new Map<string, number>()
  const purchases = new Map<string, number>()
  const refunds = new Map<string, number>()
  const owner: number[] = []
  const day: number[] = []
  const isOrder: number[] = []
  const value: number[] = []
  const linesOf: number[] = []
  const rejected = new Map<string, number>()
  const aside = { free: { lines: 0, valueMinor: 0 }, adjustment: { lines: 0, valueMinor: 0 } }
  const dayOf = dayReader(zone)
  let lines = 0

  function numberOf(key: string): number {
    let number = numbers.get(key)
    if (number === undefined) {
      number = numbers.size
      numbers.set(apart(key), number)
    }
    return number
  }

  function reject(code: string): void {
    rejected.set(code, (rejected.get(code) ?? 0) + 1)
  }

  return {
    add(rows: readonly CheckedRow[]): void {
      for (const { problem, line, profile } of rows) {
        lines++
        if (problem || !line) {
          reject(reasonOf(problem?.code ?? 'missing'))
          continue
        }
        if (line.part === lineParts.adjustment || (line.part === lineParts.free && isByLine)) {
          const pile = aside[line.part === lineParts.free ? 'free' : 'adjustment']
          pile.lines++
          pile.valueMinor += line.amountMinor
          continue
        }
        const isRefund = line.part === lineParts.refund
        const orders = isRefund ? refunds : purchases
        const on = dayOf(line.occurredAt)
        const who = profile ? numberOf(profile.key) : nobody
        const known = orders.get(line.orderRef)
        if (known === undefined) {
          orders.set(apart(line.orderRef), owner.length)
          owner.push(who)
          day.push(on)
          isOrder.push(isRefund ? 0 : 1)
          value.push(isRefund ? -line.amountMinor : line.amountMinor)
          linesOf.push(1)
          continue
        }
        if (who !== nobody && owner[known] === nobody) owner[known] = who
        else if (who !== nobody && who !== owner[known]) {
          reject('other-customer')
          continue
        }
        if (on < day[known]!) day[known] = on
        value[known]! += isRefund ? -line.amountMinor : line.amountMinor
        linesOf[known]!++
      }
    },

    finish(): Gathered {
      const named = owner.reduce((count, who) => count + (who === nobody ? 0 : 1), 0)
      const transactions = {
        customers: numbers.size,
        customer: new Int32Array(named),
        day: new Int32Array(named),
        orders: new Int32Array(named),
        ...(isPriced && { value: new Float64Array(named) }),
      }
      const unnamed = { lines: 0, orders: 0, valueMinor: 0 }
      let row = 0
      for (const [order, who] of owner.entries()) {
        if (who === nobody) {
          unnamed.lines += linesOf[order]!
          unnamed.orders += isOrder[order]!
          unnamed.valueMinor += value[order]!
          continue
        }
        transactions.customer[row] = who
        transactions.day[row] = day[order]!
        transactions.orders[row] = isOrder[order]!
        if (transactions.value) transactions.value[row] = value[order]!
        row++
      }
      const pile = (reason: string, { lines, valueMinor }: { lines: number; valueMinor: number }): SetAside[] =>
        lines === 0 ? [] : [{ reason, lines, orders: null, customers: null, valueMinor: isPriced ? valueMinor : null }]
      return {
        transactions,
        lines,
        setAside: [
          ...pile('without-customer', unnamed).map(one => ({ ...one, orders: unnamed.orders })),
          ...pile('free', aside.free),
          ...pile('adjustment', aside.adjustment),
          ...[...rejected].map(([code, count]) => ({
            reason: code,
            lines: count,
            orders: null,
            customers: null,
            valueMinor: null,
          })),
        ],
      }
    },
  }
}

/** Problems of a row, gathered into what a reader would do about them. */
function reasonOf(code: string): string {
  if (/date|day|time|year/.test(code)) return 'date'
  if (code === 'not-a-number' || code === 'too-large') return 'number'
  return code === 'missing' || code === 'other-currency' ? code : 'unreadable'
}

/** Lines of an order share their instant, and orders of a day their day, so that most are asked for once. */
function dayReader(zone: string): (iso: string) => number {
  let lastIso = ''
  let lastNumber = 0
  const numbers = new Map<Day, number>()
  return iso => {
    if (iso === lastIso) return lastNumber
    const day = zone === 'UTC' ? iso.slice(0, 10) : localDay(new Date(iso), zone)
    let number = numbers.get(day)
    if (number === undefined) {
      number = dayNumber(day)
      numbers.set(apart(day), number)
    }
    lastIso = apart(iso)
    lastNumber = number
    return number
  }
}
