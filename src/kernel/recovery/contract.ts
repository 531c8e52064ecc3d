import { z } from 'zod'
import { operation } from '#kernel/operation.ts'

const instant = z.iso.datetime()
const count = z.number().int().nonnegative()

/** One copy of everything, as the Backups page lists it. */
export const backup = z
  .object({
    backupId: z.uuid(),
    name: z.string(),
    /** `verified`: read back from the disk, every checksum and count right. `missing`: the file is gone from its folder. */
    state: z.enum(['verified', 'failed', 'missing']),
    madeBy: z.enum(['schedule', 'staff', 'command']),
    madeAt: instant,
    tookMs: count,
    verifiedAt: instant.nullable(),
    /** Restored into an empty database beside the real one, the claims of the ledger asked there. */
    drilledAt: instant.nullable(),
    sizeBytes: count,
    tables: count,
    rows: count,
    isEncrypted: z.boolean(),
    stateHash: z.string().nullable(),
    /** Why it failed, as a translation key. */
    failure: z.string().nullable(),
    /** Whether the rules of retention keep it, and as what. */
    keptAs: z.enum(['daily', 'weekly', 'monthly', 'by-hand']).nullable(),
  })
  .meta({ id: 'Backup' })

export type Backup = z.infer<typeof backup>

export const backupSchedule = z
  .object({
    isOn: z.boolean().default(true),
    /** Full hour of the business's own day. */
    hour: z.number().int().min(0).max(23).default(3),
    /** Absolute; empty means the folder beside the data. Another disk is what makes a backup worth having. */
    folder: z.string().trim().max(1000).default(''),
    keepDaily: z.number().int().min(1).max(400).default(7),
    keepWeekly: z.number().int().min(0).max(520).default(4),
    keepMonthly: z.number().int().min(0).max(240).default(12),
  })
  .meta({ id: 'BackupSchedule' })

export type BackupSchedule = z.infer<typeof backupSchedule>

export const listBackups = operation({
  id: 'listBackups',
  method: 'GET',
  path: '/api/backups',
  summary: 'Backups that were made, newest first, when the next is due, and whether all is well',
  permission: 'backups.manage',
  world: 'business',
  reply: z.object({
    items: z.array(backup),
    schedule: backupSchedule,
    folder: z.string(),
    freeBytes: count.nullable(),
    /** Backups made by the server are encrypted: it was started with a passphrase. */
    isEncrypting: z.boolean(),
    /** One is being made now; `runId` leads to its progress under Jobs. */
    running: z.object({ runId: z.uuid(), done: count, total: count.nullable() }).nullable(),
    nextAt: instant.nullable(),
    /** What the owner must know: the last one failed, or none is younger than two days. */
    alarm: z.enum(['failed', 'late', 'never']).nullable(),
    newestAt: instant.nullable(),
  }),
})

export const makeBackup = operation({
  id: 'makeBackup',
  method: 'POST',
  path: '/api/backups',
  summary: 'Makes a backup now, in the background',
  permission: 'backups.manage',
  world: 'business',
  body: z.object({ drill: z.boolean().default(false) }),
  reply: z.object({ runId: z.uuid() }),
  status: 202,
})

export const changeBackupSchedule = operation({
  id: 'changeBackupSchedule',
  method: 'PUT',
  path: '/api/backups/schedule',
  summary: 'When backups are made, where, and how long they are kept',
  permission: 'backups.manage',
  world: 'business',
  body: backupSchedule,
  reply: backupSchedule,
  refusals: ['recovery:refusal.folder-not-absolute', 'recovery:refusal.folder-closed'],
})

export const downloadBackup = operation({
  id: 'downloadBackup',
  method: 'GET',
  path: '/api/backups/{backupId}/file',
  summary: 'The file of one backup, as it lies in its folder',
  permission: 'backups.manage',
  world: 'business',
  params: z.object({ backupId: z.uuid() }),
  reply: z.unknown(),
  format: 'file',
  refusals: ['recovery:refusal.no-backup'],
})

export const removeBackup = operation({
  id: 'removeBackup',
  method: 'DELETE',
  path: '/api/backups/{backupId}',
  summary: 'Removes one backup, its file too',
  permission: 'backups.manage',
  world: 'business',
  params: z.object({ backupId: z.uuid() }),
  reply: z.undefined(),
  status: 204,
  refusals: ['recovery:refusal.no-backup', 'recovery:refusal.last-backup'],
})
