import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Holding, Instant, Lot } from './holding.ts'
import type { Instruction, Only } from './instruction.ts'
import { holdingKey } from './store.ts'

/**
 * Profiles of one person. Nothing moves when two are joined: each keeps its own accounts and lots, so that they can be parted again
 * exactly. Only when one of them needs more than its own is the rest brought over, by a transfer of its own; and what one
 * owes is paid from what another has.
 */
export type Joined = ReadonlyMap<string, readonly string[]>

const nobody: Joined = new Map()
const noneUntil = new WeakMap<object, number>()

/** Somebody was joined or parted: this process asks from now on. */
export function noteJoining(house: Pick<House, 'clock'>): void {
  noneUntil.delete(house)
}

/**
 * For each holding that is asked for, the other profiles of the same person that hold that asset. Where nobody is joined at all it
 * asks once a second: a process that has not heard yet of the first merge can only refuse what would be there.
 */
export async function joinedIn(
  house: Pick<House, 'clock'>,
  transaction: Transaction,
  instructions: readonly Instruction[],
): Promise<Joined> {
  const now = house.clock.elapsed()
  if ((noneUntil.get(house) ?? 0) > now) return nobody
  const rows = await transaction.prepared<{ partyId: string; asset: string; otherId: string }>(
    'ledger joined',
    `select me.party_id as "partyId", h.asset, o.party_id as "otherId" from ledger.joined me
     join ledger.joined o on o.holder_id = me.holder_id and o.party_id <> me.party_id
     join ledger.holding h on h.party_id = o.party_id and h.asset = any ($2)
     where me.party_id = any ($1) order by o.party_id`,
    [[...new Set(instructions.map(each => each.partyId))], [...new Set(instructions.map(each => each.asset))]],
  )
  if (rows.length === 0) {
    const some = await transaction.query('select from ledger.joined limit 1')
    if (some.length === 0) noneUntil.set(house, now + 1000)
    return nobody
  }
  const others = Map.groupBy(rows, row => holdingKey(row.partyId, row.asset))
  return new Map([...others].map(([key, theirs]) => [key, theirs.map(row => row.otherId)]))
}

/** What has to be locked and read besides, so that the profiles of one person can help each other. */
export function companionsOf(instructions: readonly Instruction[], joined: Joined): Instruction[] {
  return instructions.flatMap(instruction => {
    const { key, partyId, asset, occurredAt, act } = instruction
    const others = joined.get(holdingKey(partyId, asset)) ?? []
    if (others.length === 0) return []
    const isNamed = act === 'capture' || act === 'release' || act === 'return' || act === 'revoke'
    const whole = [partyId, ...others].map(id => ({ act: 'settle' as const, key, partyId: id, asset, occurredAt }))
    return isNamed ? [...whole, ...others.map(id => ({ ...instruction, partyId: id }))] : whole
  })
}

/** A hold, or what was issued for a source, is found with the profile where it lies. */
export function whereItLies(instruction: Instruction, own: Holding, others: readonly Holding[]): Holding {
  const knows = (holding: Holding) => {
    if (instruction.act === 'revoke') {
      const { source } = instruction
      const isIssued = (lot: Lot) => lot.source === source && lot.parentId === null
      return holding.sources.has(source) || [...holding.lots.values()].some(isIssued)
    }
    return 'holdId' in instruction && holding.holds.has(instruction.holdId)
  }
  const isNamed = ['capture', 'release', 'return', 'revoke'].includes(instruction.act)
  if (!isNamed || knows(own)) return own
  return others.find(knows) ?? own
}

/** What this holding could use now, whether or not time has been booked. */
function usable(holding: Holding, only: Only | undefined, now: Instant): number {
  if (holding.debt > 0) return 0
  let sum = 0
  for (const lot of holding.lots.values()) {
    const isMeant = (only?.issuers?.includes(lot.issuer) ?? true) && (only?.source ?? lot.source) === lot.source
    if (!isMeant || (lot.expiresAt !== null && lot.expiresAt <= now)) continue
    sum += lot.available + (lot.maturesAt !== null && lot.maturesAt <= now ? lot.pending : 0)
  }
  return sum
}

type Moves = Generator<Instruction, void>

/**
 * What has to be brought over before an instruction can be done: first to who owes, then what is missing. Each move must be done
 * before the next is asked for.
 *
 * Example: A has 30, B 50, and A spends 70 -> 40 are transferred from B to A. With 80 in all, 90 are refused.
 */
export function* broughtBefore(
  instruction: Instruction,
  own: Holding,
  others: readonly Holding[],
  now: Instant,
): Moves {
  if (own.kind === 'qualifying') return
  yield* debtsPaid(instruction, [own, ...others], now)
  if (!['hold', 'spend', 'debit', 'transfer'].includes(instruction.act)) return
  const { amount, only } = instruction as Instruction & { amount: number; only?: Only }
  let missing = amount - usable(own, only, now)
  if (missing <= 0) return
  const have = [own, ...others].reduce((sum, each) => sum + usable(each, only, now), 0)
  if (have < amount) throw refuse('conflict', 'ledger:refusal.insufficient', { have, need: amount })
  for (const other of others) {
    const part = Math.min(missing, usable(other, only, now))
    if (part <= 0) continue
    missing -= part
    yield move(instruction, { from: other, to: own, amount: part, only })
  }
}

/** What one profile owes is paid from what the others have. */
export function* debtsPaid(instruction: Instruction, holdings: readonly Holding[], now: Instant): Moves {
  for (const to of holdings) {
    for (const from of holdings) {
      if (to.kind === 'qualifying' || to.debt === 0 || from === to) continue
      const amount = Math.min(to.debt, usable(from, undefined, now))
      if (amount > 0) yield move(instruction, { from, to, amount, only: undefined })
    }
  }
}

function move(
  { key, occurredAt }: Instruction,
  given: { readonly from: Holding; readonly to: Holding; readonly amount: number; readonly only: Only | undefined },
): Instruction {
  const { from, to, amount, only } = given
  return {
    act: 'transfer',
    key: `${key} brought from ${from.partyId} to ${to.partyId} ${from.lots.size} ${to.lots.size}`,
    partyId: from.partyId,
    asset: from.asset,
    occurredAt,
    toPartyId: to.partyId,
    amount,
    keepsSource: true,
    ...(only && { only }),
  }
}
