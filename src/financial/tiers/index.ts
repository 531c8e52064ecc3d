export { tiersProgramme, usualTiers } from './programme.ts'
export { settingsName } from './recompute.ts'
export type { TierRules } from './rules.ts'
