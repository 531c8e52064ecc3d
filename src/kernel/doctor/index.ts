export { stateOf } from './finding.ts'
export { examineHouse } from './house.ts'
export { examineMachine, type Installation } from './machine.ts'
export { doctorRoom } from './room.ts'
