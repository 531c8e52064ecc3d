import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { settingsRoom } from '#kernel/settings/room.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { addUpHouse, readHouseBalances } from './house-balance.ts'
import type { Act, Instruction } from './instruction.ts'
import { declareAsset, type Outcome, post } from './post.ts'
import { ledgerRoom } from './room.ts'
import { balances, book, day, shop } from './testing/memory.ts'
import { parties, stories, told } from './testing/stories.ts'
import { verifyLedger } from './verify.ts'

type Told = ReturnType<typeof told>
type Asked = Told[number]

/** Everything there is in the end, without ids: who holds what in which lots, and what the house's accounts say. */
function endOf(story: Told, { lots = true, at = 0 }: { lots?: boolean; at?: number } = {}) {
  const ledger = book()
  for (const { partyId, act, now } of story) ledger.ask(act, now, partyId)
  const last = Math.max(at, ...story.map(each => each.now))
  for (const partyId of parties) ledger.ask({ act: 'settle' }, last, partyId)
  return {
    accounts: parties.map(partyId => ledger.accounts(partyId)),
    lots: lots
      ? parties.map(partyId =>
          ledger.lots(partyId).map(({ lotId: _, parentId, ...lot }) => ({ ...lot, isGift: parentId !== null })),
        )
      : [],
    house: balances(ledger.postings),
  }
}

const inserted = (story: Told, at: number, make: (asked: Omit<Asked, 'act'>) => readonly Act[]): Told => {
  const index = at % story.length
  const place = story[index]!
  return [...story.slice(0, index), ...make(place).map(act => ({ ...place, act })), ...story.slice(index)]
}
const replaced = (story: Told, change: (asked: Asked) => readonly Act[]): Told =>
  story.flatMap(asked => change(asked).map(act => ({ ...asked, act })))
const small = (story: Told): Told =>
  replaced(story, ({ act }) => [('amount' in act && act.amount > 1000 ? { ...act, amount: 12 } : act) as Act])
/** Only whole refunds: a share of a scaled purchase may be rounded otherwise. */
const whole = (story: Told): Told =>
  replaced(small(story), ({ act }) => [act.act === 'revoke' ? { ...act, numerator: 1, denominator: 1 } : act])

interface Given {
  readonly story: Told
  readonly at: number
  readonly amount: number
}
const given: fc.Arbitrary<Given> = fc.record({
  story: stories(30)
    .filter(steps => steps.length > 0)
    .map(steps => told(steps)),
  at: fc.nat(1000),
  amount: fc.integer({ min: 1, max: 15 }),
})
const onlyAccounts = { lots: false }

/** Two stories that must end alike. The second answer may be mapped back where it says the same in other words. */
const relations: readonly [name: string, run: (given: Given) => void][] = [
  [
    'members under other names have the same',
    ({ story }) => {
      const renamed = (name: string) => ({ he: 'wang', li: 'he', wang: 'li' })[name]!
      const other = book()
      const one = book()
      for (const { partyId, act, now } of story) {
        const there = act.act === 'transfer' ? { ...act, toPartyId: renamed(act.toPartyId) } : act
        expect(other.ask(there, now, renamed(partyId))).toBe(one.ask(act, now, partyId))
      }
      for (const partyId of parties) expect(other.accounts(renamed(partyId))).toEqual(one.accounts(partyId))
    },
  ],
  [
    'purchases under other names count the same',
    ({ story }) => {
      const renamed = (name: string) => `${name} of another shop`
      const other = replaced(story, ({ act }) => {
        const said = act as { source?: string; as?: string; only?: { source?: string } }
        return [
          {
            ...act,
            ...(said.source !== undefined && { source: renamed(said.source) }),
            ...(said.as !== undefined && { as: renamed(said.as) }),
            ...(said.only?.source !== undefined && { only: { ...said.only, source: renamed(said.only.source) } }),
          } as Act,
        ]
      })
      expect(endOf(other, onlyAccounts)).toEqual(endOf(story, onlyAccounts))
    },
  ],
  [
    'all instants later by the same span change nothing',
    ({ story, at }) => {
      const span = at * 3_600_001
      const fields = ['maturesAt', 'expiresAt', 'until', 'atLeastUntil'] as const
      const later = story.map(({ partyId, act, now }) => {
        const moved = Object.fromEntries(
          Object.entries(act).map(([field, value]) => [
            field,
            fields.includes(field as never) ? (value as number) + span : value,
          ]),
        ) as Act
        return { partyId, act: moved, now: now + span }
      })
      expect(endOf(later, onlyAccounts)).toEqual(endOf(story, onlyAccounts))
    },
  ],
  [
    'seven times all amounts is seven times all balances',
    ({ story }) => {
      const once = whole(story)
      const seven = replaced(once, ({ act }) => [
        {
          ...act,
          ...('amount' in act && { amount: act.amount * 7 }),
          ...('most' in act && { most: act.most * 7 }),
        } as Act,
      ])
      const one = endOf(once, onlyAccounts)
      const other = endOf(seven, onlyAccounts)
      const times = (accounts: object) =>
        Object.fromEntries(Object.entries(accounts).map(([name, value]) => [name, value * 7]))
      expect(other.accounts).toEqual(one.accounts.map(times))
      expect(Object.fromEntries(other.house)).toEqual(times(Object.fromEntries(one.house)))
    },
  ],
  [
    'a sweep at any time changes nothing in the end',
    ({ story, at }) => {
      const swept = inserted(story, at, () => [{ act: 'settle' }])
      expect(endOf(swept)).toEqual(endOf(story))
    },
  ],
  [
    'sweeping every night changes nothing in the end',
    ({ story }) => {
      const nights = story.flatMap((asked, index) => {
        const before = story[index - 1]?.now ?? asked.now
        const passed = Array.from(
          { length: Math.round((asked.now - before) / day) },
          (_, night) => before + night * day,
        )
        return [
          ...passed.flatMap(now => parties.map(partyId => ({ partyId, act: { act: 'settle' } as Act, now }))),
          asked,
        ]
      })
      expect(endOf(nights)).toEqual(endOf(story))
    },
  ],
  [
    'setting aside and letting go at once is nothing',
    ({ story, at, amount }) => {
      const idle = inserted(story, at, ({ now }) => [
        { act: 'hold', holdId: 'idle', amount, until: now + 1 },
        { act: 'release', holdId: 'idle' },
      ])
      expect(endOf(idle)).toEqual(endOf(story))
    },
  ],
  [
    'setting aside and using all of it is using it',
    ({ story }) => {
      const spent = story.filter(({ act }) => !['hold', 'capture', 'release'].includes(act.act))
      const captured = replaced(spent, ({ act, now }) => {
        if (act.act !== 'spend') return [act]
        const { holdId, amount, to, only } = act
        const hold = { act: 'hold', holdId, amount, until: now + 1, ...(only && { only }) } as const
        return [hold, { act: 'capture', holdId, amount, to }]
      })
      expect(endOf(captured)).toEqual(endOf(spent))
    },
  ],
  [
    'a hold that lapses is a hold that was let go at that instant',
    ({ story, at, amount }) => {
      const index = at % story.length
      const { partyId, now } = story[index]!
      const head = story.slice(0, index)
      const hold: Asked = { partyId, now, act: { act: 'hold', holdId: 'x', amount, until: now + 3 * day } }
      const later = { partyId, now: now + 3 * day }
      const longer: Asked = { ...hold, act: { ...hold.act, until: now + 30 * day } as Act }
      const lapsed: Told = [...head, hold, { ...later, act: { act: 'settle' } }]
      const released: Told = [...head, longer, { ...later, act: { act: 'release', holdId: 'x' } }]
      expect(endOf(lapsed, onlyAccounts)).toEqual(endOf(released, onlyAccounts))
    },
  ],
  [
    'what is refused changes nothing, wherever it is asked',
    ({ story, at }) => {
      const refused = inserted(story, at, ({ partyId }) => [
        { act: 'spend', holdId: 'never', amount: 1e12 + 1, to: shop },
        { act: 'transfer', toPartyId: partyId, amount: 1 },
        { act: 'capture', holdId: 'nobody', amount: 1, to: shop },
        { act: 'book', code: 'fund', amount: 3, from: 'pool:x', to: 'settlement:x' },
      ])
      expect(endOf(refused)).toEqual(endOf(story))
    },
  ],
  [
    'two purchases on the same terms are one of both',
    ({ story, at, amount }) => {
      // A life is extended by whole lots that are alive, and two lots are two.
      const plain = replaced(story, ({ act }) =>
        act.act === 'extend'
          ? []
          : act.act === 'return'
            ? [{ act: 'return', holdId: act.holdId, amount: act.amount }]
            : [act],
      )
      if (plain.length === 0) return
      const terms = { act: 'issue', from: 'issuance:shop', issuer: 'shop', source: 'twice' } as const
      const one = inserted(plain, at, ({ now }) => [{ ...terms, amount: amount + 7, expiresAt: now + 9 * day }])
      const two = inserted(plain, at, ({ now }) => [
        { ...terms, amount, expiresAt: now + 9 * day },
        { ...terms, amount: 7, expiresAt: now + 9 * day },
      ])
      expect(endOf(two, onlyAccounts)).toEqual(endOf(one, onlyAccounts))
    },
  ],
  [
    'a life extended twice is extended once, and never shortened',
    ({ story, at, amount }) => {
      const once = inserted(story, at, ({ now }) => [{ act: 'extend', until: now + amount * day }])
      const often = inserted(story, at, ({ now }) => [
        { act: 'extend', until: now + amount * day },
        { act: 'extend', until: now + amount * day },
        { act: 'extend', until: now + (amount - 1) * day },
      ])
      expect(endOf(often)).toEqual(endOf(once))
    },
  ],
  [
    'refunds told in parts are the last of them told at once',
    ({ story, at, amount }) => {
      const share = (numerator: number): Act => ({ act: 'revoke', source: 'a', numerator, denominator: 17 })
      const parts = inserted(story, at, () => Array.from({ length: amount }, (_, part) => share(part + 1)))
      const once = inserted(story, at, () => [share(amount)])
      expect(endOf(parts)).toEqual(endOf(once))
    },
  ],
  [
    'refunds told backwards are refunds told in order',
    ({ story, at, amount }) => {
      const shares = Array.from(
        { length: amount },
        (_, part): Act => ({ act: 'revoke', source: 'a', numerator: part, denominator: 17 }),
      )
      expect(endOf(inserted(story, at, () => shares.toReversed()))).toEqual(endOf(inserted(story, at, () => shares)))
    },
  ],
  [
    'what is given back in parts is given back at once',
    ({ story, at, amount }) => {
      const used = inserted(story, at, () => [{ act: 'spend', holdId: 'whole', amount, to: shop }])
      const end = { partyId: used[at % story.length]!.partyId, now: used.at(-1)!.now }
      const back = (amounts: readonly number[]): Told => [
        ...used,
        ...amounts.map(each => ({ ...end, act: { act: 'return', holdId: 'whole', amount: each } as Act })),
      ]
      expect(endOf(back(Array(amount).fill(1)), onlyAccounts)).toEqual(endOf(back([amount]), onlyAccounts))
    },
  ],
  [
    'a gift there and back keeps the sum and never lengthens a life',
    ({ story, at, amount }) => {
      const { partyId } = story[at % story.length]!
      const other = parties.find(each => each !== partyId)!
      const ledger = book()
      for (const { partyId: of, act, now } of small(story)) ledger.ask(act, now, of)
      const now = story.at(-1)!.now
      for (const id of parties) ledger.ask({ act: 'settle' }, now, id)
      if (ledger.accounts(other).debt > 0) return
      const live = (id: string) => ledger.lots(id).filter(lot => lot.available > 0)
      const before = ledger.accounts(partyId)
      const lives = live(partyId).flatMap(lot => Array<number>(lot.available).fill(lot.expiresAt ?? Infinity))
      if (ledger.ask({ act: 'transfer', toPartyId: other, amount, as: 'there' }, now, partyId) !== undefined) return
      const back = { act: 'transfer', toPartyId: partyId, amount, only: { source: 'there' } } as const
      ledger.ask(back, now, other)
      expect(ledger.accounts(partyId)).toEqual(before)
      const after = live(partyId).flatMap(lot => Array<number>(lot.available).fill(lot.expiresAt ?? Infinity))
      expect(after.sort((a, b) => a - b)).toEqual(lives.sort((a, b) => a - b))
    },
  ],
  [
    'those who have nothing to do with each other may be told in any order',
    ({ story, at }) => {
      const alone = story.filter(({ act }) => act.act !== 'transfer')
      if (alone.length < 2) return
      const swapped = [...alone]
      const index = at % (alone.length - 1)
      const [one, other] = [alone[index]!, alone[index + 1]!]
      if (one.partyId === other.partyId) return
      swapped.splice(index, 2, other, one)
      expect(endOf(swapped)).toEqual(endOf(alone))
    },
  ],
  [
    'who takes no part changes nothing for the others',
    ({ story }) => {
      const among = story.filter(
        ({ partyId, act }) => partyId !== 'he' && !(act.act === 'transfer' && act.toPartyId === 'he'),
      )
      const aside = story.filter(({ partyId, act }) => partyId === 'he' && act.act !== 'transfer')
      const at = story.at(-1)!.now
      const both = [...among, ...aside].sort((one, other) => one.now - other.now)
      expect(endOf(both, { at }).accounts.slice(1)).toEqual(endOf(among, { at }).accounts.slice(1))
    },
  ],
]

describe('in memory', () => {
  it.each(relations)('%s', (_, run) => {
    fc.assert(fc.property(given, run), { numRuns: Number(process.env.LEDGER_RELATIONS ?? 150) })
  })
})

describe('in the database', () => {
  let house: TestHouse
  beforeAll(async () => {
    house = await openTestHouse({ rooms: [settingsRoom, ledgerRoom] })
    await house.database.transaction(transaction => declareAsset(house, transaction, 'points', 'points'))
  })
  afterAll(() => house?.close())

  const author = { actor: 'test' }
  const postAll = (requests: readonly (readonly Instruction[])[]): Promise<Outcome[][]> =>
    house.database.transaction(transaction =>
      post(
        house,
        transaction,
        requests.map(instructions => ({ instructions, author })),
      ),
    )

  /** The story as instructions about new parties, all at one instant, so that what is told together can be told apart. */
  function instructionsOf(story: Told): Instruction[] {
    const ids = new Map(parties.map(name => [name as string, house.newId()]))
    const holds = new Map<string, string>()
    const now = house.clock.now().getTime()
    return story.map(({ partyId, act, now: then }) => {
      const said = { ...act } as Record<string, unknown>
      for (const field of ['maturesAt', 'expiresAt', 'until', 'atLeastUntil']) {
        if (typeof said[field] === 'number') said[field] = now + (said[field] as number) - then
      }
      if (typeof said.holdId === 'string') {
        const name = `${partyId} ${said.holdId}`
        if (!holds.has(name)) holds.set(name, house.newId())
        said.holdId = holds.get(name)
      }
      if (typeof said.toPartyId === 'string') said.toPartyId = ids.get(said.toPartyId)
      return {
        key: house.newId(),
        partyId: ids.get(partyId),
        asset: 'points',
        occurredAt: now,
        ...said,
      } as unknown as Instruction
    })
  }

  const partiesOf = (instructions: readonly Instruction[]) =>
    [
      ...new Set(
        instructions.flatMap(each => (each.act === 'transfer' ? [each.partyId, each.toPartyId] : [each.partyId])),
      ),
    ].sort()

  async function stateOf(instructions: readonly Instruction[]) {
    const ids = partiesOf(instructions)
    return await house.database.query(
      `select array_position($1::uuid[], party_id) as party, pending, available, held, debt,
         (select json_agg(json_build_array(issued, pending, available, held, captured, expired, revoked, moved, source) order by lot_id)
          from ledger.lot l where l.party_id = h.party_id) as lots,
         (select count(*) from ledger.posting p where p.party_id = h.party_id) as postings
       from ledger.holding h where party_id = any ($1) and pending + available + held + debt > 0 order by 1`,
      [ids],
    )
  }

  it('one batch of all is a batch for each', async () => {
    await fc.assert(
      fc.asyncProperty(given, async ({ story }) => {
        const together = instructionsOf(story)
        const apart = instructionsOf(story)
        const answers = (await postAll(together.map(each => [each]))).flat()
        const one = []
        for (const each of apart) one.push(...(await postAll([[each]])).flat())
        expect(answers.map(answer => answer.state)).toEqual(one.map(answer => answer.state))
        expect(await stateOf(together)).toEqual(await stateOf(apart))
      }),
      { numRuns: 20 },
    )
  })

  it('a batch cut anywhere, and told again from the beginning, is told once', async () => {
    await fc.assert(
      fc.asyncProperty(given, async ({ story, at }) => {
        const all = instructionsOf(story)
        const first = (await postAll(all.map(each => [each]))).flat()
        const done = all.filter((_, index) => first[index]!.state === 'posted')
        const before = await stateOf(all)
        const again = (await postAll(done.slice(0, at % (done.length + 1)).map(each => [each]))).flat()
        expect(again.every(answer => answer.state === 'repeated')).toBe(true)
        const shuffled = (await postAll(done.toReversed().map(each => [each]))).flat()
        expect(shuffled.every(answer => answer.state === 'repeated')).toBe(true)
        expect(await stateOf(all)).toEqual(before)
      }),
      { numRuns: 20 },
    )
  })

  const everything = () =>
    house.database.query(
      ['holding', 'transaction', 'key', 'lot', 'posting', 'hold', 'source', 'house_balance', 'house_mark']
        .map(
          table =>
            `select '${table}' as name, md5(string_agg(t::text, '' order by t::text)) as sum, count(*) as count from ledger.${table} t`,
        )
        .join(' union all '),
    )

  it('verifying changes no row', async () => {
    const before = await everything()
    expect((await verifyLedger(house.database)).filter(finding => finding.faults > 0)).toEqual([])
    expect(await everything()).toEqual(before)
  })

  it('the accounts of the house added up anew say the same', async () => {
    await house.database.transaction(addUpHouse)
    const before = await readHouseBalances(house.database)
    expect(before.length).toBeGreaterThan(5)
    await house.database.query('delete from ledger.house_balance')
    await house.database.query(`update ledger.house_mark set upto = '0'`)
    expect(await readHouseBalances(house.database)).toEqual(before)
    await house.database.transaction(addUpHouse)
    expect(await readHouseBalances(house.database)).toEqual(before)
  })

  it('an asset beside it changes nothing', async () => {
    await house.database.transaction(transaction => declareAsset(house, transaction, 'stamps:1', 'stamp'))
    await fc.assert(
      fc.asyncProperty(given, given, async ({ story }, { story: other }) => {
        const alone = instructionsOf(story)
        const beside = instructionsOf(story)
        const stamps = instructionsOf(other).map((each, index) => ({
          ...each,
          asset: 'stamps:1',
          partyId: beside[index % beside.length]!.partyId,
        }))
        const answers = (await postAll(alone.map(each => [each]))).flat().map(answer => answer.state)
        const mixed = beside.flatMap((each, index) => (stamps[index] ? [each, stamps[index]] : [each]))
        const outcomes = (await postAll(mixed.map(each => [each]))).flat()
        expect(mixed.flatMap((each, index) => (each.asset === 'points' ? [outcomes[index]!.state] : []))).toEqual(
          answers,
        )
      }),
      { numRuns: 20 },
    )
    expect((await verifyLedger(house.database)).filter(finding => finding.faults > 0)).toEqual([])
  })
})
