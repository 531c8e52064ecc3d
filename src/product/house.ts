import { type Clock, systemClock } from '#kernel/clock/index.ts'
import { type Connection, type MigrationSource, migrate, openDatabase, workingRole } from '#kernel/database/index.ts'
import { eventLogOn } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { idMaker } from '#kernel/id.ts'
import { jobsOn, prepareQueue, startWorker } from '#kernel/jobs/index.ts'
import { liveOn } from '#kernel/live.ts'
import type { Log } from '#kernel/log.ts'
import { refuseUnfinishedRestore } from '#kernel/recovery/index.ts'
import type { Room } from '#kernel/room.ts'
import { type BusinessSettings, settingsOn } from '#kernel/settings/index.ts'

export interface OpenHouse extends House {
  /** Starts the queue's worker and the calendar; without it, jobs wait for another process. */
  work(): Promise<void>
  close(): Promise<void>
}

/** What a business is taken to be until it says otherwise. */
export const businessAtFirst: BusinessSettings = { name: '', currency: 'CNY', zone: 'Asia/Shanghai', language: 'zh-CN' }

/** The migrations of these rooms, in the order in which they are applied. */
export const migrationSources = (rooms: readonly Room[]): MigrationSource[] =>
  rooms.flatMap(room =>
    room.migrations ? [{ room: room.name, folder: room.migrations, ...(room.tables && { tables: room.tables }) }] : [],
  )

/** Brings a database up to date and opens a house on it: the one place where rooms, log, jobs and settings are tied. */
export async function openHouse(options: {
  readonly name: House['name']
  readonly connection: Connection
  readonly rooms: readonly Room[]
  readonly folder: string
  readonly log: Log
  readonly clock?: Clock
  readonly connections?: number
  readonly importRoots?: readonly string[]
  /** For tests: whoever asks for a second connection inside a transaction is refused. */
  readonly refusesNesting?: boolean
  readonly atFirst?: Partial<BusinessSettings>
  /** A database made from a template that was brought up to date already. */
  readonly isMigrated?: boolean
  /** Fills the random part of ids; the machine's own source of chance unless a world must come out the same every time. */
  readonly chance?: (bytes: Uint8Array) => Uint8Array
}): Promise<OpenHouse> {
  const { name, rooms, folder, log } = options
  const clock = options.clock ?? systemClock
  const database = openDatabase(options.connection, {
    connections: options.connections ?? 10,
    role: await workingRole(options.connection),
    ...(options.refusesNesting && { refusesNesting: true }),
  })
  try {
    if (!options.isMigrated) {
      await refuseUnfinishedRestore(database)
      await migrate(database, migrationSources(rooms))
      await prepareQueue(database)
    }
  } catch (error) {
    await database.close()
    throw error
  }
  const newId = idMaker(clock, options.chance)
  const definitions = new Map(rooms.flatMap(room => room.jobs ?? []).map(job => [job.name, job]))
  const live = liveOn(database)
  let worker: { stop(): Promise<void> } | undefined
  let works: readonly { stop(): Promise<void> }[] = []
  const house: OpenHouse = {
    name,
    database,
    clock,
    newId,
    live,
    log,
    folder,
    importRoots: options.importRoots ?? [],
    routes: rooms.flatMap(room => room.routes ?? []),
    claims: rooms.flatMap(room => room.claims ?? []),
    tables: Object.assign({}, ...rooms.map(room => room.tables)),
    async forget(transaction, profileIds) {
      // Backwards: the programmes still find somebody by their names, which the parties' room forgets.
      for (const room of rooms.toReversed()) {
        for (const partyId of profileIds) await room.forget?.(house, transaction, partyId)
      }
    },
    async standings(queryable, partyId) {
      const said = []
      for (const room of rooms) said.push(...((await room.standing?.(house, queryable, partyId)) ?? []))
      return said
    },
    settings: settingsOn(database, clock, { ...businessAtFirst, ...options.atFirst }),
    events: eventLogOn({ database, clock, newId, rooms, house: () => house }),
    jobs: jobsOn(() => house, definitions),
    async afterBulkChange(transaction) {
      for (const name of rooms.flatMap(room => room.afterBulkChange ?? [])) {
        await house.jobs.enqueue(transaction, name, {}, { key: name })
      }
    },
    async afterLearning(transaction) {
      for (const name of rooms.flatMap(room => room.afterLearning ?? [])) {
        await house.jobs.enqueue(transaction, name, {}, { key: name })
      }
    },
    async work() {
      worker ??= await startWorker(
        house,
        definitions,
        rooms.flatMap(room => room.schedules ?? []),
      )
      if (works.length === 0) works = rooms.flatMap(room => (room.work ? [room.work(house)] : []))
    },
    async close() {
      await Promise.all([worker, ...works].map(each => each?.stop()))
      await live.close()
      await database.close()
    },
  }
  await house.events.ensureMonths(monthsAhead(clock.now()))
  return house
}

/** Events of the house itself fall on now; the next months are made ahead, so that no midnight has to wait for a table. */
function monthsAhead(now: Date): Date[] {
  return [-1, 0, 1, 2].map(months => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 15)))
}
