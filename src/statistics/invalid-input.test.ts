import { expect, it } from 'vitest'
import { InvalidInput, refuseAll } from './invalid-input.ts'

it('tells every fault at once and is a RangeError', () => {
  const refusal = new InvalidInput(['one', 'two'])
  expect(refusal).toBeInstanceOf(RangeError)
  expect(refusal.messages).toEqual(['one', 'two'])
  expect(refusal.message).toBe('one; two')
})

it('says nothing when there is no fault', () => {
  expect(() => refuseAll([])).not.toThrow()
  expect(() => refuseAll(['one'])).toThrow(InvalidInput)
})
