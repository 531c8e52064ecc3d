import { afterAll, beforeAll, expect, it } from 'vitest'
import { settingsRoom } from '#kernel/settings/room.ts'
import { seeded } from '#statistics/sampling/seeded.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import type { Instruction } from './instruction.ts'
import { declareAsset, type Outcome, post } from './post.ts'
import { ledgerRoom } from './room.ts'
import { Asker, counted, kinds, sorted } from './testing/asker.ts'
import { Oracle, type OracleReply } from './testing/oracle.ts'
import { verifyLedger } from './verify.ts'

/**
 * The ledger in PostgreSQL and a second one, written otherwise, are asked the same things, in batches; every reply and
 * everything that stands in the tables must be equal. `ORACLE_OPS=5000000` for the long run, `ORACLE_SEED` to repeat one.
 */
const wanted = Number(process.env.ORACLE_OPS ?? 50_000)
const firstSeed = Number(process.env.ORACLE_SEED ?? (process.env.CI ? 727250 : process.pid))
let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ rooms: [settingsRoom, ledgerRoom] })
  await house.database.transaction(async transaction => {
    for (const [asset, kind] of kinds) await declareAsset(house, transaction, asset, kind)
  })
})
afterAll(() => house?.close())

interface Stored {
  readonly holdings: readonly Record<string, unknown>[]
  readonly lots: readonly Record<string, unknown>[]
  readonly holds: readonly Record<string, unknown>[]
  readonly sources: readonly Record<string, unknown>[]
}

const instant = (column: string) => `(extract(epoch from ${column}) * 1000)::bigint`

/** All that stands in the tables of some parties, with lots by the order in which they came. */
async function stored(parties: readonly string[]): Promise<{ state: Stored; lotNumbers: ReadonlyMap<string, number> }> {
  const [row] = await house.database.query<{ [Table in keyof Stored]: Record<string, unknown>[] | null }>(
    `select
      (select json_agg(r) from (select party_id, asset, pending, available, held, debt, ${instant('due_at')} as due from ledger.holding where party_id = any ($1)) r) as holdings,
      (select json_agg(r) from (select lot_id, party_id, asset, issuer, source, parent_id, ${instant('matures_at')} as matures, ${instant('expires_at')} as expires,
        pending, available, held, captured, expired, revoked, moved from ledger.lot where party_id = any ($1) order by lot_id) r) as lots,
      (select json_agg(r) from (select party_id, asset, hold_id, amount, ${instant('until')} as until, state, captured_by, parts from ledger.hold where party_id = any ($1)) r) as holds,
      (select json_agg(r) from (select party_id, asset, source, numerator, denominator, revoked from ledger.source where party_id = any ($1)) r) as sources`,
    [parties],
  )
  const { holdings, lots, holds, sources } = row!
  const lotNumbers = new Map((lots ?? []).map((lot, index) => [lot.lot_id as string, index]))
  const state = {
    holdings: holdings ?? [],
    lots: (lots ?? []).map(({ lot_id, parent_id, ...rest }) => ({
      ...rest,
      lot: lotNumbers.get(lot_id as string),
      parent: parent_id === null ? null : lotNumbers.get(parent_id as string),
    })),
    holds: (holds ?? []).map(({ parts, ...rest }) => ({
      ...rest,
      parts: (parts as { lotId: string; amount: number; captured: number; returned: number }[]).map(
        ({ lotId, ...part }) => ({
          lot: lotNumbers.get(lotId),
          ...part,
        }),
      ),
    })),
    sources: sources ?? [],
  }
  return { state, lotNumbers }
}

function expectSameState(state: Stored, oracle: Oracle): void {
  const { balances, lots, holds, sources } = counted(oracle)
  const isEmpty = (row: Record<string, unknown>) =>
    [row.pending, row.available, row.held, row.debt].every(each => each === 0)
  expect(sorted(state.holdings.map(({ due: _, ...row }) => row).filter(row => !isEmpty(row)))).toEqual(
    sorted(balances.filter(row => !isEmpty(row))),
  )
  expect(state.lots.map(row => sorted([row])[0])).toEqual(lots.map(row => sorted([row])[0]))
  expect(sorted(state.holds)).toEqual(sorted(holds))
  expect(sorted(state.sources)).toEqual(sorted(sources))
  // Whoever looks at who is due misses nobody; a look too early does no harm.
  for (const { party_id, asset, due } of state.holdings as { party_id: string; asset: string; due: number | null }[]) {
    expect(due ?? Infinity).toBeLessThanOrEqual(oracle.nextDue(oracle.purse(party_id, asset)))
  }
}

function shown(outcome: Outcome, lotNumbers: ReadonlyMap<string, number>): unknown {
  if (outcome.state === 'repeated') return { state: 'repeated' }
  if (outcome.state === 'refused') return outcome
  const movements = new Map<string, number>()
  for (const { partyId, asset, code, from, to, lotId, occurredAt, amount } of outcome.postings) {
    const line = [partyId, asset, code, from, to, lotId === null ? '-' : lotNumbers.get(lotId), occurredAt].join(' ')
    movements.set(line, (movements.get(line) ?? 0) + amount)
  }
  return { state: 'posted', movements }
}

async function story(seed: number, most: number): Promise<{ count: number; posted: number; refused: number }> {
  const random = seeded(seed)
  const oracle = new Oracle(kinds)
  const asker = new Asker(random, oracle, house.newId)
  const tally = { count: 0, posted: 0, refused: 0 }
  while (tally.count < most) {
    oracle.now = asker.letTimePass(house.clock.now().getTime())
    house.clock.set(new Date(oracle.now))
    const requests: Instruction[][] = []
    const expected: OracleReply[][] = []
    for (let size = 1 + Math.floor(random() * 80); size > 0; size--) {
      const request = asker.request(oracle.now)
      requests.push(request)
      expected.push(oracle.ask(request))
    }
    const outcomes = await house.database.transaction(transaction =>
      post(
        house,
        transaction,
        requests.map(instructions => ({ instructions, author: { actor: 'test' } })),
      ),
    )
    const { state, lotNumbers } = await stored(asker.parties)
    for (const [index, replies] of expected.entries()) {
      const said = outcomes[index]!.map(outcome => shown(outcome, lotNumbers))
      expect(said, `seed ${seed}: ${JSON.stringify(requests[index])}`).toEqual(replies)
      tally.count += replies.length
      tally.posted += replies.filter(reply => reply.state === 'posted').length
      tally.refused += replies.filter(reply => reply.state === 'refused').length
    }
    expectSameState(state, oracle)
  }
  return tally
}

it('the ledger answers and keeps exactly what the second one does', { timeout: 60_000 + wanted * 10 }, async () => {
  const total = { count: 0, posted: 0, refused: 0 }
  const started = performance.now()
  for (let seed = firstSeed; total.count < wanted; seed++) {
    const { count, posted, refused } = await story(seed, Math.min(400, wanted - total.count))
    total.count += count
    total.posted += posted
    total.refused += refused
  }
  const seconds = Math.round((performance.now() - started) / 1000)
  console.log(JSON.stringify({ test: 'ledger oracle', ...total, differences: 0, firstSeed, seconds }))
  expect((await verifyLedger(house.database)).filter(finding => finding.faults > 0)).toEqual([])
})
