/** Where the demo's dice come from: a seed in, the same story out, on every machine. */
export interface Chance {
  /** A number in [0, 1). */
  uniform(): number
  between(low: number, high: number): number
  /** A whole number, both ends included. */
  whole(low: number, high: number): number
  /** True in this share of the throws. */
  happens(share: number): boolean
  pick<Item>(items: readonly Item[]): Item
  weighted<Item>(items: readonly Item[], weightOf: (item: Item) => number): Item
  /** A positive span of the given mean; the higher the shape, the steadier. Shape 1 is pure chance. */
  span(mean: number, shape: number): number
}

/**
 * A source of chance from a seed (sfc32, a small counter-based generator with a period beyond any use of ours).
 *
 * Example: `chanceFrom(1).uniform()` is the same number today and in ten years.
 */
export function chanceFrom(seed: number): Chance {
  let [a, b, c, counter] = [0x9e3779b9, 0x243f6a88, seed | 0, 1]
  function uniform(): number {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }
  // The first numbers of two neighbouring seeds still resemble each other.
  for (let round = 0; round < 16; round++) uniform()

  const whole = (low: number, high: number) => low + Math.floor(uniform() * (high - low + 1))
  return {
    uniform,
    whole,
    between: (low, high) => low + uniform() * (high - low),
    happens: share => uniform() < share,
    pick: items => items[whole(0, items.length - 1)]!,
    weighted(items, weightOf) {
      let left = uniform() * items.reduce((sum, item) => sum + weightOf(item), 0)
      for (const item of items) {
        left -= weightOf(item)
        if (left < 0) return item
      }
      return items.at(-1)!
    },
    span: (mean, shape) => (mean / shape) * gamma(shape, uniform),
  }
}

/** Sum of exponentials for whole shapes: all that the demo needs, and easy to see through. */
function gamma(shape: number, uniform: () => number): number {
  let sum = 0
  for (let part = 0; part < shape; part++) sum -= Math.log(1 - uniform())
  return sum
}

/** Bytes for the random part of ids, from a seed: the same customers are then held out in every telling of a day. */
export function bytesFrom(seed: number): (bytes: Uint8Array) => Uint8Array {
  const { whole } = chanceFrom(seed)
  return bytes => {
    for (let index = 0; index < bytes.length; index++) bytes[index] = whole(0, 255)
    return bytes
  }
}
