export { liabilityProgramme } from './programme.ts'
