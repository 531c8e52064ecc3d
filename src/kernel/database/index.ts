export {
  administer,
  createDatabase,
  databaseExists,
  databaseOf,
  dropDatabase,
  renameDatabase,
  withDatabase,
} from './administration.ts'
export {
  type Connection,
  type Database,
  isKeyTaken,
  isOutage,
  LostRace,
  openDatabase,
  type Queryable,
  type Row,
  type Transaction,
  Unprepared,
} from './database.ts'
export { checkDurability, type DurabilityFinding, refuseUnlessDurable } from './durability.ts'
export { type MigrationSource, migrate } from './migrate.ts'
export { allowSecond } from './nesting.ts'
export { askedTogether, oncePerTransaction } from './once.ts'
export { changeableFacts } from './privileges.ts'
export { workingRole } from './role.ts'
export { type Lane, openSnapshot, type Snapshot } from './snapshot.ts'
export { appendOnly, distributed, local, type Placement, reference, type TableMap } from './table-map.ts'
