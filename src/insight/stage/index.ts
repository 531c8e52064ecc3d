export { stageRoom } from './room.ts'
