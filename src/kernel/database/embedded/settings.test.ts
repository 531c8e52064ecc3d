import { expect, test } from 'vitest'
import { settingsFile, settingsFor } from './settings.ts'

const gibibyte = 1024 ** 3

test.each([
  // memory, cache, one sort, assumed file cache
  [0.25, '32MB', '4MB', '128MB'],
  [0.5, '64MB', '4MB', '256MB'],
  [8, '1024MB', '16MB', '4096MB'],
  [64, '4096MB', '64MB', '32768MB'],
])('with %d GB the server takes %s for its cache', (memory, cache, sort, fileCache) => {
  const settings = settingsFor({ memoryBytes: memory * gibibyte, sharedMemoryBytes: gibibyte })
  expect(settings).toMatchObject({ shared_buffers: cache, work_mem: sort, effective_cache_size: fileCache })
})

test.each([0.25, 64])('with %d GB, too, nothing confirmed may be lost', memory => {
  const settings = settingsFor({ memoryBytes: memory * gibibyte, sharedMemoryBytes: gibibyte })
  expect(settings).toMatchObject({ fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' })
})

test('a container with a small /dev/shm keeps shared memory in files', () => {
  const kind = (sharedMemoryBytes: number) =>
    settingsFor({ memoryBytes: gibibyte, sharedMemoryBytes }).dynamic_shared_memory_type
  expect(kind(64 * 1024 ** 2)).toBe(process.platform === 'win32' ? 'windows' : 'mmap')
  expect(kind(gibibyte)).toBe(process.platform === 'win32' ? 'windows' : 'posix')
})

test('a quote in a value stays inside the value', () => {
  expect(settingsFile({ search_path: "a'b" })).toContain("search_path = 'a''b'\n")
})
