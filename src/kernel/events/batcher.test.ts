import { expect, test } from 'vitest'
import { batcher } from './batcher.ts'

test('requests that arrive together share a commit, up to the largest batch', async () => {
  const sizes: number[] = []
  const submit = batcher<number, number>({
    largest: 10,
    lanes: 1,
    async commit(items) {
      sizes.push(items.length)
      return items.map(item => item * 2)
    },
  })
  const answers = await Promise.all(Array.from({ length: 9 }, (_, index) => submit([index, index, index])))
  expect(answers[8]).toEqual([16, 16, 16])
  expect(sizes).toEqual([9, 9, 9])
})

test('one bad request does not spoil its neighbours', async () => {
  const submit = batcher<string, string>({
    largest: 100,
    lanes: 1,
    async commit(items) {
      if (items.includes('bad')) throw new Error('bad item')
      return items
    },
  })
  const results = await Promise.allSettled([submit(['a']), submit(['bad']), submit(['b', 'c'])])
  expect(results.map(result => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('a batch larger than the largest goes alone', async () => {
  const submit = batcher<number, number>({ largest: 2, lanes: 2, commit: async items => items })
  expect(await submit([1, 2, 3, 4])).toEqual([1, 2, 3, 4])
  expect(await submit([])).toEqual([])
})
