export { pointsProgramme } from './programme.ts'
export { publish } from './publish.ts'
export { replay } from './replay.ts'
export { type PointsRules, usualRules } from './rules.ts'
