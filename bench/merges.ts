/**
 * What we claim about finding who may be one person twice: `npx node --conditions=source bench/merges.ts`, with
 * `--customers 100000` for a short run. Fills the normal tables with made-up people by COPY, one in fifty of them a second profile of
 * somebody before, each made in one of six ways in which second profiles come about; then looks for them, and again after a thousand
 * were changed. The floor is one pass over what is compared, in the same run. Recall is of those that were planted; precision counts
 * every pair that was not planted as wrong.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { startEmbedded } from '#kernel/database/embedded/index.ts'
import { performNow } from '#kernel/jobs/index.ts'
import { silentLog } from '#kernel/log.ts'
import { mergesRoom } from '#kernel/merges/room.ts'
import { nameParts, romanised } from '#kernel/parties/names.ts'
import { openHouse } from '#product/house.ts'
import { rooms } from '#product/rooms.ts'
import { seeded } from '#statistics/index.ts'

const target = { seconds: 240, recall: 0.9, precision: 0.9 }
const asked = process.argv.indexOf('--customers')
const customers = asked > 0 ? Number(process.argv[asked + 1]) : 1_000_000

function print(figure: Record<string, unknown>): void {
  console.log(JSON.stringify({ bench: 'merges', customers, ...figure }))
}

const random = seeded(20261122)
const pick = <T>(list: readonly T[] | string): T => list[Math.floor(random() * list.length)] as T
/** The first of a list are the most common, as with names. */
const common = (list: string) => list[Math.floor(list.length * random() ** 2.2)]!
const families = '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢'
const givens =
  '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文辉力梅鑫波斌宇浩凯婷雪晓洁佳欣子轩梓涵雨诗思琪天龙志远' +
  '嘉怡俊豪博瑞泽晨熙萱彤悦妍瑶琳珊璐颖慧莹倩雅淑惠珍莲凤翠云燕春秋冬海江河山峰林森松柏清泉'

interface Person {
  readonly name: string
  readonly birthday: string | null
  readonly phone: string | null
  readonly email: string | null
}

const digits = (count: number) => String(Math.floor(random() * 10 ** count)).padStart(count, '0')
const phoneNumber = () => `+861${pick<string>('3589')}${digits(9)}`
const two = (number: number) => String(number).padStart(2, '0')

function stranger(index: number): Person {
  const name = common(families) + pick<string>(givens) + (random() < 0.85 ? pick<string>(givens) : '')
  const birthday = `${1940 + Math.floor(random() * 66)}-${two(1 + Math.floor(random() * 12))}-${two(1 + Math.floor(random() * 28))}`
  const phone = phoneNumber()
  const email = `${romanised(name).full}${index % 7 === 0 ? '' : index}@example.${pick(['com', 'cn'])}`
  return {
    name,
    phone,
    birthday: random() < 0.6 ? birthday : null,
    email: random() < 0.5 ? email : null,
  }
}

/** How the second profile of somebody comes about. Each must differ in what identifies, or it would have been the same profile. */
const kinds: Readonly<Record<string, (person: Person, index: number) => Person>> = {
  'two digits of the phone swapped': ({ name, phone }) => ({
    name,
    birthday: null,
    email: null,
    phone: swapped(phone!),
  }),
  'one digit of the phone wrong': ({ name, phone }) => ({ name, birthday: null, email: null, phone: mistyped(phone!) }),
  'another phone, the same birthday': ({ name, birthday }) => ({ name, birthday, email: null, phone: phoneNumber() }),
  'the name in pinyin, the same birthday': ({ name, birthday }, index) => {
    const { familyName, givenName } = nameParts(name)
    const latin = [romanised(givenName ?? '').full, romanised(familyName ?? '').full]
    return { name: latin.map(capital).join(' '), birthday, email: `member${index}@example.org`, phone: null }
  },
  'another provider of e-mail': ({ name, email }) => ({
    ...{ name, birthday: null, phone: null },
    email: email!.replace(/@.*/, '@example.net'),
  }),
  'a letter of the name wrong, birthday and end of the phone the same': ({ name, birthday, phone }) => ({
    ...{ name: `${name.slice(0, -1)}${pick<string>(givens)}`, birthday, email: null },
    phone: `+8675${digits(5)}${phone!.slice(-4)}`,
  }),
}
const capital = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1)

function swapped(phone: string): string {
  const at = 5 + Math.floor(random() * 8)
  if (phone[at] === phone[at + 1]) return swapped(phone)
  return phone.slice(0, at) + phone[at + 1] + phone[at] + phone.slice(at + 2)
}

function mistyped(phone: string): string {
  const at = 5 + Math.floor(random() * 9)
  return `${phone.slice(0, at)}${(Number(phone[at]) + 1 + Math.floor(random() * 9)) % 10}${phone.slice(at + 1)}`
}

const folder = await mkdtemp(join(tmpdir(), 'guanxi-merges-'))
await chmod(folder, 0o755)
const embedded = await startEmbedded({ dataFolder: join(folder, 'database'), throwaway: true })
const house = await openHouse({ name: 'business', connection: embedded.connection, rooms, folder, log: silentLog })
const planted = new Map<string, string>()
const seconds = (since: number) => Math.round((performance.now() - since) / 10) / 100

/** Everybody by COPY; those of whom a second profile is made are kept until it is. */
async function fill(): Promise<void> {
  const now = house.clock.now().getTime()
  const names = Object.keys(kinds)
  const taken = new Set<string>()
  let originals: { readonly id: string; readonly person: Person }[] = []
  const atOnce = 50_000
  for (let from = 0; from < customers; from += atOnce) {
    const parties: string[] = []
    const identifiers: string[] = []
    for (let index = from; index < Math.min(customers, from + atOnce); index++) {
      const id = house.newId()
      const isSecond = index % 50 === 49
      const kind = names[Math.floor(index / 50) % names.length]!
      const at = originals.findIndex(({ person }) => person.birthday && person.email && person.phone)
      const original = isSecond && at >= 0 ? originals.splice(at, 1)[0] : undefined
      const person = original ? kinds[kind]!(original.person, index) : stranger(index)
      const known = [
        ['phone', person.phone],
        ['email', person.email],
      ].filter(([, value]) => value && !taken.has(value))
      for (const [, value] of known) taken.add(value!)
      if (original) planted.set([id, original.id].sort().join(' '), kind)
      else if (index % 8 === 0 && known.length === 2) originals.push({ id, person })
      const { familyName, givenName, say } = nameParts(person.name)
      const changedAt = new Date(now - (customers - index) * 60).toISOString()
      const columns = [
        id,
        'person',
        person.name,
        familyName,
        givenName,
        say,
        person.birthday,
        '{customer}',
        '{}',
        '{}',
        id,
      ]
      parties.push(`${[...columns.map(column => column ?? '\\N'), changedAt, changedAt].join('\t')}\n`)
      for (const [kindOf, value] of known) identifiers.push(`${value}\t${kindOf}\t${id}\t${value}\n`)
    }
    originals = originals.slice(-4000)
    await house.database.transaction(async transaction => {
      await transaction.copy(
        'parties.party (party_id, kind, name, family_name, given_name, say, birthday, roles, details, grams, source_id, created_at, changed_at)',
        parties,
      )
      await transaction.copy('parties.identifier (value_key, kind, party_id, value)', identifiers)
    })
  }
}

/** Reading what is compared, once, in the order in which it is read for comparing. */
async function floor(): Promise<number> {
  const began = performance.now()
  let last: { at: Date; id: string } = { at: new Date(0), id: '00000000-0000-0000-0000-000000000000' }
  for (;;) {
    const rows = await house.database.query<{ at: Date; id: string }>(
      `select p.changed_at as at, p.party_id as id, p.name, p.birthday,
         array(select i.value_key from parties.identifier i where i.party_id = p.party_id) as identifiers
       from parties.party p where (p.changed_at, p.party_id) > ($1, $2) order by p.changed_at, p.party_id limit 1000`,
      [last.at, last.id],
    )
    if (rows.length === 0) return seconds(began)
    last = rows.at(-1)!
  }
}

const search = () => performNow(house, mergesRoom.jobs ?? [], 'merges.search', {})

try {
  let began = performance.now()
  await fill()
  print({ what: 'filled', seconds: seconds(began), planted: planted.size })
  print({ what: 'floor: one pass over what is compared', seconds: await floor() })
  began = performance.now()
  await search()
  const whole = seconds(began)
  const found = await house.database.query<{ one: string; other: string }>(
    `select one_party_id as one, other_party_id as other from merges.candidate`,
  )
  const pairs = new Set(found.map(({ one, other }) => [one, other].sort().join(' ')))
  const byKind = Object.groupBy(planted, ([, kind]) => kind)
  for (const [kind, list] of Object.entries(byKind)) {
    const hits = list!.filter(([pair]) => pairs.has(pair)).length
    print({ what: kind, planted: list!.length, recall: Math.round((hits / list!.length) * 1000) / 1000 })
  }
  const hits = [...pairs].filter(pair => planted.has(pair)).length
  const recall = Math.round((hits / planted.size) * 1000) / 1000
  const precision = Math.round((hits / pairs.size) * 1000) / 1000
  await house.database.query(
    `update parties.party set changed_at = $1 where party_id in (select party_id from parties.party limit 1000)`,
    [new Date(house.clock.now().getTime() + 1000)],
  )
  began = performance.now()
  await search()
  const again = seconds(began)
  const isMet = whole < target.seconds && recall >= target.recall && precision >= target.precision
  print({
    what: 'searched',
    seconds: whole,
    found: pairs.size,
    recall,
    precision,
    again: { changed: 1000, seconds: again },
    target,
    isMet,
  })
  if (!isMet) process.exitCode = 1
} finally {
  await house.close()
  await embedded.stop()
  await rm(folder, { recursive: true, force: true })
}
