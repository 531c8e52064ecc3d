import type { ParquetParsers, SchemaElement } from 'hyparquet'

/** What a stored number or text stands for, where the library would pass it through binary fractions or lose its meaning. */
export type ExactKind =
  | { readonly kind: 'decimal'; readonly scale: number }
  | { readonly kind: 'day' }
  | { readonly kind: 'instant'; readonly perSecond: bigint; readonly isUtc: boolean }
  | { readonly kind: 'time'; readonly perSecond: bigint }
  | { readonly kind: 'text' }

const perSecond = { MILLIS: 1000n, MICROS: 1_000_000n, NANOS: 1_000_000_000n } as const

export function exactKindOf({
  type,
  converted_type: older,
  logical_type: newer,
  scale,
}: SchemaElement): ExactKind | undefined {
  if (type === undefined) return undefined
  if (newer?.type === 'DECIMAL') return { kind: 'decimal', scale: newer.scale }
  if (older === 'DECIMAL') return { kind: 'decimal', scale: scale ?? 0 }
  if (newer?.type === 'DATE' || older === 'DATE') return { kind: 'day' }
  if (newer?.type === 'TIMESTAMP') {
    return { kind: 'instant', perSecond: perSecond[newer.unit], isUtc: newer.isAdjustedToUTC }
  }
  if (older === 'TIMESTAMP_MILLIS') return { kind: 'instant', perSecond: perSecond.MILLIS, isUtc: true }
  if (older === 'TIMESTAMP_MICROS') return { kind: 'instant', perSecond: perSecond.MICROS, isUtc: true }
  if (newer?.type === 'TIME') return { kind: 'time', perSecond: perSecond[newer.unit] }
  if (older === 'TIME_MILLIS') return { kind: 'time', perSecond: perSecond.MILLIS }
  if (older === 'TIME_MICROS') return { kind: 'time', perSecond: perSecond.MICROS }
  // Bytes without a meaning are text in files of older writers.
  if (type === 'BYTE_ARRAY') return { kind: 'text' }
  return undefined
}

/**
 * The exact text of a stored value.
 *
 * Example: `exactText(1234567890123n, {kind: 'decimal', scale: 2})` is `12345678901.23`.
 */
export function exactText(value: unknown, kind: ExactKind): string {
  switch (kind.kind) {
    case 'decimal':
      return decimalText(wholeOf(value), kind.scale)
    case 'day':
      return momentText(wholeOf(value) * 86_400n, 1n).slice(0, 10)
    case 'instant':
      return `${momentText(wholeOf(value), kind.perSecond)}${kind.isUtc ? 'Z' : ''}`
    case 'time':
      return momentText(wholeOf(value), kind.perSecond).slice(11)
    case 'text':
      return String(value)
  }
}

function wholeOf(value: unknown): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return BigInt(Math.trunc(value))
  if (value instanceof Uint8Array && value.length > 0 && value.length <= 64) {
    return BigInt.asIntN(value.length * 8, BigInt(`0x${Buffer.from(value).toString('hex')}`))
  }
  throw new TypeError('a number was expected')
}

function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale))
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

const dayMilliseconds = 8_640_000_000_000_000n

function momentText(count: bigint, perSecond: bigint): string {
  const seconds = (count - (((count % perSecond) + perSecond) % perSecond)) / perSecond
  if (seconds * 1000n > dayMilliseconds || seconds * 1000n < -dayMilliseconds) return String(count)
  const [day, time] = new Date(Number(seconds) * 1000).toISOString().split('T') as [string, string]
  return `${day} ${time.slice(0, 8)}`
}

/** The library's own words for types that it knows, all as text. */
export const textParsers: { readonly [Name in keyof ParquetParsers]?: (value: never) => unknown } = {
  timestampFromNanoseconds: (nanoseconds: bigint) => `${momentText(nanoseconds, perSecond.NANOS)}Z`,
  stringFromBytes: (bytes: Uint8Array | undefined) => bytes && strict.decode(bytes),
  jsonFromBytes: (bytes: Uint8Array | undefined) => bytes && strict.decode(bytes),
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Fractions with as few digits as name the stored one: 12.35 in four bytes is 12.35, not 12.350000381469727. */
export function plainText(value: unknown, { type }: Pick<SchemaElement, 'type'>): string {
  if (typeof value === 'number' && type === 'FLOAT' && !Number.isInteger(value)) {
    for (let digits = 6; digits < 9; digits++) {
      const shorter = Number(value.toPrecision(digits))
      if (Math.fround(shorter) === value) return String(shorter)
    }
  }
  if (value instanceof Uint8Array) return ''
  return typeof value === 'object' ? '' : String(value)
}
