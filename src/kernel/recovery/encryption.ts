import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { refuse } from '#kernel/refusal.ts'

const magic = Buffer.from('guanxi-encrypted 1\n')
const saltBytes = 32
const chunkBytes = 1024 * 1024
const tagBytes = 16
/** 128 MB of memory and about half a second for each guess at a passphrase. */
const cost = { logN: 17, r: 8, p: 1 }
const headerBytes = magic.length + 3 + saltBytes

async function keyOf(passphrase: string, header: Buffer): Promise<Buffer> {
  const [logN, r, p] = [...header.subarray(magic.length, magic.length + 3)] as [number, number, number]
  // The header comes from a file: one that asks for all memory of the machine is not ours.
  if (logN > 20 || r > 16 || p > 4) throw refuse('invalid', 'recovery:refusal.damaged', { place: 'header' })
  const salt = header.subarray(magic.length + 3)
  return await new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), salt, 32, { N: 2 ** logN, r, p, maxmem: 2 ** 31 }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}

/** Each chunk is bound to its place and the last one is marked, so that none can be dropped, repeated or cut off unseen. */
function nonceOf(place: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeBigUInt64BE(BigInt(place))
  nonce[11] = isLast ? 1 : 0
  return nonce
}

/** Encrypts a stream under a passphrase: a key of its own by scrypt, AES-256-GCM in chunks of a megabyte. */
export async function* encrypt(passphrase: string, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const header = Buffer.concat([magic, Buffer.from([cost.logN, cost.r, cost.p]), randomBytes(saltBytes)])
  const key = await keyOf(passphrase, header)
  let place = 0
  const seal = (content: Buffer, isLast: boolean) => {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(place++, isLast)).setAAD(header)
    const sealed = Buffer.concat([cipher.update(content), cipher.final()])
    const length = Buffer.alloc(4)
    length.writeUInt32BE(sealed.length)
    return Buffer.concat([length, sealed, cipher.getAuthTag()])
  }
  yield header
  let kept: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    kept = kept.length > 0 ? Buffer.concat([kept, chunk]) : chunk
    while (kept.length > chunkBytes) {
      yield seal(kept.subarray(0, chunkBytes), false)
      kept = kept.subarray(chunkBytes)
    }
  }
  yield seal(kept, true)
}

export const isEncrypted = (beginning: Buffer) => beginning.subarray(0, magic.length).equals(magic)

/** The plain stream again. A wrong passphrase and a changed byte both end it; nothing unproven is handed over. */
export async function* decrypt(
  passphrase: string,
  source: AsyncIterable<Buffer>,
  name: string,
): AsyncGenerator<Buffer> {
  const read = reader(source)
  const header = await read(headerBytes)
  const damaged = () => refuse('invalid', 'recovery:refusal.damaged', { name, place: 'encryption' })
  if (!header) throw damaged()
  const key = await keyOf(passphrase, header)
  for (let place = 0, isLast = false; !isLast; place++) {
    const length = (await read(4))?.readUInt32BE()
    const sealed = length !== undefined && length <= chunkBytes ? await read(length + tagBytes) : undefined
    if (!sealed) throw damaged()
    const next = await read(1, true)
    isLast = next === undefined
    try {
      const opened = createDecipheriv('aes-256-gcm', key, nonceOf(place, isLast))
        .setAAD(header)
        .setAuthTag(sealed.subarray(length))
      yield Buffer.concat([opened.update(sealed.subarray(0, length)), opened.final()])
    } catch {
      throw place === 0 ? refuse('forbidden', 'recovery:refusal.wrong-passphrase', { name }) : damaged()
    }
  }
}

/** Hands out exactly as many bytes as asked for, `undefined` where the stream ends before; `isLook` leaves them in place. */
function reader(source: AsyncIterable<Buffer>): (bytes: number, isLook?: boolean) => Promise<Buffer | undefined> {
  const chunks = source[Symbol.asyncIterator]()
  let kept: Buffer = Buffer.alloc(0)
  return async (bytes, isLook = false) => {
    const gathered = [kept]
    let length = kept.length
    while (length < bytes) {
      const next = await chunks.next()
      if (next.done) break
      gathered.push(next.value)
      length += next.value.length
    }
    kept = gathered.length === 1 ? kept : Buffer.concat(gathered)
    if (kept.length < bytes) return undefined
    const found = kept.subarray(0, bytes)
    if (!isLook) kept = kept.subarray(bytes)
    return found
  }
}
