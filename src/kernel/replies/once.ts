import { hash } from 'node:crypto'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'

export interface Reply {
  readonly status: number
  readonly body: string
}

export interface NamedRequest {
  /** Who asks; two callers may use the same name. */
  readonly caller: string
  /** What the caller calls this request. */
  readonly key: string
  /** All that was asked, in a fixed order. */
  readonly asked: unknown
}

/** A request that was begun and never answered is taken over after this: its process died. */
const longest = 60_000

/**
 * Answers a named request once: the same name again gets the first answer, another request under the name is refused, and one
 * that comes while the first is being answered is told to wait. Refusals are not kept, as the reason may be gone next time. Only the
 * answer is kept here; that the effect happens once is the promise of what `answer` does, by ids made from the same name.
 *
 * Example: "take reward 7" as `order-1` twice -> one taken, two equal answers; "take reward 8" as `order-1` -> refused.
 */
export async function once(
  house: House,
  { caller, key, asked }: NamedRequest,
  answer: () => Promise<Reply>,
): Promise<Reply & { readonly isRepeat: boolean }> {
  const fingerprint = hash('sha256', JSON.stringify(asked), 'buffer')
  const known = await begin(house, { caller, key, fingerprint })
  if (known) {
    if (!known.fingerprint.equals(fingerprint)) throw refuse('conflict', 'replies:refusal.key-used')
    if (known.status === null || known.body === null)
      throw refuse('conflict', 'replies:refusal.in-flight', { seconds: 1 })
    return { status: known.status, body: known.body, isRepeat: true }
  }
  try {
    const reply = await answer()
    await quickly(house, 'update replies.reply set status = $3, body = $4 where caller = $1 and key = $2', [
      caller,
      key,
      reply.status,
      reply.body,
    ])
    return { ...reply, isRepeat: false }
  } catch (error) {
    await quickly(house, 'delete from replies.reply where caller = $1 and key = $2', [caller, key])
    throw error
  }
}

interface Known {
  readonly fingerprint: Buffer
  readonly status: number | null
  readonly body: string | null
}

async function begin(
  house: House,
  given: { readonly caller: string; readonly key: string; readonly fingerprint: Buffer },
): Promise<Known | undefined> {
  const { caller, key, fingerprint } = given
  const now = house.clock.now()
  const [mine] = await quickly(
    house,
    `insert into replies.reply as r (caller, key, fingerprint, began_at) values ($1, $2, $3, $4)
     on conflict (caller, key) do update set began_at = excluded.began_at
       where r.status is null and r.began_at < $5 and r.fingerprint = excluded.fingerprint
     returning 1`,
    [caller, key, fingerprint, now, new Date(now.getTime() - longest)],
  )
  if (mine) return undefined
  const [known] = await house.database.query<Known>(
    'select fingerprint, status, body from replies.reply where caller = $1 and key = $2',
    [caller, key],
  )
  // Between the two statements the first asker was refused and forgot it; the next attempt begins anew.
  return known ?? { fingerprint, status: null, body: null }
}

/** Without waiting for the disk: what a crash loses of these rows is only the answer, never the effect. */
async function quickly(house: House, sql: string, parameters: readonly unknown[]): Promise<unknown[]> {
  return await house.database.transaction(async transaction => {
    await transaction.query('set local synchronous_commit = off')
    return await transaction.query(sql, parameters)
  })
}
