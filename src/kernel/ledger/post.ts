import { hash } from 'node:crypto'
import { batcher } from '#kernel/batcher.ts'
import { LostRace, type Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { Refusal, type RefusalDetails, refuse } from '#kernel/refusal.ts'
import { apply } from './apply.ts'
import { copyHolding, type Holding } from './holding.ts'
import type { Instruction, Posting } from './instruction.ts'
import { broughtBefore, companionsOf, debtsPaid, type Joined, joinedIn, whereItLies } from './joined.ts'
import { type Holdings, holdingKey, type Known, openHoldings } from './store.ts'
import { type Done, whatIsLoaded, writeBatch } from './write.ts'

/** Who asks, and why: kept with every transaction. */
export interface Author {
  /** A programme (`financial/points`), a member of staff or an API key. */
  readonly actor: string
  readonly approvedBy?: string
  readonly reason?: string
}

export type Outcome =
  | { readonly state: 'posted'; readonly transactionId: string; readonly postings: readonly Posting[] }
  /** The same cause again: nothing happened, and this is what it did the first time. */
  | { readonly state: 'repeated'; readonly transactionId: string }
  | { readonly state: 'refused'; readonly code: string; readonly details: RefusalDetails }

/** Instructions that are done together or not at all, and who asks for them. */
export interface PostingRequest {
  readonly instructions: readonly Instruction[]
  readonly author: Author
}

/**
 * Posts a batch in the transaction of its cause. Instructions are done in their order, the effects of one visible to the next;
 * each request has its own outcomes, one for each instruction, and a refused one changes nothing.
 *
 * Example: a purchase that earns points and tier points is one request of two instructions: both are issued, or none.
 */
export async function post(
  house: Pick<House, 'clock' | 'newId'>,
  transaction: Transaction,
  requests: readonly PostingRequest[],
): Promise<Outcome[][]> {
  const instructions = requests.flatMap(request => request.instructions)
  if (instructions.length === 0) return requests.map(() => [])
  const keyIds = new Map(instructions.map(({ key }) => [key, digest(key)]))
  const joined = await joinedIn(house, transaction, instructions)
  const companions = joined.size === 0 ? [] : companionsOf(instructions, joined)
  const opened = await openHoldings(transaction, [...instructions, ...companions], {
    now: house.clock.now().getTime(),
    keys: [...keyIds.values()],
  })
  const { holdings, known, now } = opened
  const loaded = whatIsLoaded(holdings)
  const done: Done[] = []
  const outcomes: Outcome[][] = []
  for (const request of requests) {
    const { outcome, finished } = attempt(house, holdings, request, { known, keyIds, now, joined })
    outcomes.push(outcome)
    for (const each of finished) {
      done.push(each)
      known.set(each.keyId, each)
    }
  }
  if (done.length > 0) {
    try {
      await writeBatch(transaction, { holdings, loaded, done, postedAt: new Date(now) })
    } catch (error) {
      // Another party's batch used one of our keys at this very moment; run again, it will be found.
      if ((error as { constraint?: string }).constraint === 'key_pkey') throw new LostRace()
      throw error
    }
  }
  return outcomes
}

/** Who brings value over between profiles of one person. */
export const joiner: Author = { actor: 'kernel/ledger' }

/** Does linked instructions on copies of what they touch; the copies take the place of the originals only if all went well. */
function attempt(
  house: Pick<House, 'newId'>,
  holdings: Holdings,
  { instructions, author }: PostingRequest,
  given: { known: ReadonlyMap<string, Known>; keyIds: ReadonlyMap<string, string>; now: number; joined: Joined },
): { outcome: Outcome[]; finished: Done[] } {
  const { known, keyIds, now, joined } = given
  const before = new Map<string, Holding>()
  const finished: Done[] = []
  const outcome: Outcome[] = []
  const holdingAt = (partyId: string, asset: string) => {
    const key = holdingKey(partyId, asset)
    const holding = holdings.get(key)
    if (!holding) throw refuse('not-found', 'ledger:refusal.no-such-asset', { asset })
    if (!before.has(key)) before.set(key, copyHolding(holding))
    return holding
  }
  const perform = (instruction: Instruction, at: Holding, by: Author): Done => {
    const { key, asset, act, occurredAt } = instruction
    const journal = { transactionId: house.newId(), postings: [] as Posting[], extended: [] as string[] }
    const ground = { now, newId: house.newId, holdingOf: (other: string) => holdingAt(other, asset) }
    apply(journal, at, instruction, ground)
    const { actor, approvedBy = null, reason = null } = by
    const cause = { key, keyId: keyIds.get(key) ?? digest(key), fingerprint: fingerprintOf(instruction) }
    const done = { ...journal, ...cause, partyId: at.partyId, asset, act, actor, approvedBy, reason, occurredAt }
    finished.push(done)
    return done
  }
  try {
    for (const instruction of instructions) {
      const { key, partyId, asset } = instruction
      const keyId = keyIds.get(key)!
      const earlier = known.get(keyId) ?? finished.find(each => each.keyId === keyId)
      if (earlier && earlier.fingerprint !== fingerprintOf(instruction)) {
        throw refuse('conflict', 'ledger:refusal.key-used')
      }
      if (earlier) {
        outcome.push({ state: 'repeated', transactionId: earlier.transactionId })
        continue
      }
      const own = holdingAt(partyId, asset)
      const others = (joined.get(holdingKey(partyId, asset)) ?? []).map(id => holdingAt(id, asset))
      const bring = (moves: Iterable<Instruction>) => {
        for (const move of moves) perform(move, holdingAt(move.partyId, asset), joiner)
      }
      if (others.length > 0) bring(broughtBefore(instruction, own, others, now))
      const { transactionId, postings } = perform(instruction, whereItLies(instruction, own, others), author)
      if (others.length > 0) bring(debtsPaid(instruction, [own, ...others], now))
      outcome.push({ state: 'posted', transactionId, postings })
    }
    return { outcome, finished }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    for (const [key, holding] of before) holdings.set(key, holding)
    const refused: Outcome = { state: 'refused', code: error.code, details: error.details }
    return { outcome: instructions.map(() => refused), finished: [] }
  }
}

/** What an instruction says, without when it was said: the same cause must ask for the same thing. */
function fingerprintOf({ key: _, occurredAt: __, ...said }: Instruction): string {
  const names = Object.keys(said).sort() as (keyof typeof said)[]
  return digest(JSON.stringify(names.map(name => [name, said[name]])))
}

/** Sixteen bytes of a SHA-256, in the shape of an id: what is kept for ever stays small. */
export function digest(text: string): string {
  const hex = hash('sha256', text)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

/**
 * Posts requests that come one by one, many in one transaction: while a batch commits, the next collects. In one lane, since two
 * halve the batches and double their costs: 32 clients got 7,900 postings a second in one lane, 3,900 in two, 2,600 in four.
 *
 * Example: `const submit = poster(house)`; `await submit({ instructions: [...], author })` answers when it is committed.
 */
export function poster(house: House): (request: PostingRequest) => Promise<readonly Outcome[]> {
  const submit = batcher<PostingRequest, readonly Outcome[]>({
    largest: 500,
    lanes: 1,
    laneOf: () => 0,
    commit: requests => house.database.transaction(transaction => post(house, transaction, requests)),
  })
  return async request => (await submit([request]))[0]!
}

/** A kind of value must be declared before anybody can hold it; declaring it again changes nothing. */
export async function declareAsset(
  house: Pick<House, 'clock'>,
  transaction: Transaction,
  asset: string,
  kind: Holding['kind'],
): Promise<void> {
  await transaction.query(
    `insert into ledger.asset (asset, kind, created_at) values ($1, $2, $3) on conflict (asset) do nothing`,
    [asset, kind, house.clock.now()],
  )
}
