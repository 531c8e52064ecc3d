import { spawn } from 'node:child_process'
import { join } from 'node:path'

// `npm run dev`: the server from its sources, started anew when one changes, and the pages with hot replacement. The
// database is the embedded one in ./data, or the one DATABASE_URL names, as in `npm start`.
const root = join(import.meta.dirname, '..')
const children = [
  start('server', [
    '--conditions=source',
    '--watch',
    '--watch-preserve-output',
    'src/cli/main.ts',
    'start',
    ...process.argv.slice(2),
  ]),
  start('pages', ['node_modules/vite/bin/vite.js', 'web', '--clearScreen', 'false']),
]

function start(name: string, args: readonly string[]) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      process.stdout.write(text.replace(/^(?=.)/gm, `${name.padEnd(6)} | `))
    })
  }
  child.on('exit', code => {
    process.exitCode ??= code ?? 0
    stop()
  })
  return child
}

/** One that ends takes the other with it; the server then closes its database in its own time. */
function stop() {
  for (const child of children) if (child.exitCode === null) child.kill('SIGTERM')
}

process.on('SIGINT', stop)
process.on('SIGTERM', stop)
