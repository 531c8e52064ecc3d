import type { Queryable } from '#kernel/database/index.ts'

interface Answer<Found> {
  readonly askedAt: Date
  readonly found: Promise<Found>
}

const most = 12

/** An event may be received just before an answer is found and committed just after. */
const commitMilliseconds = 15_000

/** While orders stream in, nobody needs the page of this very second. */
const youngMilliseconds = 10_000

/**
 * Answers that are costly to find, kept in the process while nothing happened that could change them. Whoever asks the
 * same at the same time waits for the same answer.
 */
export class Kept<Found> {
  readonly #answers = new Map<string, Answer<Found>>()

  async get(
    key: string,
    { now, isTrue, find }: { now: Date; isTrue(since: Date): Promise<boolean>; find(): Promise<Found> },
  ): Promise<Found> {
    const known = this.#answers.get(key)
    const isYoung = known && now.getTime() - known.askedAt.getTime() < youngMilliseconds
    if (known && (isYoung || (await isTrue(known.askedAt)))) return known.found
    const answer = { askedAt: now, found: find() }
    this.#answers.delete(key)
    this.#answers.set(key, answer)
    if (this.#answers.size > most) this.#answers.delete(this.#answers.keys().next().value!)
    try {
      return await answer.found
    } catch (error) {
      if (this.#answers.get(key) === answer) this.#answers.delete(key)
      throw error
    }
  }
}

/** Whether nothing was recorded or withdrawn since; the index over what was received makes this a look at a few pages. */
export async function isStillTrue(queryable: Queryable, since: Date): Promise<boolean> {
  const after = new Date(since.getTime() - commitMilliseconds)
  const [row] = await queryable.query<{ changed: boolean }>(
    `select exists (select 1 from events.event where received_at > $1)
       or exists (select 1 from events.withdrawal where withdrawn_at > $1) as changed`,
    [after],
  )
  return !row!.changed
}
