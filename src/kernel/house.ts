import type { Clock } from './clock/index.ts'
import type { Database, Queryable, TableMap, Transaction } from './database/index.ts'
import type { EventLog } from './events/index.ts'
import type { Jobs } from './jobs/index.ts'
import type { Live } from './live.ts'
import type { Log } from './log.ts'
import type { Route } from './operation.ts'
import type { RoomClaim, Standing } from './room.ts'
import type { Settings } from './settings/index.ts'

/**
 * One running world of customers: its database and what every room may lean on. The real business is one house, the
 * demo world another on a database of its own, so that the two can never mix.
 */
export interface House {
  readonly name: 'business' | 'demo'
  readonly database: Database
  readonly clock: Clock
  /** Time-ordered ids (uuid v7) made by the application, never by the database. */
  readonly newId: () => string
  readonly events: EventLog
  readonly jobs: Jobs
  readonly settings: Settings
  /** All that the rooms of this house can be asked. */
  readonly routes: readonly Route[]
  /** What must hold between the rooms' rows and the ledger's (`Room.claims`). */
  readonly claims: readonly RoomClaim[]
  /** All tables of the rooms of this house, with their place on a cluster. */
  readonly tables: TableMap
  /** Lets every room delete what it keeps about these profiles of one person (`Room.forget`), whoever they are last of all. */
  forget(transaction: Transaction, profileIds: readonly string[]): Promise<void>
  /** How somebody stands with every room that has something to say (`Room.standing`). */
  standings(queryable: Queryable, partyId: string): Promise<readonly Standing[]>
  /** Asks, with the transaction, for what the rooms do after the log changed much at once (`Room.afterBulkChange`). */
  afterBulkChange(transaction: Transaction): Promise<void>
  /** Asks for what the rooms do after a model of the base was learned anew (`Room.afterLearning`). */
  afterLearning(transaction: Transaction): Promise<void>
  /** Tells open screens what changed, by topic; sent when the transaction commits. */
  readonly live: Live
  readonly log: Log
  /** Where uploaded files and other things that are not rows live. */
  readonly folder: string
  /** Folders outside its own in which files may be watched, as the operator allows; nobody can on a screen. */
  readonly importRoots: readonly string[]
}
