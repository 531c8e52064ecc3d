export { keepAtMachine } from './at-machine.ts'
export { type Acting, keepRefused, recorded } from './record.ts'
