import { coalitionProgramme } from '#financial/coalition/index.ts'
import { creditProgramme } from '#financial/credit/index.ts'
import { drawProgramme } from '#financial/draw/index.ts'
import { guaranteeProgramme } from '#financial/guarantee/index.ts'
import { liabilityProgramme } from '#financial/liability/index.ts'
import { openingProgramme } from '#financial/opening/index.ts'
import { pointsProgramme } from '#financial/points/index.ts'
import { rewardsProgramme } from '#financial/rewards/index.ts'
import { sharingProgramme } from '#financial/sharing/index.ts'
import { tiersProgramme } from '#financial/tiers/index.ts'
import { tillProgramme } from '#financial/till/index.ts'
import { auditRoom } from '#insight/audit/room.ts'
import { effectRoom } from '#insight/effect/index.ts'
import { healthRoom } from '#insight/health/index.ts'
import { indicesRoom } from '#insight/indices/index.ts'
import { rhythmRoom } from '#insight/rhythm/index.ts'
import { stageRoom } from '#insight/stage/index.ts'
import { valueRoom } from '#insight/value/index.ts'
import { accessRoom } from '#kernel/access/room.ts'
import { assistantsRoom } from '#kernel/assistants/index.ts'
import { auditLogRoom } from '#kernel/audit-log/room.ts'
import { bondsRoom } from '#kernel/bonds/room.ts'
import { catalogueRoom } from '#kernel/catalogue/room.ts'
import { doctorRoom, type Installation } from '#kernel/doctor/index.ts'
import { eventsRoom } from '#kernel/events/room.ts'
import { filesRoom } from '#kernel/files/room.ts'
import { jobsRoom } from '#kernel/jobs/room.ts'
import { ledgerRoom } from '#kernel/ledger/room.ts'
import { merchantsRoom } from '#kernel/merchants/room.ts'
import { mergesRoom } from '#kernel/merges/room.ts'
import { partiesRoom } from '#kernel/parties/room.ts'
import { privacyRoom } from '#kernel/privacy/room.ts'
import { receiversRoom } from '#kernel/receivers/room.ts'
import { recoveryRoom } from '#kernel/recovery/index.ts'
import { repliesRoom } from '#kernel/replies/room.ts'
import type { Room } from '#kernel/room.ts'
import { settingsRoom } from '#kernel/settings/room.ts'
import { tasksRoom } from '#kernel/tasks/room.ts'
import { webhooksRoom } from '#kernel/webhooks/room.ts'
import { warningsProgramme } from '#social/warnings/index.ts'
import { readConfiguration } from './configuration.ts'
import { migrationSources } from './house.ts'
import { tools } from './tools.ts'
import { version } from './version.ts'

/** What `doctor` looks at outside of the database. */
export const installation: Installation = {
  version,
  firstPage: new URL('../../web/dist/index.html', import.meta.url),
}

/**
 * Every room of the house, in the order in which they are migrated and in which they hear of events: the kernel first,
 * then understanding, then the programmes that act on it.
 */
export const rooms: readonly Room[] = [
  settingsRoom,
  accessRoom,
  partiesRoom,
  catalogueRoom,
  merchantsRoom,
  eventsRoom,
  jobsRoom,
  repliesRoom,
  auditLogRoom,
  filesRoom,
  receiversRoom,
  tasksRoom,
  bondsRoom,
  ledgerRoom,
  privacyRoom,
  mergesRoom,
  recoveryRoom({
    version,
    sources: () => migrationSources(rooms),
    passphrase: () => readConfiguration(process.env).backupPassphrase,
  }),
  doctorRoom(installation),
  webhooksRoom,
  assistantsRoom(tools),
  rhythmRoom,
  stageRoom,
  indicesRoom,
  valueRoom,
  healthRoom,
  effectRoom,
  pointsProgramme,
  tiersProgramme,
  creditProgramme,
  guaranteeProgramme,
  rewardsProgramme,
  coalitionProgramme,
  drawProgramme,
  sharingProgramme,
  openingProgramme,
  liabilityProgramme,
  tillProgramme,
  auditRoom,
  warningsProgramme,
]
