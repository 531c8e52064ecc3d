import { Refusal } from '#kernel/refusal.ts'
import { apply } from '../apply.ts'
import { emptyHolding, type Holding } from '../holding.ts'
import type { Act, Instruction, Posting } from '../instruction.ts'
import type { AssetKind } from '../kinds.ts'

export const day = 86_400_000
export const shop = 'redeemed:tea-house' as const

/** A ledger of a few parties in memory: what `apply` needs around it. */
export function book(kind: AssetKind = 'points') {
  const holdings = new Map<string, Holding>()
  const postings: Posting[] = []
  let ids = 0
  const holdingOf = (partyId: string) => {
    const known = holdings.get(partyId) ?? emptyHolding(partyId, 'points', kind)
    holdings.set(partyId, known)
    return known
  }
  return {
    holdings,
    postings,
    extended: [] as string[],
    holdingOf,
    /** Does the act; a refusal changes nothing and is answered by its code. */
    ask(act: Act, at: number, partyId = 'wang'): string | undefined {
      const before = structuredClone(holdings)
      const journal = { transactionId: 'any', postings: [] as Posting[], extended: [] as string[] }
      const instruction = { key: 'any', partyId, asset: 'points', occurredAt: at, ...act } as Instruction
      try {
        const newId = () => String(ids++).padStart(6, '0')
        apply(journal, holdingOf(partyId), instruction, { now: at, newId, holdingOf })
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        holdings.clear()
        for (const [id, holding] of before) holdings.set(id, holding)
        return error.code.replace('ledger:refusal.', '')
      }
      postings.push(...journal.postings)
      this.extended.push(...journal.extended)
      return undefined
    },
    issue(
      amount: number,
      at: number,
      more: { source?: string; maturesAt?: number; expiresAt?: number; issuer?: string } = {},
    ) {
      return this.ask({ act: 'issue', amount, from: 'issuance:tea-house', issuer: 'tea-house', ...more }, at)
    },
    accounts(partyId = 'wang') {
      const { pending, available, held, debt } = holdingOf(partyId)
      return { pending, available, held, debt }
    },
    lots(partyId = 'wang') {
      return [...holdingOf(partyId).lots.values()]
    },
  }
}
export type Book = ReturnType<typeof book>

export const empty = { pending: 0, available: 0, held: 0, debt: 0 }

/** Every account with its balance, those of the parties by name; accounts that stand at zero are left out. */
export function balances(postings: readonly Posting[]): Map<string, number> {
  const found = new Map<string, number>()
  const own = ['pending', 'available', 'held', 'debt']
  const add = (posting: Posting, account: string, amount: number) => {
    const key = own.includes(account) ? `${posting.partyId} ${account}` : account
    found.set(key, (found.get(key) ?? 0) + amount)
  }
  for (const posting of postings) {
    add(posting, posting.from, -posting.amount)
    add(posting, posting.to, posting.amount)
  }
  for (const [key, balance] of found) if (balance === 0) found.delete(key)
  return found
}
