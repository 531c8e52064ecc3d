import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, posix, win32 } from 'node:path'
import { expect, test } from 'vitest'
import { isWholePath, refuseUnlessWritable } from './backups.ts'

test.each([
  ['/srv/backups', true, false],
  ['/', true, false],
  ['B:\\3', false, true],
  ['D:/backups', false, true],
  ['\\\\nas\\share\\backups', false, true],
  ['\\backups', false, false],
  ['B:3', false, false],
  ['backups', false, false],
  ['./backups', false, false],
  ['~/backups', false, false],
])('%s is a whole path: on Linux %s, on Windows %s', (folder, isOnLinux, isOnWindows) => {
  expect(isWholePath(folder, posix)).toBe(isOnLinux)
  expect(isWholePath(folder, win32)).toBe(isOnWindows)
})

test('a folder that is no whole path here is refused with a sentence, and none is made beside the program', async () => {
  const strange = process.platform === 'win32' ? '\\guanxi-3' : 'B:\\3'
  await expect(refuseUnlessWritable(strange)).rejects.toMatchObject({
    code: 'recovery:refusal.folder-not-absolute',
    details: { folder: strange },
  })
  expect(existsSync(strange)).toBe(false)
  const home = await mkdtemp(join(tmpdir(), 'guanxi-folder-'))
  await refuseUnlessWritable(join(home, 'a', 'b'))
  expect(existsSync(join(home, 'a', 'b'))).toBe(true)
  await rm(home, { recursive: true })
})
