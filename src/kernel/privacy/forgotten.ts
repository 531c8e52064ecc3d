import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { House } from '#kernel/house.ts'
import { personOf } from '#kernel/parties/index.ts'
import { backupFolder } from '#kernel/recovery/index.ts'
import { settlements } from './contract.ts'

/*
 * Whoever is forgotten is still in the backups made before. A list of bare ids stands beside those backups, not inside them, so
 * that a restore can forget the same people again.
 */

const listName = 'forgotten.jsonl'

const entry = z.object({
  requestId: z.uuid(),
  profileIds: z.array(z.uuid()),
  settlement: z.enum(settlements).nullable(),
})
export type Forgotten = z.infer<typeof entry>

/** Notes who was forgotten; noting somebody twice does no harm. */
export async function noteForgotten(house: House, requestId: string): Promise<void> {
  const [request] = await house.database.query<{ partyId: string; settlement: Forgotten['settlement'] }>(
    `select party_id as "partyId", settlement from privacy.request where request_id = $1 and state = 'done'`,
    [requestId],
  )
  if (!request) return
  const { profileIds } = await personOf(house.database, request.partyId)
  const folder = await backupFolder(house)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const line: Forgotten = { requestId, profileIds: [...profileIds], settlement: request.settlement }
  await appendFile(join(folder, listName), `${JSON.stringify(line)}\n`, { mode: 0o600, flush: true })
}

/** The lists that stand in these folders, put together; a line that was cut short by a power cut is passed over. */
export async function readForgotten(folders: readonly string[]): Promise<Forgotten[]> {
  const found = new Map<string, Forgotten>()
  for (const folder of folders) {
    const text = await readFile(join(folder, listName), 'utf8').catch(() => '')
    for (const line of text.split('\n')) {
      const read = entry.safeParse(parsed(line))
      if (read.success) found.set(read.data.requestId, read.data)
    }
  }
  return [...found.values()]
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
