import { statfsSync } from 'node:fs'
import { totalmem } from 'node:os'

const mebibyte = 1024 * 1024

/** What the settings depend on. */
export interface Machine {
  /** What this process may use: the container's limit where there is one, the machine's memory otherwise. */
  readonly memoryBytes: number
  /** Size of `/dev/shm`; a container often has only 64 MB. Infinite where the question does not arise. */
  readonly sharedMemoryBytes: number
}

export type Settings = Readonly<Record<string, string>>

export function thisMachine(): Machine {
  const limit = process.constrainedMemory()
  return {
    memoryBytes: limit > 0 && limit < totalmem() ? limit : totalmem(),
    sharedMemoryBytes: process.platform === 'linux' ? sizeOf('/dev/shm') : Number.POSITIVE_INFINITY,
  }
}

function sizeOf(mount: string): number {
  try {
    const { blocks, bsize } = statfsSync(mount)
    return blocks * bsize
  } catch {
    return 0
  }
}

/**
 * Server settings for a machine that PostgreSQL shares with Guanxi itself: an eighth of the memory for its own cache,
 * half assumed to be the system's file cache. Nothing here trades a committed row for speed.
 *
 * Example: with 8 GB, `shared_buffers` is 1024MB; with 512 MB it is 64MB.
 */
export function settingsFor({ memoryBytes, sharedMemoryBytes }: Machine): Settings {
  const share = (divisor: number, least: number, most: number) =>
    `${Math.round(Math.min(most, Math.max(least, memoryBytes / mebibyte / divisor)))}MB`
  return {
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    shared_buffers: share(8, 32, 4096),
    effective_cache_size: share(2, 128, 65_536),
    work_mem: share(512, 4, 64),
    maintenance_work_mem: share(32, 32, 1024),
    max_wal_size: '2GB',
    max_connections: '60',
    // The planner's compiler costs more than it saves on queries as short as ours.
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Parallel queries fail with "no space left" where /dev/shm is small; plain files in the data folder always work.
    dynamic_shared_memory_type:
      process.platform === 'win32' ? 'windows' : sharedMemoryBytes < 512 * mebibyte ? 'mmap' : 'posix',
    log_checkpoints: 'off',
  }
}

/** The settings as PostgreSQL reads them; values are quoted, so any text is safe. */
export function settingsFile(settings: Settings): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`)
  return `# Written by Guanxi at every start. Your own wishes: ALTER SYSTEM SET, which is read after this file.\n${lines.join('\n')}\n`
}
