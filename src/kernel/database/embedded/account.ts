import { existsSync, lchownSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { refuse } from '../../refusal.ts'

/** An account of this machine other than our own, under which the server will run. */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** PostgreSQL will not run as root, so root lends the server one of these, the first that exists. */
const borrowed = ['guanxi', 'nobody']

/**
 * The account for a cluster: `undefined` means "as ourselves". Only root changes account; a cluster that already
 * belongs to somebody stays theirs.
 */
export function serverAccount(cluster: string): Account | undefined {
  const ourselves = process.getuid?.()
  if (ourselves === undefined) return undefined
  const owner = existsSync(cluster) ? statSync(cluster).uid : ourselves
  if (ourselves !== 0) {
    if (owner === ourselves) return undefined
    throw refuse('unavailable', 'database:refusal.other-owner', { folder: cluster, owner })
  }
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n').map(parseAccount)
  const account =
    owner === 0
      ? borrowed.map(name => accounts.find(each => each?.name === name)).find(each => each !== undefined)
      : accounts.find(each => each?.uid === owner)
  if (!account) throw refuse('unavailable', 'database:refusal.no-account', { folder: cluster, owner })
  return account
}

function parseAccount(line: string): Account | undefined {
  const [name, , uid, gid] = line.split(':')
  return name ? { name, uid: Number(uid), gid: Number(gid) } : undefined
}

/**
 * The outermost folder on the way to `path` that the account may not pass through, if any.
 *
 * Example: below root's home (mode 0700), for `nobody`, the answer is `/root`.
 */
export function firstClosedFolder(path: string, account: Account): string | undefined {
  const parent = dirname(path)
  if (parent !== path) {
    const closed = firstClosedFolder(parent, account)
    if (closed) return closed
  }
  const { uid, gid, mode } = statSync(path)
  const pass = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
  return mode & pass ? undefined : path
}

/** Hands a folder and all it holds to the account: a backup that root restored would otherwise not start. */
export function giveTo(account: Account, path: string): void {
  lchownSync(path, account.uid, account.gid)
  if (!lstatSync(path).isDirectory()) return
  for (const name of readdirSync(path)) giveTo(account, join(path, name))
}
