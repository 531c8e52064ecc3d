import type { Finding, Said, Value } from '../contract.ts'
import type { Drawing, Ink } from './charts.ts'
import type { Speech } from './speech.ts'

export interface Cell {
  readonly value: Value | null
  /** Words instead of a value. */
  readonly said?: Said
  /** How strongly the cell is tinted in a heat map, 0 to 1. */
  readonly heat?: number
  /** How long the bar behind the number is, 0 to 1. */
  readonly bar?: number
  /** A period that was not over: the number will still grow. */
  readonly cut?: boolean
}

export type Head = { readonly said: Said } | { readonly value: Value }

/** Rows under heads, the first head naming the rows. `dense` for heat maps with many columns. */
export interface Table {
  readonly heads: readonly Head[]
  readonly rows: readonly {
    readonly head: Head
    readonly cells: readonly Cell[]
    readonly strong?: boolean
    /** A value that a model concluded. */
    readonly inferred?: boolean
  }[]
  readonly dense?: boolean
  /** Amounts of a dense table are written in one unit, named above it. */
  readonly scale?: { readonly mostMinor: number; readonly currency: string | null }
  /** Shown only when it is asked for. */
  readonly folded?: boolean
}

export interface Chart {
  readonly height: number
  draw(ink: Ink, speech: Speech): Drawing
}

/** One finding with its evidence. */
export interface Panel {
  readonly name: string
  readonly finding: Finding
  readonly chart?: Chart
  /** What the colours of the chart mean, where a label does not fit. */
  readonly legend?: readonly { readonly colour: string; readonly head: Head }[]
  readonly table?: Table
}

export const word = (key: string, values: Said['values'] = {}): Head => ({ said: { key: `audit:${key}`, values } })
export const of = (value: Value): Head => ({ value })

export function textOf(head: Head, speech: Speech): string {
  return 'said' in head ? speech.say(head.said) : speech.value(head.value)
}

/** What stands in a cell, as short as a dense table needs it. */
export function cellText({ value, said }: Cell, { dense, scale }: Table, speech: Speech): string {
  if (said) return speech.say(said)
  if (value === null) return ''
  if (!dense) return speech.value(value)
  if (typeof value !== 'object') return speech.short(value)
  // In a dense table the sign of a hundredth would only be noise.
  if ('share' in value) return speech.short(Math.round(value.share * 100))
  if ('amountMinor' in value && scale) return speech.scale(scale.mostMinor, scale.currency).show(value.amountMinor)
  return speech.short(value)
}
