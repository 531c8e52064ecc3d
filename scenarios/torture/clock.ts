import pg from 'pg'
import { addMonths } from '#financial/points/calendar.ts'
import { addDays, type Day, localDay, localInstant, startOfDay, systemClock } from '#kernel/clock/index.ts'
import { openDatabase, type Transaction } from '#kernel/database/index.ts'
import { examineHouse } from '#kernel/doctor/index.ts'
import { type Act, declareAsset, type Instruction, post, verifyLedger } from '#kernel/ledger/index.ts'
import { seeded } from '#statistics/sampling/seeded.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import type { Report, Tell } from './report.ts'

const second = 1000
const hour = 3600 * second
const day = 24 * hour

/**
 * Clocks that jump about, zones whose days have 23, 23½, 25 or no hours, months of every length, and sessions and machines that
 * read another time: nothing is resolved twice or comes back to life, every business day has one run and every date one end. Each
 * part has a control: the way it is usually written, which must fail under the same.
 */
export async function clock({
  rounds,
  seed = 1,
  tell,
}: {
  readonly rounds: number
  readonly seed?: number
  readonly tell?: Tell
}): Promise<Report> {
  const house = await openTestHouse()
  try {
    const parts = [
      await jumps(house, rounds, seed, tell),
      daysOfZones(rounds),
      months(),
      await sessions(house),
      await skew(house),
    ]
    return {
      figures: Object.assign({}, ...parts.map(part => part.figures)),
      faults: parts.flatMap(part => part.faults),
    }
  } finally {
    await house.close()
  }
}

/** Holds, expiry and the sweep of what is due, under a clock that jumps by up to 400 days in both directions. */
async function jumps(house: TestHouse, rounds: number, seed: number, tell?: Tell): Promise<Report> {
  const random = seeded(seed)
  const below = (most: number) => Math.floor(random() * most)
  const now = () => house.clock.now().getTime()
  const spans = [0, 0, 0, second, -second, hour, -hour, day, 400 * day, -400 * day, -3 * hour]
  const inTransaction = (work: (transaction: Transaction) => Promise<unknown>) => house.database.transaction(work)
  await inTransaction(transaction => declareAsset(house, transaction, 'jumps', 'points'))
  const parties = Array.from({ length: 5 }, () => house.newId())
  const lots: { readonly expiresAt: number; hasEnded: boolean }[] = []
  const faults: string[] = []
  let steps = 0
  let revived = 0
  let latest = now()
  for (let round = 0; round < rounds; round++) {
    for (let step = 0; step < 200; step++, steps++) {
      house.clock.set(new Date(now() + spans[below(spans.length)]!))
      latest = Math.max(latest, now())
      const kind = below(4)
      const until = now() + (1 + below(4)) * day
      const asked: Act | undefined = [
        undefined,
        { act: 'issue', amount: 5, from: 'issuance:shop', issuer: 'shop', expiresAt: until } as const,
        { act: 'hold', holdId: house.newId(), amount: 1 + below(3), until } as const,
        { act: 'spend', holdId: house.newId(), amount: 1 + below(3), to: 'redeemed:shop' } as const,
      ][kind]
      if (asked === undefined) await house.perform('ledger.due')
      else {
        if (asked.act === 'issue') lots.push({ expiresAt: until, hasEnded: false })
        const partyId = parties[below(parties.length)]!
        const instruction = { key: house.newId(), partyId, asset: 'jumps', occurredAt: now(), ...asked } as Instruction
        await inTransaction(transaction =>
          post(house, transaction, [{ instructions: [instruction], author: { actor: 'torture' } }]),
        )
      }
      // The control: who computes from the clock what has expired gives it back when the clock is set back.
      for (const lot of lots) {
        const isOver = lot.expiresAt <= now()
        if (lot.hasEnded && !isOver) revived++
        lot.hasEnded = isOver
      }
    }
    tell?.(`clock: ${round + 1} of ${rounds} rounds of jumps`)
  }
  // Beyond every end that was ever set, also while the clock was far ahead.
  house.clock.set(new Date(latest + 1000 * day))
  await house.perform('ledger.due')

  const count = async (sql: string) => (await house.database.query<{ count: number }>(sql))[0]!.count
  const told: readonly (readonly [string, string])[] = [
    [
      'times went back by an hour or less',
      `select count(*) as count from (
         select posted_at - lag(posted_at) over (partition by party_id order by xid, position) as step
         from ledger.posting where asset = 'jumps'
       ) as s where step < interval '0' and step >= interval '-1 hour'`,
    ],
    [
      'holds are open long after their end',
      `select count(*) as count from ledger.hold where asset = 'jumps' and state = 'open'`,
    ],
    [
      'parties got back another sum than their holds had left',
      `select count(*) as count from (
         select party_id, sum(amount - captured) as due from ledger.hold where asset = 'jumps' group by 1) as h
       full join (
         select party_id, sum(amount) as freed from ledger.posting where asset = 'jumps' and code = 'release' group by 1
       ) as r using (party_id) where coalesce(due, 0) <> coalesce(freed, 0)`,
    ],
    [
      'parties still have something held or alive at the end',
      `select count(*) as count from ledger.holding where asset = 'jumps' and (held <> 0 or available <> 0 or pending <> 0)`,
    ],
  ]
  for (const [what, sql] of told) {
    const found = await count(sql)
    if (found > 0) faults.push(`${found} ${what}`)
  }
  const wrong = (await verifyLedger(house.database)).filter(finding => finding.faults > 0)
  if (wrong.length > 0) faults.push(`the ledger does not add up: ${JSON.stringify(wrong).slice(0, 300)}`)
  const expired = await count(`select count(*) as count from ledger.posting where asset = 'jumps' and code = 'expire'`)
  if (expired === 0) faults.push('nothing ever expired')
  if (revived === 0) faults.push('the control never came back to life, so the clock did not jump')
  return { figures: { jumps: steps, expired, controlRevived: revived }, faults }
}

/** Zones and years in which a day was cut, stretched, halved or skipped. */
const oddYears: readonly (readonly [string, number])[] = [
  ['America/New_York', 2026],
  ['Australia/Lord_Howe', 2026],
  ['Pacific/Apia', 2011],
  ...[1986, 1987, 1988, 1989, 1990, 1991].map(year => ['Asia/Shanghai', year] as const),
  ['America/Havana', 2025],
  ['America/Sao_Paulo', 2018],
  ['Pacific/Kwajalein', 1993],
  ['Pacific/Kiritimati', 1994],
  ['Europe/London', 2026],
]

/**
 * Something is due every business day at half past two, and something ends at the end of every date. A runner that looks every
 * quarter of an hour must do each once for every date that the zone has.
 */
function daysOfZones(rounds: number): Report {
  const faults: string[] = []
  let days = 0
  let naiveWrong = 0
  const all = Intl.supportedValuesOf('timeZone')
  const more = all.flatMap((zone, index) => (index < rounds ? [[zone, 1975 + ((index * 7) % 60)] as const] : []))
  for (const [zone, year] of [...oddYears, ...(rounds > 1 ? more : [])]) {
    const runs = new Map<Day, number>()
    const naive = new Map<Day, number>()
    const ends = new Set<number>()
    let last = ''
    const end = Date.UTC(year + 1, 0, 1, 12)
    const wall = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
    for (let at = Date.UTC(year, 0, 1, 12); at < end; at += hour / 4) {
      const now = new Date(at)
      const today = localDay(now, zone)
      if (last !== '' && today < last) faults.push(`${zone}: ${today} comes after ${last}`)
      if (today !== last && now >= localInstant(today, 2.5 * 3600, zone)) {
        runs.set(today, (runs.get(today) ?? 0) + 1)
        last = today
      }
      // The control: who waits for the wall clock to show half past two.
      if (rounds === 1 && wall.format(now).endsWith('02:30')) naive.set(today, (naive.get(today) ?? 0) + 1)
    }
    const lastDay = localDay(new Date(end), zone)
    for (let date = localDay(new Date(Date.UTC(year, 0, 2, 12)), zone); date < lastDay; date = addDays(date, 1)) {
      const begins = startOfDay(date, zone)
      const exists = localDay(begins, zone) === date
      days++
      if ((runs.get(date) ?? 0) !== (exists ? 1 : 0)) faults.push(`${zone}: ${runs.get(date) ?? 0} runs on ${date}`)
      if (rounds === 1 && (naive.get(date) ?? 0) !== (exists ? 1 : 0)) naiveWrong++
      if (!exists) continue
      if (localDay(new Date(begins.getTime() - 1), zone) >= date) faults.push(`${zone}: ${date} begins too late`)
      const over = startOfDay(addDays(date, 1), zone).getTime()
      if (ends.has(over) || over <= begins.getTime()) faults.push(`${zone}: ${date} does not end once`)
      ends.add(over)
    }
  }
  if (rounds === 1 && naiveWrong === 0) faults.push('the control ran once a day everywhere, so no day was odd')
  return { figures: { zoneDays: days, ...(rounds === 1 && { controlWrongDays: naiveWrong }) }, faults }
}

/** The same day one to thirteen months later, for every day from 1970 to 2100. */
function months(): Report {
  const faults: string[] = []
  let asked = 0
  let naiveWrong = 0
  for (let date = '1970-01-01'; date <= '2100-12-31'; date = addDays(date, 1)) {
    for (const count of [1, 11, 12, 13]) {
      asked++
      const found = addMonths(date, count)
      const month = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) + count
      const isRightMonth = Number(found.slice(0, 4)) * 12 + Number(found.slice(5, 7)) === month
      const isSameDay = found.slice(8) === date.slice(8)
      const isLastDay = addDays(found, 1).endsWith('-01')
      if (!isRightMonth || !(isSameDay || (isLastDay && found.slice(8) < date.slice(8))))
        faults.push(`${date} and ${count} months are ${found}`)
      const naive = new Date(`${date}T00:00:00Z`)
      naive.setUTCMonth(naive.getUTCMonth() + count)
      if (naive.toISOString().slice(0, 10) !== found) naiveWrong++
    }
  }
  if (naiveWrong === 0) faults.push('the control agreed on every day, so no month was short')
  return { figures: { monthSums: asked, controlWrongMonths: naiveWrong }, faults }
}

/** A database that speaks New York to whoever does not ask: ours always asks. */
async function sessions(house: TestHouse): Promise<Report> {
  const { connection } = house
  await house.byHand.query(
    `alter database ${pg.escapeIdentifier(connection.database!)} set timezone = 'America/New_York'`,
  )
  const asked = `select '2026-03-08 12:00+00'::timestamptz - interval '1 day' = '2026-03-07 12:00+00'::timestamptz as is_day,
    to_char('2026-03-08 02:00+00'::timestamptz, 'YYYY-MM-DD') as date`
  const ours = openDatabase(connection, { connections: 1 })
  const naive = new pg.Client({ ...connection, options: '' })
  await naive.connect()
  try {
    const faults: string[] = []
    const expected = JSON.stringify({ is_day: true, date: '2026-03-08' })
    if (JSON.stringify((await ours.query(asked))[0]) !== expected) faults.push('a session of ours reads another zone')
    if (JSON.stringify((await naive.query(asked)).rows[0]) === expected) faults.push('the control reads UTC too')
    return { figures: {}, faults }
  } finally {
    await naive.end()
    await ours.close()
  }
}

/** The clocks of this machine and of the database come apart. */
async function skew(house: TestHouse): Promise<Report> {
  const faults: string[] = []
  for (const [seconds, expected] of [
    [0, ['good', 'warn']],
    [30, ['bad']],
    [-30, ['bad']],
    [400 * 86_400, ['bad']],
  ] as const) {
    house.clock.set(new Date(systemClock.now().getTime() + seconds * second))
    const found = (await examineHouse(house)).find(({ check }) => check === 'clock')!
    if (!(expected as readonly string[]).includes(found.state))
      faults.push(`${seconds} s apart, the doctor says ${found.state}`)
  }
  return { figures: {}, faults }
}
