export { type Assignment, type Cost, enrol, recordAssignments, saltOf, type Treatment } from './assign.ts'
export { effectRoom } from './room.ts'
