import type { z } from 'zod'
import type { Queryable, TableMap, Transaction } from './database/index.ts'
import type { EventSource, NewEvent, RecordedEvent } from './events/index.ts'
import type { House } from './house.ts'
import type { JobDefinition, Schedule } from './jobs/index.ts'
import type { Route } from './operation.ts'

/**
 * What every room hands to the composition: its tables, its events, its routes, its jobs. `product/rooms.ts` lists the
 * rooms; nothing else in the house knows them all.
 */
export interface Room {
  /** `kernel/parties`, `insight/rhythm`, `social/warnings`: the folder under `src`. */
  readonly name: string
  /** Folder of numbered SQL files, applied in order, once. One statement per line block, see `database/migrate.ts`. */
  readonly migrations?: URL
  /** Where each table of the room's own Postgres schema would live on a cluster (data rule 6). */
  readonly tables?: TableMap
  /** Events this room may emit, with the schema of their payload. */
  readonly vocabulary?: Readonly<Record<string, z.ZodType>>
  /**
   * Kinds of events the room wants to see; `hear` is called inside the transaction that records them. Only who hands events on
   * without understanding them listens to everything.
   */
  readonly listens?: readonly string[] | 'everything'
  /**
   * Takes in a batch of events (only kinds in `listens`, oldest first, parties in sorted order) and returns the events
   * that follow from them; those are recorded in the same transaction and passed on in turn. `cause` is the source of what began
   * the chain: an import, although the points earned by it are recorded by the house.
   */
  hear?(
    house: House,
    transaction: Transaction,
    events: readonly RecordedEvent[],
    cause: EventSource,
  ): Promise<readonly NewEvent[]>
  /** Work of its own that waits for no calendar, begun and ended with the queue's worker. Answers how to stop it. */
  work?(house: House): { stop(): Promise<void> }
  /** Forgets what it derived from these parties' events and derives it again from the log (after a withdrawal). */
  refold?(house: House, transaction: Transaction, partyIds: readonly string[]): Promise<void>
  /**
   * Deletes what the room keeps about somebody that is personal: names, contacts, texts, secrets, copies of what was sent. What
   * only counts (postings, sums, events without properties) stays under the id, so that no total changes. Called once for
   * each profile of the person, in the transaction that erases them.
   */
  forget?(house: House, transaction: Transaction, partyId: string): Promise<void>
  /** In a few words how somebody stands with the room, for whoever looks at two profiles side by side. */
  standing?(house: House, queryable: Queryable, partyId: string): Promise<readonly Standing[]>
  /** What must hold between the rows of the room and those of the ledger; `guanxi ledger verify` asks it of all of them. */
  readonly claims?: readonly RoomClaim[]
  readonly routes?: readonly Route[]
  readonly jobs?: readonly JobDefinition[]
  readonly schedules?: readonly Schedule[]
  /** Jobs that take no input, asked for when the log changed much at once: after an import, and after its undo. */
  readonly afterBulkChange?: readonly string[]
  /** Jobs that take no input, asked for when what is known of the whole base was learned anew. */
  readonly afterLearning?: readonly string[]
}

/** A translation key with what stands in its sentence. */
export interface Standing {
  readonly key: string
  readonly words: Readonly<Record<string, string | number>>
}

/** Something that must always hold, and a statement that finds where it does not: no row, no fault. */
export interface RoomClaim {
  /** `<room>.<claim>`; its sentence for people stands in the room's words under `claim.<claim>`. */
  readonly id: string
  /** For the operator, in English. */
  readonly claim: string
  readonly sql: string
}

export type Level = 'financial' | 'social' | 'structural'

/** A programme acts on customers: a room of one of the three levels, with siblings it may call and settings of its own. */
export interface Programme extends Room {
  readonly level: Level
  /** Names of sibling programmes whose front door it uses; the boundary gate allows no others. */
  readonly needs: readonly string[]
  /** Discretionary programmes hold out a control group; what is owed never is (see MISSION row I10). */
  readonly discretionary: boolean
  readonly config?: z.ZodType
}
