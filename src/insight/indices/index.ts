export { indicesRoom } from './room.ts'
