export { openingProgramme } from './programme.ts'
