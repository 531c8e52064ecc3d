import { z } from 'zod'
import { addDays, localDay } from '#kernel/clock/index.ts'
import type { Transaction } from '#kernel/database/index.ts'
import type { RecordedEvent } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import { openTasks } from '#kernel/tasks/index.ts'
import { today } from './bonds.ts'

const atOnce = 1000

/** Turns contacts that are due into tasks of whoever answers for the customer; reads only what is due. */
export const openDueContacts = job({
  name: 'bonds.open-due-contacts',
  input: z.object({}),
  visible: false,
  async run(house) {
    const on = await today(house, house.database)
    let opened = 0
    for (;;) {
      const count = await house.database.transaction(async transaction => {
        const due = await transaction.query<{
          partyId: string
          ownerId: string | null
          everyDays: number
          dueOn: string
        }>(
          `select party_id as "partyId", owner_id as "ownerId", every_days as "everyDays", due_on as "dueOn"
           from bonds.care where due_on <= $1 and task_id is null order by due_on, party_id limit $2`,
          [on, atOnce],
        )
        const taskIds = await openTasks(
          transaction,
          house,
          due.map(each => ({
            partyId: each.partyId,
            programme: 'bonds',
            wordsKey: 'bonds:task.contact',
            words: { count: each.everyDays },
            suggestionKey: 'bonds:task.suggestion',
            ownerId: each.ownerId,
            dueOn: each.dueOn,
          })),
        )
        await transaction.query(
          `update bonds.care c set task_id = t.task_id from unnest($1::uuid[], $2::uuid[]) as t (party_id, task_id)
           where c.party_id = t.party_id`,
          [due.map(each => each.partyId), taskIds],
        )
        return due.length
      })
      opened += count
      if (count < atOnce) return { customers: opened }
    }
  },
})

/** Somebody was spoken to: the days are counted from then on. Taking that back makes the task stand again. */
export async function noteSpokenTo(
  house: House,
  transaction: Transaction,
  events: readonly RecordedEvent[],
): Promise<void> {
  if (events.length === 0) return
  const { zone } = await house.settings.business(transaction)
  for (const event of events) {
    const { programme, taskId } = event.payload as { programme: string; taskId: string }
    if (programme !== 'bonds') continue
    if (event.kind === 'task.reopened') {
      await transaction.query('update bonds.care set task_id = $2 where party_id = $1 and every_days is not null', [
        event.partyId,
        taskId,
      ])
      continue
    }
    const [care] = await transaction.query<{ everyDays: number }>(
      'select every_days as "everyDays" from bonds.care where party_id = $1 and task_id = $2 and every_days is not null',
      [event.partyId, taskId],
    )
    if (!care) continue
    await transaction.query('update bonds.care set task_id = null, due_on = $2 where party_id = $1', [
      event.partyId,
      addDays(localDay(event.occurredAt, zone), care.everyDays),
    ])
  }
}
