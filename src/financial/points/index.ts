export { pointsProgramme } from './programme.ts'
export { publish } from './publish.ts'
export { type PointsRules, usualRules } from './rules.ts'
