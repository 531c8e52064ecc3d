import { z } from 'zod'
import { job } from '#kernel/jobs/index.ts'
import { post } from '#kernel/ledger/index.ts'
import { silentLog } from '#kernel/log.ts'
import { openHouse } from '#product/house.ts'
import { rooms } from '#product/rooms.ts'

/**
 * A worker process, to be killed between an effect and its acknowledgement: it posts value, records an event that a webhook
 * tells, and counts naively, says the name of the effect, and then either ends the job or (`hang`) waits to be killed.
 */
const [connection, folder, mode] = process.argv.slice(2) as [string, string, 'hang' | 'finish']
const effect = job({
  name: 'torture.effect',
  input: z.object({ name: z.string(), partyId: z.uuid() }),
  visible: true,
  async run(house, { name, partyId }) {
    const occurredAt = new Date('2026-03-01T09:00:00Z')
    const now = house.clock.now()
    await house.events.ensureMonths([now])
    await house.database.transaction(async transaction => {
      const act = { act: 'issue', amount: 1, from: 'issuance:shop', issuer: 'shop' } as const
      const instruction = { key: name, partyId, asset: 'torture', occurredAt: occurredAt.getTime(), ...act }
      await post(house, transaction, [{ instructions: [instruction], author: { actor: 'torture' } }])
      const source = { sourceId: '01900000-0000-7000-8000-0000000000bb', kind: 'system' } as const
      const payload = { amountMinor: 100, currency: 'CNY', lines: [] }
      await house.events.record(transaction, source, [
        { kind: 'purchase.recorded', partyId, occurredAt: now, payload, keys: [['torture', name]] },
      ])
    })
    await house.database.query('insert into public.naive_effect values ($1)', [name])
    process.stdout.write(`${name}\n`)
    if (mode === 'hang') await new Promise(() => {})
    return undefined
  },
})
const house = await openHouse({
  name: 'business',
  connection: JSON.parse(connection),
  rooms: [...rooms, { name: 'kernel/torture', jobs: [effect] }],
  folder,
  log: silentLog,
  connections: 4,
  isMigrated: true,
})
await house.work()
process.stdout.write('works\n')
