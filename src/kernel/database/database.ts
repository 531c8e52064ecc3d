import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import Cursor from 'pg-cursor'
import { Refusal, refuse } from '../refusal.ts'
import { unwatched, watched } from './nesting.ts'

export type Connection = pg.PoolConfig
export type Row = Record<string, unknown>

/** Runs SQL: either one statement of its own, or within a transaction. */
export interface Queryable {
  query<R extends object = Row>(sql: string, parameters?: readonly unknown[]): Promise<R[]>
}

export interface Transaction extends Queryable {
  /**
   * Runs one constant statement under a name: parsed and planned once for each connection, where its text is long and its work
   * short.
   */
  prepared<R extends object = Row>(name: string, sql: string, parameters: readonly unknown[]): Promise<R[]>
  /** Streams lines in PostgreSQL's COPY text format into a table. */
  copy(target: string, chunks: AsyncIterable<string | Buffer> | Iterable<string | Buffer>): Promise<number>
  /** Reads a long answer in pieces, so that memory stays flat. */
  pages<R extends object = Row>(sql: string, parameters: readonly unknown[], size: number): AsyncIterable<R[]>
}

export interface Database extends Queryable {
  /**
   * Runs the work in one transaction. Where it lost a race (serialization failure, deadlock, a `LostRace` of a guarded
   * row) it is run again from the start, so it must not change anything outside of the transaction before the end. A key
   * that stood already is such a race too, once: at the second look the work finds the row and says so in its own words.
   * Inside, everything is asked of the transaction: a full pool in which each waits for a second connection waits for ever.
   */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>
  /** Hears NOTIFY on a channel, on a connection of its own that is made anew when it breaks. Returns how to stop. */
  listen(channel: string, hear: (payload: string) => void): () => Promise<void>
  /**
   * Shows by the name of a connection that this process lives: the server sees it go with the process, and within twenty
   * seconds with its machine. Returns how to stop.
   */
  show(name: string): () => Promise<void>
  readonly connection: Connection
  readonly pool: pg.Pool
  /** The server came back elsewhere (another socket): connections made from now on go there. */
  moveTo(connection: Connection): void
  close(): Promise<void>
}

// int8 arrives as text by default; all our integers fit 2^53 (data rule 16), and what would not must not pass silently.
pg.types.setTypeParser(pg.types.builtins.INT8, text => {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error(`integer beyond 2^53-1 read from the database: ${text}`)
  return value
})
pg.types.setTypeParser(pg.types.builtins.DATE, text => text)

/** How many may wait for each connection; whoever comes after them is told at once to come again, and costs no memory. */
const queuePerConnection = 50

/**
 * Opens a bounded pool with a bounded queue. Every connection speaks UTC and gives up on a statement that waits longer than a
 * minute for a lock, so that a stuck neighbour becomes an error with a name and not a frozen screen.
 */
export function openDatabase(
  to: Connection,
  options: {
    connections?: number
    /** Whether a second connection, asked for inside a transaction, is refused; for tests (`nesting.ts`). */
    refusesNesting?: boolean
    /** Whom every connection works as (`role.ts`); whoever logs in unless given. */
    role?: string | undefined
  } = {},
): Database {
  const connection = { ...to }
  const nesting = options.refusesNesting ? watched() : unwatched
  const connections = options.connections ?? 10
  const pool = new pg.Pool({
    max: connections,
    connectionTimeoutMillis: 10_000,
    // A server that went without a goodbye is noticed within half a minute.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    idleTimeoutMillis: 30_000,
    allowExitOnIdle: true,
    application_name: 'guanxi',
    ...connection,
    options: `-c timezone=UTC -c lock_timeout=60000 -c jit=off${options.role ? ` -c role=${options.role}` : ''}`,
  })
  // A connection that dies while idle is replaced at the next use; without a listener Node would end the process.
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))

  const nameOf = statementNames()

  function admit(): void {
    if (pool.waitingCount >= connections * queuePerConnection) throw refuse('unavailable', 'database:refusal.busy')
  }

  async function run<R>(
    client: pg.Pool | pg.PoolClient,
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<R[]> {
    // Several statements in one text, as migrations have them, can have no name.
    const name = parameters.length > 0 || sql.startsWith('select') ? nameOf(sql) : undefined
    const result = await client.query({ ...(name && { name }), text: sql, values: parameters as unknown[] })
    return result.rows as R[]
  }

  async function attempt<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    admit()
    const client = await connect(pool)
    let broken: Error | undefined
    const onError = (error: Error) => {
      broken = error
    }
    client.on('error', onError)
    try {
      await client.query('begin')
      const result = await work(transactionOn(client))
      await client.query('commit')
      return result
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => {
        broken ??= failure
      })
      throw error
    } finally {
      client.off('error', onError)
      client.release(broken)
    }
  }

  function transactionOn(client: pg.PoolClient): Transaction {
    return {
      query: (sql, parameters) => run(client, sql, parameters),
      async prepared<R extends object>(name: string, text: string, parameters: readonly unknown[]) {
        const result = await client.query<R>({ name, text, values: parameters as unknown[] })
        return result.rows
      },
      async copy(target, chunks) {
        const sink = client.query(copyFrom(`copy ${target} from stdin`))
        await pipeline(Readable.from(chunks, { objectMode: false }), sink)
        return sink.rowCount
      },
      async *pages<R extends object>(sql: string, parameters: readonly unknown[], size: number) {
        const cursor = client.query(new Cursor<R>(sql, parameters as unknown[]))
        try {
          for (;;) {
            const rows = await cursor.read(size)
            if (rows.length === 0) return
            yield rows
          }
        } finally {
          await cursor.close()
        }
      },
    }
  }

  return {
    connection,
    pool,
    moveTo(elsewhere) {
      Object.assign(connection, elsewhere)
      Object.assign(pool.options, elsewhere)
    },
    query: async (sql, parameters) => {
      try {
        nesting.ask()
        admit()
        return await run(pool, sql, parameters)
      } catch (error) {
        throw asOutage(error)
      }
    },
    async transaction(work) {
      nesting.ask()
      for (let tries = 1; ; tries++) {
        try {
          return await nesting.hold(() => attempt(work))
        } catch (error) {
          if (tries >= triesAfter(error)) throw asOutage(error)
          if (error instanceof Unprepared) await error.prepare()
        }
      }
    },
    listen: (channel, hear) =>
      stay({ ...live, application_name: 'guanxi live' }, connection, async client => {
        client.on('notification', message => hear(message.payload ?? ''))
        await client.query(`listen ${channel}`)
      }),
    show: name => stay({ ...live, application_name: name }, connection, async () => {}),
    close: () => pool.end(),
  }
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    throw asOutage(error)
  }
}

/**
 * A statement that comes again is named, so that each connection parses and plans it once: planning took a third of a sale at
 * the till. Only the first thousand texts get a name, since texts that are put together at run time might never come again.
 */
function statementNames(): (sql: string) => string | undefined {
  const seen = new Map<string, { readonly name: string; times: number }>()
  return sql => {
    const known = seen.get(sql)
    if (known) return ++known.times > 2 ? known.name : undefined
    if (seen.size < 1000) seen.set(sql, { name: `s${seen.size}`, times: 1 })
    return undefined
  }
}

/** Somebody else changed a guarded row first; the transaction is run again on what they left. */
export class LostRace extends Error {
  readonly code = '40001'
}

/** Something is missing that only another transaction can make; once it is made, this one is run again. */
export class Unprepared extends Error {
  readonly code = '40001'
  readonly prepare: () => Promise<void>

  constructor(prepare: () => Promise<void>) {
    super('something is missing that another transaction must make first')
    this.prepare = prepare
  }
}

const raceCodes = new Set(['40001', '40P01'])

/** A key that stands already, or a row named that is gone: what somebody does who was a moment faster. */
const keyCodes = new Set(['23505', '23503'])

/** True where a key of the database refused what was to be written; the same again after a second look. */
export const isKeyTaken = (error: unknown) => keyCodes.has((error as { code?: string }).code ?? '')

const triesAfter = (error: unknown) =>
  isKeyTaken(error) ? 2 : raceCodes.has((error as { code?: string }).code ?? '') ? 10 : 1

/** Codes of PostgreSQL and of the network that mean "the database is not there", not "the statement is wrong". */
const outageCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  '57P01',
  '57P02',
  '57P03',
  '08000',
  '08003',
  '08006',
])

/** Codes that mean "not now": no room on the disk, no memory, no connection left, a lock or an answer that took too long. */
const strainCodes: Readonly<Record<string, string>> = {
  '53100': 'database:refusal.disk-full',
  '53200': 'database:refusal.busy',
  '53300': 'database:refusal.busy',
  '55P03': 'database:refusal.busy',
  '57014': 'database:refusal.busy',
}

/** True for errors that say the database cannot be used now: it will be back, and what failed can be tried again. */
export function isOutage(error: unknown): boolean {
  if (error instanceof Refusal) return error.kind === 'unavailable'
  if (!(error instanceof Error)) return false
  const code = (error as { code?: string }).code
  return (
    (code !== undefined && (outageCodes.has(code) || code in strainCodes)) ||
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable/.test(
      error.message,
    )
  )
}

function asOutage(error: unknown): unknown {
  if (error instanceof Refusal || !isOutage(error)) return error
  return Object.assign(refuse('unavailable', 'database:refusal.unreachable'), { cause: error })
}

/** A machine that lost its power says no goodbye: the server asks after it. */
const live: pg.ClientConfig = {
  options: '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2',
}

/** Keeps one connection for as long as wanted; outlives a restart of its database. */
function stay(
  config: pg.ClientConfig,
  connection: Connection,
  begin: (client: pg.Client) => Promise<void>,
): () => Promise<void> {
  let stopped = false
  let client: pg.Client | undefined
  const ended = (async () => {
    while (!stopped) {
      client = new pg.Client({ ...connection, ...config })
      client.on('error', () => {})
      try {
        const gone = once(client, 'end')
        await client.connect()
        await begin(client)
        await gone
      } catch {
        // The loop tries again below.
      }
      if (!stopped) await new Promise(resolve => setTimeout(resolve, 500).unref())
    }
  })()
  return async () => {
    stopped = true
    await client?.end().catch(() => {})
    await Promise.race([ended, new Promise(resolve => setTimeout(resolve, 1000).unref())])
  }
}
