import { openSync, writeSync } from 'node:fs'
import pg from 'pg'
import { startEmbedded } from '#kernel/database/embedded/index.ts'

/**
 * A process of its own, to be killed: starts the embedded server in the folder given first, and writes into the file
 * given second the number of every row that the server has confirmed, after the confirmation. On the outside it says
 * one line when it has begun. With `throwaway` as third word its server ends with it; with `leave` it stops at once.
 */
const [dataFolder, sideFile, mode] = process.argv.slice(2)
const server = await startEmbedded({ dataFolder: dataFolder!, throwaway: mode === 'throwaway' })
if (mode === 'leave') {
  console.log(JSON.stringify({ adopted: server.adopted }))
  await server.stop()
} else {
  const side = openSync(sideFile!, 'a')
  const client = new pg.Client(server.connection)
  await client.connect()
  await client.query('CREATE TABLE IF NOT EXISTS heard (id bigint PRIMARY KEY)')
  const { rows } = await client.query<{ next: string }>('SELECT coalesce(max(id), 0) + 1 AS next FROM heard')
  console.log(JSON.stringify({ adopted: server.adopted }))
  for (let id = Number(rows[0]!.next); ; id++) {
    await client.query('INSERT INTO heard VALUES ($1)', [id])
    writeSync(side, `${id}\n`)
  }
}
