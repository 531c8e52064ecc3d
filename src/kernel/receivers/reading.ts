import type { Headers } from './signature.ts'

/** Reading what other systems send: any value may be anything, however well it is signed. */
export type Fields = Readonly<Record<string, unknown>>

/** What a delivery means: messages in the shape of Segment's interface, or why there are none. */
export type Reading =
  | { readonly messages: readonly object[]; readonly orderRef?: string | undefined }
  | { readonly ignored: IgnoredReason; readonly orderRef?: string | undefined }
  /** The system sends it so that somebody can see that it works. */
  | { readonly test: true; readonly orderRef?: string | undefined }
  /** A topic that nobody taught us. */
  | { readonly unknown: true }

export type IgnoredReason = 'not-paid' | 'never-paid' | 'no-money' | 'said-elsewhere' | 'subscription'

export interface Delivery {
  readonly topic: string
  readonly headers: Headers
  readonly payload: Fields
  /** Sets the numbers of one shop apart from those of another, where the system counts from 1 in each shop. */
  readonly shop: string
}

export const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}

export const list = (value: unknown): readonly Fields[] =>
  Array.isArray(value) ? value.slice(0, 5000).map(fields) : []

export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== ''
    ? value.trim()
    : typeof value === 'number'
      ? String(value)
      : undefined

export const number = (value: unknown): number => Number(text(value) ?? 0) || 0

/** One message; what is undefined is left out, so that the event as kept reads like one that somebody wrote. */
export function message(said: Fields): object {
  return JSON.parse(JSON.stringify(said))
}

/** Price of one unit, so that price times quantity is what the line cost after discounts. */
export const each = (amount: number, quantity: number) => (quantity === 0 ? 0 : amount / quantity)
