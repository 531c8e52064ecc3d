import { execFileSync } from 'node:child_process'
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { systemClock } from '#kernel/clock/index.ts'
import { verifyLedger } from '#kernel/ledger/index.ts'
import { type RealServer, realServer, until } from '../real-server.ts'
import { purchase } from './kill.ts'
import { judge, type Report, spread, type Tell } from './report.ts'

const lanes = 4
const batchSize = 20
const megabyte = 2 ** 20
const diskMegabytes = 512

/** A small disk of its own, or why there is none: only root may mount one, and not in every container. */
export function smallDisk(): { readonly folder: string; remove(): void } | { readonly reason: string } {
  const folder = mkdtempSync(join(tmpdir(), 'guanxi-small-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMegabytes}m,mode=711`, 'tmpfs', folder], {
      stdio: 'ignore',
    })
  } catch {
    rmSync(folder, { recursive: true })
    return { reason: 'No disk can be made full here: mounting one needs root.' }
  }
  return {
    folder,
    remove() {
      execFileSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true })
    },
  }
}

/**
 * The disk of the data folder becomes full while events arrive: whoever sends then gets a clean 503 and never a false 200; when
 * there is room again the server goes on by itself, and everything acknowledged is there once. The doctor has said it before.
 */
export async function disk(options: {
  readonly rounds: number
  readonly within: string
  readonly isBuilt?: boolean
  readonly tell?: Tell
}): Promise<Report> {
  // A root that lets itself be entered is what the database's account needs.
  chmodSync(options.within, 0o711)
  const server = await realServer('disk', options)
  try {
    await server.start()
    return await fill(server, options)
  } finally {
    await server.remove()
  }
}

async function fill(
  server: RealServer,
  { rounds, within, tell }: { readonly rounds: number; readonly within: string; readonly tell?: Tell },
): Promise<Report> {
  const faults: string[] = []
  const permissions = 'events.write'
  const { secret: key } = JSON.parse(
    await server.guanxi(['key', 'create', 'disk', '--permissions', permissions, '--json']),
  )
  const ballast = join(within, 'ballast')
  const acknowledged: string[] = []
  const backAfter: number[] = []
  let sending = true
  let refused = 0
  let broken = 0
  let stopped = 0
  const writers = Array.from({ length: lanes }, async (_, lane) => {
    for (let number = 0; sending; number++) {
      const ids = Array.from({ length: batchSize }, (_, index) => `disk-${lane}-${number}-${index}`)
      while (!(await send(ids))) await pause(100)
      acknowledged.push(...ids)
    }
  })
  async function send(ids: readonly string[]): Promise<boolean> {
    try {
      const response = await fetch(`${server.address}/v1/batch`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ batch: ids.map(purchase) }),
        signal: AbortSignal.timeout(15_000),
      })
      const text = await response.text()
      if (response.ok) return true
      refused++
      const isClean =
        response.status === 503 &&
        Number(response.headers.get('retry-after')) > 0 &&
        response.headers.get('content-type')?.startsWith('application/problem+json')
      const line = server.lineAbout((JSON.parse(text) as { faultId?: string }).faultId)
      if (!isClean) faults.push(`${response.status} ${text.slice(0, 300)} ${line ?? ''}`)
    } catch {
      broken++
    }
    return false
  }

  for (let round = 0; round < rounds; round++) {
    await pause(1000)
    fillUpTo(ballast, within, 0.92)
    const said = await doctorsDisk(server)
    if (said !== 'warn' && said !== 'bad') faults.push(`with 92 % of the disk used, the doctor says ${said}`)
    const [before, missed] = [refused, broken]
    fillUpTo(ballast, within, 1)
    await until(async () => refused > before || broken > missed + lanes)
    // Sooner or later the log of the database has no room either, and then it stops altogether.
    if (await wearOutLog(server)) stopped++
    await pause(3000)
    rmSync(ballast)
    const start = systemClock.elapsed()
    const first = `disk-first-${round}`
    while (!(await send([first]))) {
      if (systemClock.elapsed() - start > 60_000) throw new Error(`not back after a minute: ${server.lastLines()}`)
      await pause(50)
    }
    backAfter.push(systemClock.elapsed() - start)
    acknowledged.push(first)
    if (server.process()?.exitCode !== null) faults.push('the server ended when its disk was full')
    tell?.(`disk: ${round + 1} of ${rounds} times full, ${acknowledged.length} events acknowledged`)
  }
  sending = false
  await Promise.all(writers)
  await server.stop('SIGINT')

  await server.inProduct(async ({ business: { database } }) => {
    const rows = await database.query<{ name: string; times: number }>(
      `select payload->>'orderRef' as name, count(*) as times from events.event where kind = 'purchase.recorded' group by 1`,
    )
    const { lost, doubled, untold } = judge(acknowledged, rows)
    for (const [what, names] of Object.entries({ lost, doubled, untold }))
      if (names.length > 0) faults.push(`${names.length} events ${what}, such as ${names[0]}`)
    if ((await verifyLedger(database)).some(each => each.faults > 0)) faults.push('the ledger does not add up')
  })
  if (refused === 0) faults.push('nobody was refused, so the disk was never full')
  if (broken > 0) faults.push(`${broken} requests were cut off instead of being answered`)
  return {
    figures: {
      timesFull: rounds,
      databaseStopped: stopped,
      startedInVain: server.lineAbout('could not be started again') ? 'yes' : 'no',
      events: acknowledged.length,
      refused,
      cutOff: broken,
      ...spread('back', backAfter),
    },
    faults: [...new Set(faults)],
  }
}

/** Asks for new segments of the database's log until there is no room for one; true when that ended the database. */
async function wearOutLog(server: RealServer): Promise<boolean> {
  const [, , , port, host] = readFileSync(join(server.folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')
  const client = new pg.Client({ host: host!, port: Number(port), user: 'guanxi', database: 'guanxi' })
  client.on('error', () => {})
  try {
    await client.connect()
    for (let segments = 0; segments < 100; segments++) {
      await client.query(`select pg_logical_emit_message(false, 'torture', repeat('x', 1000)), pg_switch_wal()`)
    }
    return false
  } catch {
    return true
  } finally {
    await client.end().catch(() => {})
  }
}

/** Lets a file grow until this share of the disk is used. */
function fillUpTo(file: string, folder: string, share: number): void {
  const handle = openSync(file, 'a')
  try {
    const piece = Buffer.alloc(megabyte / 4, 1)
    for (;;) {
      const { bavail, blocks } = statfsSync(folder)
      if (share < 1 && 1 - bavail / blocks >= share) return
      writeSync(handle, piece)
    }
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOSPC') throw error
  } finally {
    closeSync(handle)
  }
}

async function doctorsDisk(server: RealServer): Promise<string> {
  const found = JSON.parse(await server.guanxi(['doctor', '--json'])) as { check: string; state: string }[]
  return found.find(({ check }) => check === 'disk')?.state ?? 'nothing'
}
