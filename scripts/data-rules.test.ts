import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { distributed, local, reference } from '#kernel/database/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { readTables, schemaText } from './catalogue.ts'
import { faultsOfTables } from './data-rules.ts'
import { changeable, onlyInserted } from './facts.ts'

const schemaFile = join(import.meta.dirname, '../docs/schema.sql')
const opening = `-- The tables as the migrations leave them, for reading and for reviews; a test compares. Written by
-- GUANXI_WRITE_SCHEMA=yes npm test -- scripts/data-rules\n\n`

let house: TestHouse

beforeAll(async () => {
  house = await openTestHouse()
})

afterAll(async () => house.close())

describe('the tables of the house', () => {
  it('are in the table map and keep the data rules', async () => {
    expect(faultsOfTables(await readTables(house.database), house.rooms)).toEqual([])
  })

  it('are as docs/schema.sql shows them', async () => {
    const text = opening + schemaText(await readTables(house.database))
    if (process.env.GUANXI_WRITE_SCHEMA === 'yes') writeFileSync(schemaFile, text)
    expect(text).toBe(readFileSync(schemaFile, 'utf8'))
  })

  it('are kept from change by the database where no statement of ours changes them, or say why not', () => {
    const sources = globSync('src/**/*.ts', { cwd: join(import.meta.dirname, '..') })
      .filter(path => !/\.test\.ts$|testing/.test(path))
      .map(path => readFileSync(join(import.meta.dirname, '..', path), 'utf8'))
    const left = onlyInserted(Object.keys(house.tables), sources).filter(table => !house.tables[table]!.appendOnly)
    expect(left.sort()).toEqual(Object.keys(changeable).sort())
  })

  it('are known as only inserted into until a statement changes them', () => {
    const insert = 'insert into a.b (c) values (1)'
    expect(onlyInserted(['a.b', 'a.d'], [insert])).toEqual(['a.b'])
    for (const change of ['update a.b b set c = 2', 'delete from a.b', `${insert} on conflict (c) do update set c = 2`])
      expect(onlyInserted(['a.b'], [insert, change])).toEqual([])
  })
})

/** The proof that the rules bite: a sound schema, and one fault after the other planted in it. */
describe('the data rules catch what is planted', () => {
  const sound = `create schema planted;
    create schema neighbour;
    create table planted.thing (party_id uuid not null, id uuid not null, paid_minor bigint, primary key (party_id, id));
    create table planted.kind (name text primary key);
    create table planted.note (id uuid primary key);
    create table neighbour.other (party_id uuid primary key);
    alter table planted.thing add constraint thing_of_kind foreign key (party_id) references parties.party (party_id);`
  const rooms = () => [
    ...house.rooms,
    {
      name: 'insight/planted',
      tables: {
        'planted.thing': distributed('party_id'),
        'planted.kind': reference,
        'planted.note': local,
      },
    },
    { name: 'insight/neighbour', tables: { 'neighbour.other': distributed('party_id') } },
  ]

  const faultsAfter = async (sql: string) => {
    let faults: string[] = []
    await house.database
      .transaction(async transaction => {
        await transaction.query(sound)
        if (sql) await transaction.query(sql)
        faults = faultsOfTables(await readTables(transaction), rooms())
        throw new Error('take it back')
      })
      .catch((error: Error) => {
        if (error.message !== 'take it back') throw error
      })
    return faults
  }

  it('finds nothing in a sound schema', async () => {
    expect(await faultsAfter('')).toEqual([])
  })

  test.each([
    ['a table that nobody listed', 'create table planted.secret (id uuid primary key)'],
    ['a listed table that is gone', 'drop table planted.note'],
    ['no customer in the table', 'alter table planted.thing drop column party_id cascade'],
    [
      'a primary key that begins with the id',
      'alter table planted.thing drop constraint thing_pkey, add primary key (id, party_id)',
    ],
    ['no primary key', 'alter table planted.kind drop constraint kind_pkey'],
    ['unique beyond one customer', 'alter table planted.thing add constraint one unique (id)'],
    ['a unique index beyond one customer', 'create unique index one on planted.thing (id)'],
    [
      'a key between customers without the customer',
      'alter table planted.thing add constraint up foreign key (id) references parties.party (party_id)',
    ],
    [
      'a key from customers to a local table',
      'alter table planted.thing add constraint up foreign key (id) references planted.note (id)',
    ],
    [
      'a key from a shared table to customers',
      'alter table planted.note add constraint up foreign key (id) references parties.party (party_id)',
    ],
    [
      'a key to a neighbour',
      'alter table planted.thing add constraint up foreign key (party_id) references neighbour.other (party_id)',
    ],
    [
      'a key without a name',
      'alter table planted.thing add foreign key (party_id) references parties.party (party_id)',
    ],
    [
      'a key that forgets',
      `alter table planted.thing add constraint up foreign key (party_id) references parties.party (party_id)
       on delete set null`,
    ],
    ['money in fractions', 'alter table planted.thing add column due_minor numeric'],
    ['a time without a zone', 'alter table planted.thing add column made_at timestamp'],
    ['an id made by the database', 'alter table planted.note alter column id set default gen_random_uuid()'],
    ['an instant made by the database', 'alter table planted.note add column made_at timestamptz default now()'],
    ['a counter', 'alter table planted.note add column number serial'],
    [
      'a trigger',
      `create trigger same before update on planted.thing for each row execute function suppress_redundant_updates_trigger()`,
    ],
  ])('catches %s', async (_, sql) => {
    expect(await faultsAfter(sql)).not.toEqual([])
  })
})
