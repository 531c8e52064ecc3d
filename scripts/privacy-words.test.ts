import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { rooms } from '#product/rooms.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { type PersonalTable, personalTables } from '../src/kernel/privacy/held.ts'

type Words = { readonly room: Record<string, string>; readonly table: Record<string, Record<string, string>> }

let house: TestHouse
let tables: readonly PersonalTable[]

beforeAll(async () => {
  house = await openTestHouse({ rooms })
  tables = await personalTables(house, house.database)
})
afterAll(() => house?.close())

it.each(['en', 'zh'])('whatever we hold about somebody has a heading in words, in %s', language => {
  const text = readFileSync(join(import.meta.dirname, `../src/kernel/privacy/words.${language}.json`), 'utf8')
  const words = JSON.parse(text) as Words
  const names = tables.map(({ table }) => table)
  expect(names.length).toBeGreaterThan(50)
  expect(tables.filter(({ room }) => !words.room[room]).map(({ room }) => room)).toEqual([])
  const said = Object.entries(words.table).flatMap(([room, own]) => Object.keys(own).map(table => `${room}.${table}`))
  expect(said.toSorted()).toEqual(names.toSorted())
})
