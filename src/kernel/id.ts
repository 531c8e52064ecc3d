import { randomFillSync } from 'node:crypto'
import type { Clock } from './clock/index.ts'

/**
 * Time-ordered ids (uuid v7, RFC 9562): 48 bits of milliseconds, then random bits. A counter in the 12 bits after the
 * version keeps ids of one process in the order in which they were made, so that events of one batch sort as recorded.
 */
export function idMaker(
  clock: Clock,
  fill: (bytes: Uint8Array) => Uint8Array = bytes => randomFillSync(bytes),
): () => string {
  const pool = new Uint8Array(4096)
  let used = pool.length
  let last = 0
  let counter = 0
  return () => {
    const now = clock.now().getTime()
    if (now > last) {
      last = now
      counter = 0
    } else if (++counter > 0xfff) {
      last += 1
      counter = 0
    }
    if (used + 8 > pool.length) {
      fill(pool)
      used = 0
    }
    let tail = ''
    for (let index = 0; index < 8; index++) {
      const byte = index === 0 ? (pool[used]! & 0x3f) | 0x80 : pool[used + index]!
      tail += byteHex[byte]
    }
    used += 8
    const time = last.toString(16).padStart(12, '0')
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${tail.slice(0, 4)}-${tail.slice(4)}`
  }
}

const byteHex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
