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
export { type Lane, openSnapshot, type Snapshot } from './snapshot.ts'
export { distributed, local, type Placement, reference, type TableMap } from './table-map.ts'
