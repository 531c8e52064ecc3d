export { poolOf } from './households.ts'
export { sharingProgramme } from './programme.ts'
