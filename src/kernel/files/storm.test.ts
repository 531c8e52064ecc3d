import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { askFor, createImport, importFile, readImport } from './index.ts'

let stormy: TestHouse
let calm: TestHouse
let folder: string
let path: string

beforeAll(async () => {
  stormy = await openTestHouse()
  calm = await openTestHouse()
  folder = await mkdtemp(join(tmpdir(), 'guanxi-storm-'))
  path = join(folder, 'orders.csv')
  const lines = ['order id,sku,quantity,order date,unit price,customer id']
  for (let order = 0; order < 12_000; order++) {
    const day = `2024-${String(1 + (order % 12)).padStart(2, '0')}-${String(1 + (order % 28)).padStart(2, '0')}`
    for (let line = 0; line < 3; line++) {
      const refund = order % 50 === 49 ? -1 : 1
      lines.push(`${order},S${(order + line) % 90},${refund * (1 + line)},${day},${1 + (order % 7)}.25,K${order % 900}`)
    }
  }
  await writeFile(path, lines.join('\n'))
})

afterAll(async () => {
  await stormy.close()
  await calm.close()
  await rm(folder, { recursive: true, force: true })
})

/** What the business sees, without the ids, which differ between two houses. */
async function seen(house: TestHouse) {
  return house.database.query(
    `select (select value from parties.identifier i where i.party_id = e.party_id) as customer, kind, occurred_at, payload
     from events.event e order by 1, 2, 3, payload->>'orderRef', payload->>'refundRef'`,
  )
}

async function work(importId: string): Promise<{ killed: boolean }> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=source',
      fileURLToPath(new URL('./storm.testing.ts', import.meta.url)),
      JSON.stringify(stormy.connection),
      stormy.folder,
      importId,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const gone = once(child, 'exit')
  // Deterministic but uneven moments: during start, reading, grouping, customers and orders. Each comes later by a fifth,
  // because a slow machine must get to the end too.
  const patience = (250 + ((kills * 137) % 900)) * 1.2 ** kills
  await Promise.race([gone, pause(patience)])
  if (child.exitCode === null) {
    kills++
    child.kill('SIGKILL')
    await gone
    return { killed: true }
  }
  expect(child.exitCode).toBe(0)
  return { killed: false }
}

let kills = 0

test('an import whose process is killed again and again ends as if nothing had happened', async () => {
  const { importId } = await createImport(stormy, { path, name: 'orders.csv' })
  const takenAt: number[] = []
  for (const request of ['check', 'run'] as const) {
    await askFor(stormy, importId, request, 'caller')
    for (let tries = 0; tries < 60; tries++) {
      await work(importId)
      const [row] = await stormy.database.query<{ taken_orders: number; state: string }>(
        'select taken_orders, state from files.import where import_id = $1',
        [importId],
      )
      takenAt.push(row!.taken_orders)
      if (row!.state === 'checked' || row!.state === 'done') break
    }
  }
  expect((await readImport(stormy, importId)).state).toBe('done')
  expect(kills).toBeGreaterThan(2)
  await importFile(calm, path)
  const expected = await seen(calm)
  expect(expected).toHaveLength(12_000)
  expect(await seen(stormy)).toEqual(expected)
})

test('rows that a crash of the database server emptied are read again, and nothing is doubled', async () => {
  const again = join(folder, 'more.csv')
  await writeFile(
    again,
    'order id,sku,quantity,order date,unit price,customer id\nA,S1,1,2025-01-01,2.00,K1\nB,S1,1,2025-01-02,2.00,K2\n',
  )
  const { importId, number } = await createImport(stormy, { path: again, name: 'more.csv' })
  await askFor(stormy, importId, 'check', 'caller')
  await stormy.perform('files.check', { importId })
  for (const table of ['line', 'customer', 'product', 'order']) {
    await stormy.database.query(`truncate files.staged_${table}_${number}`)
  }
  await askFor(stormy, importId, 'run', 'caller')
  await stormy.perform('files.run', { importId })
  expect(await stormy.database.query(`select 1 from events.event where source_id = $1`, [importId])).toHaveLength(2)
  // The same job delivered twice, as a queue may do.
  await stormy.perform('files.run', { importId })
  expect(await stormy.database.query(`select 1 from events.event where source_id = $1`, [importId])).toHaveLength(2)
})
