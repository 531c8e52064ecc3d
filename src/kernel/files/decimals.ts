export type DecimalMark = '.' | ','

/** An exact decimal: `unscaled / 10 ** scale`. 2.55 is `{unscaled: 255n, scale: 2}`. */
export interface Decimal {
  readonly unscaled: bigint
  readonly scale: number
}

const signs = /[¥￥$€£₩₹฿]|(?:RMB|CNY|USD|EUR|GBP|HKD|JPY|元|圆)/gi
const spaces = /[\s\u00a0\u202f'’_]/g
const plain = { '.': /^(-?)(\d{1,30})(?:\.(\d{0,30}))?$/, ',': /^(-?)(\d{1,30})(?:,(\d{0,30}))?$/ }
const grouped = {
  '.': /^(-?)(\d{1,3}(?:,\d{2,3})*,\d{3})(?:\.(\d{0,30}))?$/,
  ',': /^(-?)(\d{1,3}(?:\.\d{3})+)(?:,(\d{0,30}))?$/,
}
const exponential = {
  '.': /^(-?)(\d{1,20})(?:\.(\d{1,30}))?e([+-]?\d{1,2})$/i,
  ',': /^(-?)(\d{1,20})(?:,(\d{1,30}))?e([+-]?\d{1,2})$/i,
}

/**
 * Reads a number as people and programs write it: thousands in groups, currency signs, a minus in front, behind or as
 * brackets, full-width digits. Nothing is guessed away: `1,23` with the point as the mark is not a number.
 *
 * Example: `readDecimal('¥1,234.50', '.')` is 123450 over 10^2.
 */
export function readDecimal(text: string, mark: DecimalMark): Decimal | undefined {
  const simple = plain[mark].exec(text)
  if (simple) return decimal(simple[1]!, simple[2]!, simple[3] ?? '', 0)
  if (text.length > 60) return undefined
  let cleaned = text.normalize('NFKC').replace(signs, '').replace(spaces, '').replace(/[−–]/g, '-').replace(/^\+/, '')
  if (/^\(.+\)$/.test(cleaned)) cleaned = `-${cleaned.slice(1, -1)}`
  else if (/^[^-]+-$/.test(cleaned)) cleaned = `-${cleaned.slice(0, -1)}`
  if (new RegExp(`^-?\\${mark}\\d`).test(cleaned)) cleaned = cleaned.replace(mark, `0${mark}`)
  const match = plain[mark].exec(cleaned) ?? grouped[mark].exec(cleaned)
  if (match) return decimal(match[1]!, match[2]!.replace(/[.,]/g, ''), match[3] ?? '', 0)
  const power = exponential[mark].exec(cleaned)
  return power ? decimal(power[1]!, power[2]!, power[3] ?? '', Number(power[4])) : undefined
}

function decimal(sign: string, whole: string, fraction: string, power: number): Decimal {
  const unscaled = BigInt(sign + whole + fraction)
  const scale = fraction.length - power
  return scale >= 0 ? { unscaled, scale } : { unscaled: unscaled * 10n ** BigInt(-scale), scale: 0 }
}

export function product(left: Decimal, right: Decimal): Decimal {
  return { unscaled: left.unscaled * right.unscaled, scale: left.scale + right.scale }
}

/**
 * The decimal in units of `10 ** -places`, halves away from zero; nothing when it does not fit 2^53 (data rule 16).
 *
 * Example: 145.79999999999998 in cents is 14580; -0.125 in cents is -13.
 */
export function inUnits(value: Decimal, places: number): number | undefined {
  let units = value.unscaled
  if (value.scale <= places) {
    units *= 10n ** BigInt(places - value.scale)
  } else {
    const divisor = 10n ** BigInt(value.scale - places)
    const size = units < 0n ? -units : units
    const rounded = (size + divisor / 2n) / divisor
    units = units < 0n ? -rounded : rounded
  }
  const number = Number(units)
  return Number.isSafeInteger(number) ? number : undefined
}

/** One text for one number: 2.50 and 2.5 are `2.5`. */
export function canonical(value: Decimal): string {
  let { unscaled, scale } = value
  while (scale > 0 && unscaled % 10n === 0n) {
    unscaled /= 10n
    scale--
  }
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`
  return unscaled < 0n ? `-${text}` : text
}

/**
 * Which mark the values of a column write before the fraction; nothing when both readings fit (`1,234`), so that a
 * person is asked.
 */
export function decimalMarkOf(values: readonly string[]): DecimalMark | undefined {
  let point = false
  let comma = false
  let unclear = false
  for (const value of values) {
    const bare = value.normalize('NFKC').replace(signs, '').replace(spaces, '')
    const asPoint = readDecimal(bare, '.') !== undefined
    const asComma = readDecimal(bare, ',') !== undefined
    if (asPoint && !asComma) point = true
    else if (asComma && !asPoint) comma = true
    else if (asPoint && asComma && /[.,]/.test(bare)) {
      // `0.250` cannot be two hundred and fifty: thousands never begin with a zero.
      const zero = /^-?0([.,])/.exec(bare)
      if (zero?.[1] === '.') point = true
      else if (zero?.[1] === ',') comma = true
      else unclear = true
    }
  }
  if (point !== comma) return point ? '.' : ','
  return point || unclear ? undefined : '.'
}
