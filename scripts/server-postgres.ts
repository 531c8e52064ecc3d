import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { systemClock } from '#kernel/clock/index.ts'
import { serverAccount } from '#kernel/database/embedded/account.ts'
import { serverEnvironment } from '#kernel/database/embedded/binaries.ts'
import { launch, readPostmaster, stopPostmaster } from '#kernel/database/embedded/postmaster.ts'

/** Where Debian keeps its server versions side by side. */
const versionsFolder = '/usr/lib/postgresql'

/**
 * Starts the newest PostgreSQL that Debian has installed, empty, in a temporary folder, as careful with the disk as a
 * real one. The suite run against it shows that nothing of ours depends on the embedded build.
 */
export async function startServerPostgres(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const versions = existsSync(versionsFolder) ? readdirSync(versionsFolder) : []
  const newest = versions
    .filter(version => existsSync(join(versionsFolder, version, 'bin', 'postgres')))
    .sort((one, other) => Number(other) - Number(one))[0]
  if (!newest) {
    throw new Error(
      `No PostgreSQL server found in ${versionsFolder}. Install one (on Debian: apt-get install postgresql), ` +
        'or name a server of your own in GUANXI_TEST_DATABASE_URL.',
    )
  }
  const program = (name: string) => join(versionsFolder, newest, 'bin', name)
  const binaries = { postgres: program('postgres'), initdb: program('initdb'), pgCtl: program('pg_ctl') }

  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'guanxi-server-')))
  const cluster = join(folder, 'cluster')
  mkdirSync(cluster, { mode: 0o700 })
  const account = serverAccount(cluster)
  for (const path of account ? [folder, cluster] : []) chownSync(path, account!.uid, account!.gid)
  execFileSync(
    binaries.initdb,
    ['-D', cluster, '-U', 'guanxi', '-E', 'UTF8', '--locale=C.UTF-8', '--data-checksums', '--auth=trust'],
    {
      env: serverEnvironment,
      stdio: ['ignore', 'ignore', 'inherit'],
      ...(account && { uid: account.uid, gid: account.gid }),
    },
  )
  const how = {
    binaries,
    account,
    logFile: join(folder, 'log'),
    listen: { socketFolder: folder, port: 5432, address: '' },
    diesWithUs: existsSync('/usr/bin/setpriv'),
    settings: { fsync: 'on', max_connections: '200', shared_buffers: '256MB', timezone: 'UTC' },
  }
  const outcome = await launch(cluster, how, systemClock)
  if (outcome !== 'ready') throw new Error(`PostgreSQL ${newest} did not start: ${outcome.failure}`)
  const postmaster = readPostmaster(cluster)!
  return {
    url: `postgresql://guanxi@/postgres?host=${encodeURIComponent(folder)}`,
    async stop() {
      await stopPostmaster(cluster, postmaster, binaries, systemClock)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

// Run by itself, it prints the address and serves until interrupted.
if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const server = await startServerPostgres()
  console.log(server.url)
  const until = setInterval(() => {}, 60_000)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      clearInterval(until)
      void server.stop()
    })
  }
}
