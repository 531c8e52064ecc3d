import { describe, expect, test } from 'vitest'
import { isHeldOut, requireDiscretionary } from './control-group.ts'

describe('the held-out', () => {
  test.each([
    ['01900000-0000-7000-8000-000000000000', 'warnings', 1, true],
    ['01900000-0000-7000-8000-000000000000', 'warnings', 0, false],
    // Pinned for ever: if one of these changed, customers would swap sides and every effect measured so far be void.
    ['01900000-0000-7000-8000-000000000001', 'warnings', 0.1, true],
    ['01900000-0000-7000-8000-000000000002', 'warnings', 0.1, false],
  ])('%s with %s at %f', (partyId, salt, share, expected) => expect(isHeldOut(partyId, salt, share)).toBe(expected))

  test('are about the share asked for, and a greater share keeps the smaller', () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => `customer ${index}`)
    const tenth = ids.filter(id => isHeldOut(id, 'warnings', 0.1))
    expect(Math.abs(tenth.length - 2000)).toBeLessThan(150)
    expect(tenth.every(id => isHeldOut(id, 'warnings', 0.2))).toBe(true)
    expect(tenth.every(id => isHeldOut(id, 'another programme', 0.1))).toBe(false)
  })
})

test('two acts leave out different people', () => {
  const ids = Array.from({ length: 20_000 }, (_, n) => `customer ${n}`)
  const one = ids.filter(id => isHeldOut(id, 'points/one', 0.1))
  const both = one.filter(id => isHeldOut(id, 'points/two', 0.1))
  expect(both.length / one.length).toBeCloseTo(0.1, 1)
})

test('what is owed cannot be held out', () => {
  const act = { programme: 'points', treatment: 'earning' }
  expect(() => requireDiscretionary({ ...act, discretionary: false })).toThrow('effect:refusal.owed')
  expect(() => requireDiscretionary({ ...act, discretionary: true })).not.toThrow()
})
