import pg from 'pg'

/** How a Guanxi process, or anybody else on this machine, reaches the server. */
export interface Connection {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly database: string
  readonly password?: string
}

/** Advisory lock that every process using an embedded server shares for as long as it needs the server. */
const seatLock = 7_294_683_001

/**
 * One open session by which a process says "I am using this server" and learns when the server is gone. The last one
 * to leave stops the server, whichever process started it: a server outlives the command that happened to start it,
 * and a command never stops the server under a running Guanxi.
 */
export interface Seat {
  /** Resolves when the session breaks without our leaving. */
  readonly lost: Promise<void>
  /** Gives the seat up; answers whether it was the last one, or nothing when the session had already broken. */
  leave(): Promise<boolean | undefined>
}

/** Takes a seat, making our database first if it is missing. */
export async function takeSeat(connection: Connection, cluster: string): Promise<Seat> {
  const client = await connectMakingDatabase(connection)
  const lost = new Promise<void>(resolve => {
    client.once('end', () => resolve())
    client.on('error', () => resolve())
  })
  try {
    const { rows } = await client.query<{ folder: string }>("SELECT current_setting('data_directory') AS folder")
    if (rows[0]?.folder !== cluster) throw new Error(`the server found there serves ${rows[0]?.folder}`)
    await client.query('SELECT pg_advisory_lock_shared($1)', [seatLock])
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
  return {
    lost,
    async leave() {
      try {
        await client.query('SELECT pg_advisory_unlock_shared($1)', [seatLock])
        const { rows } = await client.query<{ last: boolean }>('SELECT pg_try_advisory_lock($1) AS last', [seatLock])
        const last = rows[0]?.last === true
        // The last one keeps the lock, so that nobody can sit down on a server that is about to stop.
        if (!last) await client.end()
        return last
      } catch {
        return undefined
      }
    },
  }
}

async function connectMakingDatabase(connection: Connection): Promise<pg.Client> {
  try {
    return await connect(connection)
  } catch (error) {
    if (codeOf(error) !== '3D000') throw error
  }
  const maintenance = await connect({ ...connection, database: 'postgres' })
  try {
    await maintenance.query(`CREATE DATABASE ${pg.escapeIdentifier(connection.database)}`)
  } catch (error) {
    // 42P04 and 23505: another process made it between our two questions.
    if (codeOf(error) !== '42P04' && codeOf(error) !== '23505') throw error
  } finally {
    await maintenance.end()
  }
  return connect(connection)
}

async function connect(connection: Connection): Promise<pg.Client> {
  const client = new pg.Client({ ...connection, ssl: false, application_name: 'guanxi seat', keepAlive: true })
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
  return client
}

export function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined
}
