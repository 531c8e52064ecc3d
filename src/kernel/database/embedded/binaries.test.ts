import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, lstatSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { firstClosedFolder } from './account.ts'
import { packageFolder, prepareBinaries } from './binaries.ts'

const nobody = { name: 'nobody', uid: 65534, gid: 65534 }
const asRoot = process.getuid?.() === 0
if (!asRoot) console.log('skipped, not root: programs closed to the server’s account')
const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'guanxi-binaries-'))
  chmodSync(folder, 0o711)
  folders.push(folder)
  return folder
}

/** The package as `npm ci --ignore-scripts` leaves it: without its links. */
function packageWithoutLinks(): string {
  const folder = join(newFolder(), 'package')
  cpSync(packageFolder(), folder, { recursive: true, filter: path => !lstatSync(path).isSymbolicLink() })
  return folder
}

const version = (postgres: string, account = {}) =>
  execFileSync(postgres, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], ...account })

test('an installation without install scripts runs', () => {
  const folder = packageWithoutLinks()
  const links = JSON.parse(readFileSync(join(folder, 'native', 'pg-symlinks.json'), 'utf8')) as { target: string }[]
  expect(links.filter(({ target }) => existsSync(join(folder, target)))).toEqual([])
  if (links.length > 0) expect(() => version(join(folder, 'native', 'bin', 'postgres'))).toThrow()
  const { postgres } = prepareBinaries(folder, newFolder(), undefined)
  expect(postgres.startsWith(folder)).toBe(true)
  expect(version(postgres)).toContain('PostgreSQL) 18')
})

test.runIf(asRoot)('an installation that the server’s account cannot reach is copied to where it can, once', () => {
  const folder = packageWithoutLinks()
  chmodSync(join(folder, '..'), 0o700)
  expect(firstClosedFolder(folder, nobody)).toBe(join(folder, '..'))
  const dataFolder = newFolder()
  const { postgres } = prepareBinaries(folder, dataFolder, nobody)
  expect(postgres.startsWith(dataFolder)).toBe(true)
  expect(version(postgres, { uid: nobody.uid, gid: nobody.gid })).toContain('PostgreSQL) 18')
  const { mtimeMs } = lstatSync(postgres)
  expect(lstatSync(prepareBinaries(folder, dataFolder, nobody).postgres).mtimeMs).toBe(mtimeMs)
})
