import { createHash, createHmac } from 'node:crypto'

export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}

/**
 * What the ranking is keyed with: the seed alone, or the seed and the public value that nobody could know when the seed was
 * made. Written out so that anybody can do it again; `docs/tools/draw-check.mjs` does.
 */
export function keyOf(seed: Buffer, publicValue: string | null): Buffer {
  if (publicValue === null) return seed
  return createHash('sha256')
    .update(seed)
    .update(Buffer.from([0]))
    .update(publicValue, 'utf8')
    .digest()
}

/**
 * All serials from 1 in the order in which they win: by HMAC-SHA256(key, serial in decimal digits), the smallest first.
 *
 * Example: `rankingOf(keyOf(Buffer.alloc(32), null), 3)` -> the serials 1 to 3 in an order that only the seed decides.
 */
export function rankingOf(key: Buffer, tickets: number): Uint32Array {
  const digests = Buffer.alloc(tickets * 32)
  // Six bytes decide nearly always, and fit a number.
  const heads = new Float64Array(tickets)
  for (let index = 0; index < tickets; index++) {
    createHmac('sha256', key)
      .update(String(index + 1))
      .digest()
      .copy(digests, index * 32)
    heads[index] = digests.readUIntBE(index * 32, 6)
  }
  const ranking = Uint32Array.from({ length: tickets }, (_, index) => index + 1)
  const digestOf = (serial: number) => digests.subarray((serial - 1) * 32, serial * 32)
  return ranking.sort(
    (one, other) => heads[one - 1]! - heads[other - 1]! || Buffer.compare(digestOf(one), digestOf(other)),
  )
}

/**
 * The next serials that win: down the ranking, passing over holders who were awarded something before, so that nobody wins
 * twice, not even after letting a prize lapse.
 *
 * Example: ranking 4, 2, 9 with 4 and 2 held by one person, two prizes -> 4 and 9.
 */
export function winnersOf(
  ranking: Iterable<number>,
  holderOf: (serial: number) => string,
  { count, awarded }: { readonly count: number; readonly awarded: Iterable<string> },
): number[] {
  const holders = new Set(awarded)
  const winners: number[] = []
  if (count === 0) return winners
  for (const serial of ranking) {
    const holder = holderOf(serial)
    if (holders.has(holder)) continue
    holders.add(holder)
    winners.push(serial)
    if (winners.length === count) break
  }
  return winners
}
