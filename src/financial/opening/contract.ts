import { z } from 'zod'
import { operation } from '#kernel/operation.ts'

const instant = z.iso.datetime()
const count = z.int().min(0)
const importId = z.uuid()
const params = z.object({ importId })

/** What a column of the file can mean. */
export const openingFields = [
  'customer_id',
  'phone',
  'card',
  'email',
  'asset',
  'amount',
  'earnedOn',
  'expiresOn',
  'reference',
] as const
export type OpeningField = (typeof openingFields)[number]

export const openingStates = [
  'mapped',
  'checking',
  'checked',
  'running',
  'done',
  'undoing',
  'undone',
  'failed',
] as const

/** Why a row cannot be taken over. */
export const rowProblems = [
  'no-identifier',
  'unknown-member',
  'not-an-amount',
  'not-a-date',
  'earned-in-future',
  'expires-before-earned',
  'unknown-asset',
  'refused',
] as const

const totals = z.object({
  rows: count,
  members: count,
  unknownRows: count,
  problems: count,
  /** Rows whose value had expired already: told, and not taken over. */
  expired: count,
  assets: z.array(z.object({ asset: z.string(), lots: count, amount: count, expiredAmount: count })),
})
export type OpeningTotals = z.infer<typeof totals>

export const opening = z.object({
  importId,
  name: z.string(),
  state: z.enum(openingStates),
  columns: z.array(
    z.object({ column: count, name: z.string(), field: z.enum(openingFields).nullable(), sample: z.string() }),
  ),
  /** What is counted where no column names it. */
  asset: z.string(),
  dateOrder: z.enum(['ymd', 'dmy', 'mdy']).nullable(),
  encoding: z.enum(['utf-8', 'utf-16le', 'gb18030']).nullable(),
  /** What must be said before it can be checked. */
  questions: z.array(z.enum(['identifier', 'amount', 'date-order', 'encoding'])),
  totals: totals.nullable(),
  posted: count,
  takenBack: count,
  /** Lots of which something was used already: they stay. */
  kept: count,
  done: count,
  failure: z.string().nullable(),
  createdAt: instant,
})
export type Opening = z.infer<typeof opening>

export const listOpenings = operation({
  id: 'listOpenings',
  method: 'GET',
  path: '/api/opening-balances',
  summary: 'Balances taken over from older systems',
  permission: 'imports.run',
  reply: z.object({ items: z.array(opening) }),
})

export const readOpening = operation({
  id: 'readOpening',
  method: 'GET',
  path: '/api/opening-balances/{importId}',
  summary: 'One import of balances: what its columns mean, what it would do, and what it did',
  permission: 'imports.run',
  params,
  reply: opening,
  refusals: ['opening:refusal.unknown'],
})

export const uploadOpening = operation({
  id: 'uploadOpening',
  method: 'POST',
  path: '/api/opening-balances',
  summary: 'Takes a CSV or XLSX file with balances and says what its columns seem to mean',
  permission: 'imports.run',
  upload: true,
  body: z.object({}),
  reply: opening,
  status: 201,
  refusals: ['files:refusal.empty-file', 'files:refusal.no-header', 'files:refusal.unknown-format'],
})

export const mapOpening = operation({
  id: 'mapOpening',
  method: 'PUT',
  path: '/api/opening-balances/{importId}/mapping',
  summary: 'Says what the columns mean',
  permission: 'imports.run',
  params,
  body: z.object({
    columns: z.array(z.object({ column: count, field: z.enum(openingFields).nullable() })),
    asset: z.string().min(1).max(80),
    dateOrder: z.enum(['ymd', 'dmy', 'mdy']).nullable(),
    encoding: z.enum(['utf-8', 'utf-16le', 'gb18030']).nullable(),
  }),
  reply: opening,
  refusals: ['opening:refusal.unknown', 'opening:refusal.busy'],
})

export const checkOpening = operation({
  id: 'checkOpening',
  method: 'POST',
  path: '/api/opening-balances/{importId}/check',
  summary: 'A dry run: who was found, what would be taken over, what has expired already',
  permission: 'imports.run',
  params,
  reply: opening,
  status: 202,
  refusals: ['opening:refusal.unknown', 'opening:refusal.busy', 'opening:refusal.open-questions'],
})

export const runOpening = operation({
  id: 'runOpening',
  method: 'POST',
  path: '/api/opening-balances/{importId}/run',
  summary: 'Takes the balances over; each row once, however often it is asked',
  permission: 'imports.run',
  params,
  reply: opening,
  status: 202,
  refusals: ['opening:refusal.unknown', 'opening:refusal.busy', 'opening:refusal.not-checked'],
})

export const undoOpening = operation({
  id: 'undoOpening',
  method: 'POST',
  path: '/api/opening-balances/{importId}/undo',
  summary: 'Takes back every lot of which nothing was used yet; the others are counted and stay',
  permission: 'imports.run',
  params,
  reply: opening,
  status: 202,
  refusals: ['opening:refusal.unknown', 'opening:refusal.busy', 'opening:refusal.not-run'],
})

export const openingProblems = operation({
  id: 'openingProblems',
  method: 'GET',
  path: '/api/opening-balances/{importId}/problems.csv',
  summary: 'The rows that could not be taken over, as they stood in the file, each with its reason',
  permission: 'imports.run',
  params,
  reply: z.string(),
  format: 'csv',
  refusals: ['opening:refusal.unknown'],
})
