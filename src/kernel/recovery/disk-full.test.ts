import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openTestHouse } from '#testing/house.ts'
import { makeBackupFile } from './make.ts'

/** A disk of a quarter of a megabyte: only root may make one, and not in every container. */
const disk = mkdtempSync(join(tmpdir(), 'guanxi-disk-'))
let isMounted = false
try {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk], { stdio: 'ignore' })
  isMounted = true
} catch {
  console.log('No disk can be made full here: mounting one needs root.')
}
afterAll(() => {
  if (isMounted) execFileSync('umount', [disk])
  rmSync(disk, { recursive: true, force: true })
})

it.skipIf(!isMounted)(
  'a disk that becomes full costs the backup that is being made, never the one before',
  async () => {
    const house = await openTestHouse()
    try {
      await house.database.query(
        `insert into settings.setting (name, value, changed_at)
       select 'made-up-' || n, jsonb_build_object('noise', md5(n::text) || md5((n + 1)::text)), now() from generate_series(1, 20000) n`,
      )
      writeFileSync(join(disk, 'good.tar'), 'the one before')
      const { connection } = house.database
      const what = { connection, folder: house.folder, product: 'test', clock: house.clock }
      await expect(makeBackupFile(what, join(disk, 'new.tar'))).rejects.toMatchObject({
        code: 'recovery:refusal.disk-full',
      })
      expect(readdirSync(disk)).toEqual(['good.tar'])
    } finally {
      await house.close()
    }
  },
)
