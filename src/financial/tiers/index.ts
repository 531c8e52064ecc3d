export { tiersProgramme, usualTiers } from './programme.ts'
export { ladder, reachedTiers } from './reached.ts'
export { settingsName } from './recompute.ts'
export type { TierRules } from './rules.ts'
