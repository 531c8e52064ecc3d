import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Clock, movableClock } from '#kernel/clock/index.ts'
import { type Connection, type Database, openDatabase } from '#kernel/database/index.ts'
import { performNow } from '#kernel/jobs/index.ts'
import { type Log, silentLog } from '#kernel/log.ts'
import type { Room } from '#kernel/room.ts'
import type { BusinessSettings } from '#kernel/settings/index.ts'
import { type OpenHouse, openHouse } from '#product/house.ts'
import { rooms as allRooms } from '#product/rooms.ts'
import { createTestDatabase } from './postgres.ts'

export interface TestHouse extends OpenHouse {
  readonly connection: Connection
  /** As whoever logs in, past what the house's own role is refused: for what no code of ours may do, such as to alter a posting. */
  readonly byHand: Database
  readonly clock: ReturnType<typeof movableClock>
  readonly rooms: readonly Room[]
  /** Runs one job now, in this process, and answers with its result. */
  perform(name: string, input?: object): Promise<unknown>
  /** Runs every job that waits and is due, oldest first, until none is left. */
  performWaiting(): Promise<string[]>
  /**
   * Waits until every transaction that runs now has ended, in other databases of the cluster too: tests share one, and what
   * folds house accounts or closes a month leaves to the next time whatever was written beside a transaction still open.
   */
  settled(): Promise<void>
}

/**
 * A house on a fresh database, with a clock that the test moves and no worker: jobs run when the test says so.
 *
 * Example: `const house = await openTestHouse({ start: '2026-03-01T09:00:00Z' })`, and `await house.close()` at the end.
 */
export async function openTestHouse(
  options: {
    readonly start?: string
    readonly rooms?: readonly Room[]
    readonly business?: Partial<BusinessSettings>
    readonly log?: Log
    readonly chance?: (bytes: Uint8Array) => Uint8Array
  } = {},
): Promise<TestHouse> {
  const database = await createTestDatabase()
  const clock = movableClock(options.start ?? '2026-03-01T09:00:00Z')
  const rooms = options.rooms ?? allRooms
  const house = await openTestHouseOn(database.connection, { ...options, clock, rooms, isMigrated: true })
  const definitions = rooms.flatMap(room => room.jobs ?? [])
  const perform = (name: string, input: object = {}) => performNow(house, definitions, name, input)
  const closeHouse = house.close
  const byHand = openDatabase(database.connection, { connections: 2 })
  return Object.assign(house, {
    connection: database.connection,
    byHand,
    clock,
    rooms,
    perform,
    async performWaiting() {
      const performed: string[] = []
      for (;;) {
        const [next] = await house.database.query<{
          id: string
          name: string
          payload: { runId?: string; input: object }
        }>(
          `delete from graphile_worker._private_jobs where id = (
             select j.id from graphile_worker._private_jobs j where j.run_at <= $1 order by j.run_at, j.id limit 1)
           returning id, payload, (select identifier from graphile_worker._private_tasks t where t.id = task_id) as name`,
          [clock.now()],
        )
        if (!next) return performed
        performed.push(next.name)
        await house.database.query(`update jobs.run set state = 'done' where run_id = $1`, [next.payload.runId])
        await perform(next.name, next.payload.input)
      }
    },
    async settled() {
      const [now] = await house.database.query<{ mark: string }>(
        'select pg_snapshot_xmax(pg_current_snapshot())::text as mark',
      )
      for (;;) {
        const [is] = await house.database.query<{ settled: boolean }>(
          'select pg_snapshot_xmin(pg_current_snapshot()) >= $1::xid8 as settled',
          [now!.mark],
        )
        if (is!.settled) return
        await pause(10)
      }
    },
    async close() {
      await closeHouse()
      await byHand.close()
      await rm(house.folder, { recursive: true, force: true })
      await database.drop()
    },
  })
}

export async function openTestHouseOn(
  connection: Connection,
  options: {
    readonly clock?: Clock
    readonly rooms?: readonly Room[]
    readonly business?: Partial<BusinessSettings>
    readonly log?: Log
    readonly chance?: (bytes: Uint8Array) => Uint8Array
    readonly isMigrated?: boolean
  } = {},
): Promise<OpenHouse> {
  return openHouse({
    name: 'business',
    connection,
    rooms: options.rooms ?? allRooms,
    folder: await mkdtemp(join(tmpdir(), 'guanxi-house-')),
    log: options.log ?? silentLog,
    connections: 4,
    refusesNesting: true,
    ...(options.clock && { clock: options.clock }),
    ...(options.business && { atFirst: options.business }),
    ...(options.isMigrated && { isMigrated: true }),
    ...(options.chance && { chance: options.chance }),
  })
}
