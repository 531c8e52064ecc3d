export { type Assignment, type Cost, enrol, recordAssignments, type Treatment } from './assign.ts'
export { effectRoom } from './room.ts'
