export { tillProgramme } from './programme.ts'
