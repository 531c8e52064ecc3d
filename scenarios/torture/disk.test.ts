import { afterAll, expect, test } from 'vitest'
import { disk, smallDisk } from './disk.ts'

const small = smallDisk()
if ('reason' in small) console.log(small.reason)
afterAll(() => {
  if ('remove' in small) small.remove()
})

test.skipIf('reason' in small)(
  'a full disk is a clean refusal: nothing acknowledged is lost, and the server goes on when there is room again',
  { timeout: 180_000 },
  async () => {
    const { figures, faults } = await disk({ rounds: 1, within: 'folder' in small ? small.folder : '' })
    console.log(JSON.stringify({ torture: 'disk', ...figures }))
    expect(faults).toEqual([])
  },
)
