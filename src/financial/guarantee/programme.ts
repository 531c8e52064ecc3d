import { z } from 'zod'
import { distributed, reference } from '#kernel/database/index.ts'
import type { Programme } from '#kernel/room.ts'
import { lateEvidences } from './contract.ts'
import { forgetPayments } from './forget.ts'
import { dueJob, hear, heardKinds, refold } from './hear.ts'
import { guaranteeRoutes } from './routes.ts'
import { guaranteeSettings } from './terms.ts'
import { promiseClaims } from './verify.ts'

const theCase = { promiseId: z.uuid(), caseId: z.guid() }
const named = z.object({ ...theCase, reference: z.string().max(200) })
const moved = z.object({ ...theCase, asset: z.string().nullable(), amount: z.int() })

/** The service guarantee: what is promised, whether it was kept, and what is paid at once where it was not. */
export const guaranteeProgramme: Programme = {
  name: 'financial/guarantee',
  level: 'financial',
  needs: ['tiers'],
  // What is owed for a broken promise is never held out.
  discretionary: false,
  config: guaranteeSettings,
  migrations: new URL('./migrations/', import.meta.url),
  tables: {
    'guarantee.edition': reference,
    'guarantee.customer': distributed('party_id'),
    'guarantee.promise_case': distributed('party_id'),
    'guarantee.claim': distributed('party_id'),
    'guarantee.compensation': distributed('party_id'),
  },
  vocabulary: {
    'promise.kept': named,
    'promise.breached': named,
    'promise.claimed': named.extend({ by: z.enum(['customer', 'staff']) }),
    'promise.declined': named,
    'promise.compensated': moved.extend({ kind: z.string(), by: z.string() }),
    'promise.retracted': moved,
    'promise.late-evidence': named.extend({ found: z.enum(lateEvidences) }),
    /** A parcel reached its customer, as far as a promise of delivery tells. */
    'delivery.arrived': z.object({ orderRef: z.string().max(200), late: z.boolean() }),
  },
  listens: heardKinds,
  hear,
  refold,
  claims: promiseClaims,
  routes: guaranteeRoutes,
  forget: forgetPayments,
  jobs: [dueJob],
  schedules: [{ job: 'guarantee.due', cron: '* * * * *' }],
}
