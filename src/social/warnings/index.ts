export { warningsProgramme } from './programme.ts'
