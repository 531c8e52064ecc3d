import { describe, expect, it } from 'vitest'
import { Refusal } from '#kernel/refusal.ts'
import { seeded } from '#statistics/sampling/seeded.ts'
import { apply } from './apply.ts'
import { copyHolding, emptyHolding, type Holding, nextDueAt } from './holding.ts'
import type { Instruction, Posting } from './instruction.ts'
import { Asker, counted, kinds, sorted } from './testing/asker.ts'
import { day } from './testing/memory.ts'
import { Oracle } from './testing/oracle.ts'

/**
 * The rules alone against the second ledger of `oracle.ts`: `oracle.test.ts` asks the same of the database, here it is quick
 * enough to be asked of every mutant. `RULES_OPS=1000000` for the long run.
 */
const wanted = Number(process.env.RULES_OPS ?? 5000)
const firstSeed = Number(process.env.ORACLE_SEED ?? (process.env.CI ? 727250 : process.pid))

/** The rules with nothing around them but a memory of holdings. */
function rules() {
  const holdings = new Map<string, Holding>()
  let ids = 0
  const newId = () => String(ids++).padStart(9, '0')
  return {
    holdings,
    newId,
    ask(instruction: Instruction, now: number): { state: string } & Record<string, unknown> {
      const { partyId, asset } = instruction
      const kind = kinds.get(asset)!
      const touched = new Map<string, Holding>()
      const holdingOf = (id: string) => {
        const key = `${id} ${asset}`
        const holding = touched.get(key) ?? copyHolding(holdings.get(key) ?? emptyHolding(id, asset, kind))
        touched.set(key, holding)
        return holding
      }
      const journal = { transactionId: 'any', postings: [] as Posting[], extended: [] as string[] }
      try {
        apply(journal, holdingOf(partyId), instruction, { now, newId, holdingOf })
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        return { state: 'refused', code: error.code, details: error.details }
      }
      for (const [key, holding] of touched) holdings.set(key, holding)
      return { state: 'posted', postings: journal.postings }
    },
  }
}

function story(seed: number, most: number): number {
  const random = seeded(seed)
  const oracle = new Oracle(kinds)
  const ledger = rules()
  const asker = new Asker(random, oracle, ledger.newId)
  let now = 1000 * day
  let count = 0
  while (count < most) {
    now = asker.letTimePass(now)
    oracle.now = now
    for (const instruction of asker.request(now)) {
      // A batch, its keys and undeclared assets are the business of `post`.
      if (!kinds.has(instruction.asset)) continue
      count++
      const { key: _, ...said } = instruction
      const [reply] = oracle.ask([{ ...said, key: String(count) } as Instruction])
      const answer = ledger.ask(instruction, now)
      const lots = lotNumbers(ledger.holdings)
      expect(shown(answer, lots), `seed ${seed}: ${JSON.stringify(instruction)}`).toEqual(reply)
    }
    expectSame(ledger.holdings, oracle)
  }
  return count
}

function lotNumbers(holdings: ReadonlyMap<string, Holding>): Map<string, number> {
  const ids = [...holdings.values()].flatMap(({ lots }) => [...lots.keys()])
  return new Map(ids.sort().map((id, index) => [id, index]))
}

function shown(answer: { state: string } & Record<string, unknown>, lots: ReadonlyMap<string, number>): unknown {
  if (answer.state === 'refused') return answer
  const movements = new Map<string, number>()
  for (const { partyId, asset, code, from, to, lotId, occurredAt, amount } of answer.postings as Posting[]) {
    const line = [partyId, asset, code, from, to, lotId === null ? '-' : lots.get(lotId), occurredAt].join(' ')
    movements.set(line, (movements.get(line) ?? 0) + amount)
  }
  return { state: 'posted', movements }
}

function expectSame(holdings: ReadonlyMap<string, Holding>, oracle: Oracle): void {
  const numbers = lotNumbers(holdings)
  const { balances, lots, holds, sources } = counted(oracle)
  const all = [...holdings.values()]
  const isEmpty = (row: { pending: number; available: number; held: number; debt: number }) =>
    row.pending + row.available + row.held + row.debt === 0
  const accounts = all.map(({ partyId, asset, pending, available, held, debt }) => ({
    party_id: partyId,
    asset,
    pending,
    available,
    held,
    debt,
  }))
  expect(sorted(accounts.filter(row => !isEmpty(row)))).toEqual(
    sorted((balances as typeof accounts).filter(row => !isEmpty(row))),
  )
  const own = all.flatMap(holding =>
    [...holding.lots.values()].map(({ partyId, lotId, parentId, maturesAt, expiresAt, issued: _, ...rest }) => ({
      ...rest,
      party_id: partyId,
      lot: numbers.get(lotId),
      parent: parentId === null ? null : numbers.get(parentId),
      matures: maturesAt,
      expires: expiresAt,
    })),
  )
  expect(sorted(own)).toEqual(sorted(lots))
  const used = all.flatMap(({ partyId, asset, holds: of }) =>
    [...of.values()].map(({ holdId, amount, until, state, capturedBy, parts }) => ({
      party_id: partyId,
      asset,
      hold_id: holdId,
      amount,
      until,
      state,
      captured_by: capturedBy,
      parts: parts.map(({ lotId, amount: part, captured, returned }) => ({
        lot: numbers.get(lotId),
        amount: part,
        captured,
        returned,
      })),
    })),
  )
  expect(sorted(used)).toEqual(sorted(holds))
  const refunds = all.flatMap(({ partyId, asset, sources: of }) =>
    [...of.values()].map(({ source, numerator, denominator, revoked }) => ({
      party_id: partyId,
      asset,
      source,
      numerator,
      denominator,
      revoked,
    })),
  )
  expect(sorted(refunds)).toEqual(sorted(sources))
  for (const holding of all) {
    const due = oracle.nextDue(oracle.purse(holding.partyId, holding.asset))
    expect(nextDueAt(holding)).toBe(due === Infinity ? null : due)
  }
}

describe('the rules alone', () => {
  it('answer and do exactly what the second ledger does', { timeout: 60_000 + wanted * 5 }, () => {
    let count = 0
    for (let seed = firstSeed; count < wanted; seed++) count += story(seed, Math.min(200, wanted - count))
    console.log(JSON.stringify({ test: 'ledger rules', count, differences: 0, firstSeed }))
  })
})
