import { expect, it } from 'vitest'
import { nameOfThing } from './naming.ts'
import { partOf } from './reading.ts'

const cases: [string, Record<string, string>, unknown, string | undefined][] = [
  ['the file of an import', { importId: 'a' }, { importId: 'a', name: 'orders.csv' }, 'orders.csv'],
  ['a line of a list', { staffId: 's' }, { id: 's', name: 'Lin' }, 'Lin'],
  ['something new, which says its id', {}, { rewardId: 'r', name: 'Tea cup' }, 'Tea cup'],
  ['something else than what was asked for', { importId: 'a' }, { importId: 'b', name: 'other.csv' }, undefined],
  ['settings, which are no thing', {}, { name: 'Tea house', zone: 'Asia/Shanghai' }, undefined],
  ['a customer, kept with them alone', { requestId: 'q' }, { requestId: 'q', partyId: 'p', name: 'Wang' }, undefined],
  ['nothing', { importId: 'a' }, undefined, undefined],
]

it.each(cases)('the name of %s', (_, subject, told, name) => {
  expect(nameOfThing(subject, told)).toBe(name)
})

const page = { hour: 1, items: [{ id: 'a', isActive: true, stock: 3 }], schedule: { hour: 3 } }
const parts: [string, string, string[], unknown][] = [
  ['the whole of its own address', '', [], page],
  ['a field by its name', '/schedule', ['hour'], { hour: 3 }],
  ['a line by its id', '/{id}', [], page.items[0]],
  ['of a line, what the act can change', '/{id}/active', ['isActive'], { isActive: true }],
  ['what the act can change, where nothing is called so', '/settings', ['hour'], { hour: 1 }],
  ['nothing, where the page does not say it', '/care', ['ownerId'], undefined],
]

it.each(parts)('asks for %s', (_, rest, fields, part) => {
  expect(partOf(page, rest, { id: 'a' }, fields)).toEqual(part)
})
