export { customerValue } from './portrait.ts'
export { valueRoom } from './room.ts'
