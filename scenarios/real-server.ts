import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { silentLog } from '#kernel/log.ts'
import { readConfiguration } from '#product/configuration.ts'
import { openProduct, type Product } from '#product/start.ts'

const fromSource = ['--conditions=source', 'src/cli/main.ts']
const built = ['dist/cli/main.js']

/** The real server as a process of its own, on a data folder of its own, with the embedded PostgreSQL and fsync on. */
export interface RealServer {
  readonly folder: string
  readonly address: string
  /** The process; undefined while it does not run. */
  process(): ChildProcess | undefined
  start(): Promise<void>
  stop(signal: 'SIGKILL' | 'SIGINT'): Promise<void>
  postmasterPid(): number
  /** Runs a command of `guanxi` beside it and answers what it printed. */
  guanxi(args: readonly string[]): Promise<string>
  /** Opens the same data folder in this process, for looking at rows. */
  inProduct(work: (product: Product) => Promise<unknown>): Promise<void>
  isWell(): Promise<boolean>
  /** What the server noted about a fault that it gave this number, or that it could not start its database again. */
  lineAbout(fault: string | undefined): string | undefined
  /** The end of what it said, for the reason of a failure. */
  lastLines(): string
  remove(): Promise<void>
}

export async function realServer(
  name: string,
  options: {
    /** Whether what was built is started, as an installation does; from the sources, a start takes longer. */
    readonly isBuilt?: boolean
    /** On which disk the data folder is made. */
    readonly within?: string
    readonly environment?: Readonly<Record<string, string>>
  } = {},
): Promise<RealServer> {
  const entry = options.isBuilt ? built : fromSource
  const folder = mkdtempSync(join(options.within ?? tmpdir(), `guanxi-${name}-`))
  // Started as root, PostgreSQL runs under another account, which must be able to walk to its folder.
  chmodSync(folder, 0o711)
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const environment = () => ({
    ...process.env,
    GUANXI_DATA: folder,
    PORT: String(port),
    DATABASE_URL: '',
    NODE_ENV: 'production',
    ...options.environment,
  })
  const failures: string[] = []
  let said = ''
  let server: ChildProcess | undefined

  const isWell = async () => {
    try {
      const response = await fetch(`${address}/api/health`, { signal: AbortSignal.timeout(5_000) })
      return ((await response.json()) as { status?: string }).status === 'ok'
    } catch {
      return false
    }
  }
  const stop = async (signal: 'SIGKILL' | 'SIGINT') => {
    const child = server
    server = undefined
    if (!child || child.exitCode !== null) return
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill(signal)
    await gone
  }

  return {
    folder,
    address,
    process: () => server,
    isWell,
    stop,
    lastLines: () => said,
    lineAbout: fault => (fault ? failures.find(line => line.includes(fault)) : undefined),
    async start() {
      const child = spawn(process.execPath, [...entry, 'start', '--json'], {
        env: environment(),
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      said = ''
      for (const stream of [child.stdout, child.stderr]) {
        createInterface(stream).on('line', line => {
          said = `${said}\n${line}`.slice(-4000)
          if (/faultId|could not be started again/.test(line)) failures.push(line)
        })
      }
      server = child
      await until(async () => {
        if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${said}`)
        return isWell()
      })
    },
    postmasterPid: () => Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]),
    async guanxi(args) {
      const child = spawn(process.execPath, [...entry, ...args], {
        env: environment(),
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let out = ''
      child.stdout.on('data', text => {
        out += text
      })
      await new Promise(resolve => child.once('exit', resolve))
      return out
    },
    async inProduct(work) {
      const configuration = readConfiguration({ GUANXI_DATA: folder, GUANXI_LOG: 'quiet' })
      const product = await openProduct({ configuration, log: silentLog, works: false })
      try {
        await work(product)
      } finally {
        await product.close()
      }
    },
    async remove() {
      await stop('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export async function until(check: () => Promise<boolean>, seconds = 60): Promise<void> {
  for (let tries = 0; tries < seconds * 10; tries++) {
    if (await check()) return
    await pause(100)
  }
  throw new Error(`it did not happen within ${seconds} seconds`)
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>(resolve => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise(resolve => probe.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}
