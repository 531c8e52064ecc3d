import { createReadStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Route, route } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import { type Release, readPage, refuseUnlessWritable } from './backups.ts'
import { changeBackupSchedule, downloadBackup, listBackups, makeBackup, removeBackup } from './contract.ts'
import { forgetBackups, readBackup } from './store.ts'

const iso = (instant: Date | null) => instant?.toISOString() ?? null

export const recoveryRoutes = (release: Release): readonly Route[] => [
  route(listBackups, async house => {
    const page = await readPage(house, release)
    return {
      ...page,
      newestAt: iso(page.newestAt),
      nextAt: iso(page.nextAt),
      items: page.items.map(item => ({
        ...item,
        madeAt: item.madeAt.toISOString(),
        verifiedAt: iso(item.verifiedAt),
        drilledAt: iso(item.drilledAt),
      })),
    }
  }),
  route(makeBackup, async (house, { body }) =>
    house.database.transaction(async transaction => {
      const input = { madeBy: 'staff', drill: body.drill }
      const runId = await house.jobs.enqueue(transaction, 'recovery.backup', input, { key: 'backup' })
      await house.live.announce(transaction, ['backups'])
      return { runId }
    }),
  ),
  route(changeBackupSchedule, async (house, { body }) => {
    if (body.folder) await refuseUnlessWritable(body.folder)
    await house.database.transaction(async transaction => {
      await house.settings.write(transaction, 'recovery', body)
      await house.live.announce(transaction, ['backups'])
    })
    return body
  }),
  route(downloadBackup, async (house, { params }) => {
    const row = await readBackup(house.database, params.backupId)
    const path = row && join(row.folder, row.name)
    const about = path && (await stat(path).catch(() => undefined))
    if (!about || row.verifiedAt === null) throw refuse('not-found', 'recovery:refusal.no-backup')
    return { name: row.name, sizeBytes: about.size, stream: createReadStream(path!) }
  }),
  route(removeBackup, async (house, { params }) => {
    const row = await readBackup(house.database, params.backupId)
    if (!row) throw refuse('not-found', 'recovery:refusal.no-backup')
    const { items } = await readPage(house, release)
    const others = items.filter(each => each.state === 'verified' && each.backupId !== row.backupId)
    const isGood = items.some(each => each.state === 'verified' && each.backupId === row.backupId)
    if (isGood && others.length === 0) throw refuse('conflict', 'recovery:refusal.last-backup')
    await rm(join(row.folder, row.name), { force: true })
    await house.database.transaction(async transaction => {
      await forgetBackups(transaction, [row.backupId])
      await house.live.announce(transaction, ['backups'])
    })
    return undefined
  }),
]
