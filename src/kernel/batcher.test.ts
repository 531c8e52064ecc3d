import { expect, test } from 'vitest'
import { batcher } from './batcher.ts'
import { refuse } from './refusal.ts'

test('requests that arrive together share a commit, up to the largest batch', async () => {
  const sizes: number[] = []
  const submit = batcher<number, number>({
    largest: 10,
    lanes: 1,
    laneOf: () => 0,
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
    laneOf: () => 0,
    async commit(items) {
      if (items.includes('bad')) throw new Error('bad item')
      return items
    },
  })
  const results = await Promise.allSettled([submit(['a']), submit(['bad']), submit(['b', 'c'])])
  expect(results.map(result => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('a batch larger than the largest goes alone', async () => {
  const submit = batcher<number, number>({ largest: 2, lanes: 2, laneOf: item => item, commit: async items => items })
  expect(await submit([1, 2, 3, 4])).toEqual([1, 2, 3, 4])
  expect(await submit([])).toEqual([])
})

test('what concerns one customer always goes down the same lane, and answers come back in their order', async () => {
  const running = new Map<number, number>()
  const submit = batcher<{ customer: number; text: string }, string>({
    largest: 10,
    lanes: 3,
    laneOf: item => item.customer,
    async commit(items) {
      for (const { customer } of items) {
        expect(running.get(customer) ?? 0).toBe(0)
        running.set(customer, 1)
      }
      await new Promise(resolve => setTimeout(resolve, 1))
      for (const { customer } of items) running.set(customer, 0)
      return items.map(item => item.text)
    },
  })
  const requests = Array.from({ length: 30 }, (_, request) =>
    Array.from({ length: 7 }, (_, index) => ({ customer: request * 7 + index, text: `${request}-${index}` })),
  )
  const answers = await Promise.all(requests.map(submit))
  expect(answers).toEqual(requests.map(request => request.map(item => item.text)))
})

test('a lane that does not get on lets ten of its largest batches wait, and sends the next away at once', async () => {
  let goOn = () => {}
  const stuck = new Promise<void>(resolve => {
    goOn = resolve
  })
  const submit = batcher<number, number>({
    largest: 5,
    lanes: 1,
    laneOf: () => 0,
    async commit(items) {
      await stuck
      return items
    },
  })
  const first = submit([0])
  await new Promise(resolve => setImmediate(resolve))
  const waiting = Array.from({ length: 50 }, (_, index) => submit([index]))
  await expect(submit([50])).rejects.toMatchObject({ kind: 'unavailable', code: 'database:refusal.busy' })
  goOn()
  expect((await Promise.all([first, ...waiting])).flat()).toHaveLength(51)
  expect(await submit([51])).toEqual([51])
})

test('when the database is away, all of a batch are told so at once', async () => {
  let commits = 0
  const submit = batcher<number, number>({
    largest: 5,
    lanes: 1,
    laneOf: () => 0,
    async commit() {
      commits++
      throw refuse('unavailable', 'database:refusal.unreachable')
    },
  })
  const results = await Promise.allSettled([submit([1]), submit([2]), submit([3])])
  expect(results.map(result => result.status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(commits).toBe(1)
})
