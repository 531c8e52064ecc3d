import { existsSync } from 'node:fs'
import { stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Finding } from './contract.ts'
import { finding } from './finding.ts'

/** What the composition knows of this installation. */
export interface Installation {
  readonly version: string
  /** The first page of the web app, where it is built. */
  readonly firstPage: URL
}

/** What can be said without a database: it is asked also where none can be reached. */
export async function examineMachine({ version, firstPage }: Installation, dataFolder: string): Promise<Finding[]> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isOld = major < 22 || (major === 22 && minor < 18)
  const isBuilt = existsSync(firstPage)
  return [
    finding('node', isOld ? 'bad' : 'good', { version, node: process.versions.node }),
    finding('pages', isBuilt ? 'good' : 'bad', {}, { found: `doctor:pages.${isBuilt ? 'built' : 'missing'}` }),
    await diskFinding(dataFolder),
    ...(await logFinding(dataFolder)),
  ]
}

async function diskFinding(folder: string): Promise<Finding> {
  const { bavail, bsize, blocks } = await statfs(folder)
  const free = (bavail * bsize) / 2 ** 30
  const used = Math.round(100 * (1 - bavail / blocks))
  return finding('disk', diskState(free, used), { free: free.toFixed(1), used, folder })
}

/**
 * A disk is told of before it is full: by what is left, and by its share where it is large.
 *
 * Example: with 66 GB free of a disk that is 91 % used the answer is `warn`.
 */
export function diskState(freeGigabytes: number, usedPercent: number): Finding['state'] {
  if (freeGigabytes < 0.5 || usedPercent >= 97) return 'bad'
  return freeGigabytes < 2 || usedPercent >= 90 ? 'warn' : 'good'
}

/** Our own lines go to whoever started us; the embedded database's are in a file that is begun anew when it has grown. */
async function logFinding(folder: string): Promise<Finding[]> {
  const about = await stat(join(folder, 'postgres.log')).catch(() => undefined)
  if (!about) return []
  const megabytes = about.size / 2 ** 20
  return [finding('log', megabytes > 500 ? 'warn' : 'good', { megabytes: megabytes.toFixed(1), folder })]
}
