import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Permission } from '#kernel/access/permissions.ts'
import { resolveParties } from '#kernel/parties/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { listTasks, openTask } from './index.ts'
import { act } from './store.ts'

let house: TestHouse
const clerk = {
  kind: 'staff',
  id: '01900000-0000-7000-8000-0000000000aa',
  name: 'Lin',
  permissions: new Set<Permission>(),
} as const

beforeAll(async () => {
  house = await openTestHouse()
})

afterAll(() => house.close())

async function newTask() {
  return house.database.transaction(async tx => {
    const { partyIds } = await resolveParties(tx, house, clerk.id, [{ identifiers: [], name: '王晓洁' }])
    const partyId = partyIds[0]!
    const taskId = await openTask(tx, house, {
      partyId,
      programme: 'warnings',
      wordsKey: 'warnings:why.late',
      words: { usual: 24 },
      suggestionKey: 'warnings:step.call',
      ownerId: null,
      dueOn: '2026-03-02',
    })
    return { partyId, taskId }
  })
}

test('closing a task says how it went and leaves an event; reopening takes it back', async () => {
  const { partyId, taskId } = await newTask()
  const closed = await act(house, clerk, partyId, taskId, {
    kind: 'close',
    outcome: 'reached',
    note: 'asks for spring tea',
  })
  expect(closed).toMatchObject({ state: 'done', outcome: 'reached' })
  const reopened = await act(house, clerk, partyId, taskId, { kind: 'reopen' })
  expect(reopened).toMatchObject({ state: 'open', outcome: null })
  const events = await house.events.history(house.database, [partyId])
  expect(events.map(event => event.kind)).toEqual(['task.closed', 'task.reopened'])
  expect(JSON.stringify(events)).not.toContain('spring tea')
})

test('a task that is done cannot be done again', async () => {
  const { partyId, taskId } = await newTask()
  await act(house, clerk, partyId, taskId, { kind: 'close', outcome: 'reached' })
  await expect(act(house, clerk, partyId, taskId, { kind: 'close', outcome: 'reached' })).rejects.toMatchObject({
    code: 'tasks:refusal.not-open',
  })
})

test('a task that is put off is seen again on its day', async () => {
  const { partyId, taskId } = await newTask()
  await act(house, clerk, partyId, taskId, { kind: 'postpone', until: '2026-03-05' })
  const seen = async (today: string) =>
    (await listTasks(house.database, { state: 'open', partyId, limit: 10 }, today)).items.map(task => task.taskId)
  expect(await seen('2026-03-04')).toEqual([])
  expect(await seen('2026-03-05')).toEqual([taskId])
  await expect(act(house, clerk, partyId, taskId, { kind: 'postpone', until: '2026-03-01' })).rejects.toMatchObject({
    code: 'tasks:refusal.until-past',
  })
})
