import { lstat, realpath } from 'node:fs/promises'
import { isAbsolute, join, resolve, sep } from 'node:path'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'

/**
 * Where watched folders may lie: `inbox` in the data folder, and what the operator allows (GUANXI_IMPORT_ROOTS). Whoever may change
 * settings on a screen may not make the server read anything else.
 */
export const importRoots = (house: Pick<House, 'folder' | 'importRoots'>): string[] => [
  join(resolve(house.folder), 'inbox'),
  ...house.importRoots,
]

/**
 * The folder itself, links resolved, where it truly lies inside one of the roots.
 *
 * Example: `orders` is `<data>/inbox/orders`; `../../etc`, or a link to `/etc`, is refused.
 */
export async function folderInside(path: string, roots: readonly string[]): Promise<string> {
  if (path.includes('\0')) throw refuse('invalid', 'files:refusal.folder-outside', { path: '' })
  const wanted = isAbsolute(path) ? resolve(path) : resolve(roots[0]!, path)
  const real = await realpath(wanted).catch(() => undefined)
  if (!roots.some(root => isWithin(wanted, root))) throw refuse('invalid', 'files:refusal.folder-outside', { path })
  if (real === undefined) throw refuse('not-found', 'files:refusal.folder-missing', { path })
  const realRoots = await Promise.all(roots.map(root => realpath(root).catch(() => root)))
  if (!realRoots.some(root => isWithin(real, root))) throw refuse('invalid', 'files:refusal.folder-outside', { path })
  if (!(await lstat(real)).isDirectory()) throw refuse('not-found', 'files:refusal.folder-missing', { path })
  return real
}

const isWithin = (path: string, root: string) =>
  path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)

/**
 * Whether a file's name fits a pattern; capital letters do not matter.
 *
 * Example: `orders-*.csv` fits `Orders-2026-03.csv` and not `orders.csv`.
 */
export function fits(name: string, pattern: string): boolean {
  // Walks both at once and goes back to the last star only, so that no pattern takes long.
  const [text, mask] = [name.toLowerCase(), pattern.toLowerCase()]
  let at = 0
  let star = -1
  let from = 0
  let place = 0
  while (at < text.length) {
    if (place < mask.length && (mask[place] === '?' || mask[place] === text[at]) && mask[place] !== '*') {
      at++
      place++
    } else if (mask[place] === '*') {
      star = place++
      from = at
    } else if (star >= 0) {
      place = star + 1
      at = ++from
    } else return false
  }
  while (mask[place] === '*') place++
  return place === mask.length
}
