import { appendOnly, distributed, local, reference } from '#kernel/database/index.ts'
import type { Room } from '#kernel/room.ts'
import { dueJob, verifyChangedJob, verifyJob } from './due.ts'
import { forgetReasons } from './forget.ts'
import { ledgerRoutes } from './routes.ts'

export const ledgerRoom: Room = {
  name: 'kernel/ledger',
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'ledger.asset': reference,
    'ledger.holding': distributed('party_id'),
    'ledger.transaction': appendOnly(distributed('party_id'), { update: ['reason'] }),
    'ledger.lot': distributed('party_id'),
    'ledger.posting': appendOnly(distributed('party_id'), { update: ['xid'] }),
    'ledger.hold': distributed('party_id'),
    'ledger.source': distributed('party_id'),
    'ledger.key': appendOnly(distributed('key')),
    'ledger.joined': reference,
    'ledger.adjustment': distributed('party_id'),
    'ledger.verification': local,
    'ledger.house_balance': local,
    'ledger.house_mark': local,
  },
  routes: ledgerRoutes,
  forget: forgetReasons,
  jobs: [dueJob, verifyJob, verifyChangedJob],
  schedules: [
    { job: 'ledger.due', cron: '* * * * *' },
    { job: 'ledger.verify-changed', cron: '*/5 * * * *' },
    { job: 'ledger.verify', cron: '30 19 * * *' },
  ],
}
