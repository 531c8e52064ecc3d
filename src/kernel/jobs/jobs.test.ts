import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { systemClock } from '#kernel/clock/index.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Room } from '#kernel/room.ts'
import { rooms } from '#product/rooms.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { job } from './index.ts'

let house: TestHouse | undefined
const performed: string[] = []

const room: Room = {
  name: 'kernel/example',
  jobs: [
    job({
      name: 'example.count',
      input: z.object({ to: z.int() }),
      visible: true,
      async run(house, { to }, progress) {
        performed.push(`counted to ${to}`)
        // Told inside a transaction, which must not wait for a connection that shows it.
        await house.database.transaction(async () => {
          for (let done = 0; done <= to; done++) await progress.report({ done, total: to, unit: 'steps' })
        })
        return { counted: to }
      },
    }),
    job({
      name: 'example.refuse',
      input: z.object({}),
      visible: true,
      async run() {
        performed.push('refused')
        throw refuse('conflict', 'example:refusal.never')
      },
    }),
    job({
      name: 'example.stumble',
      input: z.object({}),
      visible: true,
      async run() {
        performed.push('stumbled')
        if (performed.filter(each => each === 'stumbled').length < 2) throw new Error('the outside failed')
        return undefined
      },
    }),
  ],
}

afterEach(async () => {
  await house?.close()
  house = undefined
  performed.length = 0
})

async function working() {
  house = await openTestHouse({ rooms: [...rooms, room] })
  // The queue compares with the database's own clock, so the house's must not lie behind it.
  house.clock.set(systemClock.now())
  await house.work()
  return house
}

async function until(check: () => Promise<boolean>) {
  for (let tries = 0; tries < 100; tries++) {
    if (await check()) return
    await pause(100)
  }
  throw new Error('it did not happen within ten seconds')
}

test('a job runs once its transaction commits, and never when it rolls back', async () => {
  const house = await working()
  await house.database.transaction(tx => house.jobs.enqueue(tx, 'example.count', { to: 3 }))
  await house.database
    .transaction(async tx => {
      await house.jobs.enqueue(tx, 'example.count', { to: 99 })
      throw new Error('the cause failed')
    })
    .catch(() => {})
  await until(async () => (await house.jobs.list(5))[0]?.state === 'done')
  const [run] = await house.jobs.list(5)
  expect(run).toMatchObject({ name: 'example.count', done: 3, total: 3, result: { counted: 3 } })
  expect(performed).toEqual(['counted to 3'])
})

test('a job that waits under a key is not asked for twice', async () => {
  house = await openTestHouse({ rooms: [...rooms, room] })
  const ask = () =>
    house!.database.transaction(tx => house!.jobs.enqueue(tx, 'example.count', { to: 1 }, { key: 'one' }))
  const runIds = [await ask(), await ask(), await ask()]
  expect(new Set(runIds).size).toBe(1)
  expect(await house.performWaiting()).toEqual(['example.count'])
})

test('a refusal ends a job for good; a fault of the outside is tried again', async () => {
  const house = await working()
  await house.database.transaction(async tx => {
    await house.jobs.enqueue(tx, 'example.refuse', {})
    await house.jobs.enqueue(tx, 'example.stumble', {})
  })
  await until(async () => (await house.jobs.list(5)).every(run => run.state === 'done' || run.state === 'failed'))
  const runs = Object.fromEntries((await house.jobs.list(5)).map(run => [run.name, run]))
  expect(runs['example.refuse']).toMatchObject({ state: 'failed', failure: 'example:refusal.never' })
  expect(runs['example.stumble']).toMatchObject({ state: 'done' })
  expect(performed.filter(each => each === 'refused')).toHaveLength(1)
})
