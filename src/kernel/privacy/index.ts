export { forgetAgain } from './forget-again.ts'
export { readForgotten } from './forgotten.ts'
