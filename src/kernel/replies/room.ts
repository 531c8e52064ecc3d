import { z } from 'zod'
import { local } from '#kernel/database/index.ts'
import { job } from '#kernel/jobs/index.ts'
import type { Room } from '#kernel/room.ts'
import { forgetReplies } from './forget.ts'

const keptDays = 30

/** What is done once is known for ever by its effect; only its answer is forgotten. */
const forgetJob = job({
  name: 'replies.forget',
  input: z.object({}),
  visible: false,
  async run(house) {
    const before = new Date(house.clock.now().getTime() - keptDays * 86_400_000)
    const rows = await house.database.query('delete from replies.reply where began_at < $1 returning 1', [before])
    return { forgotten: rows.length }
  },
})

export const repliesRoom: Room = {
  name: 'kernel/replies',
  migrations: new URL('./migrations/', import.meta.url),
  tables: { 'replies.reply': local },
  forget: forgetReplies,
  jobs: [forgetJob],
  schedules: [{ job: 'replies.forget', cron: '23 3 * * *' }],
}
