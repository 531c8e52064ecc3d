export { guaranteeProgramme } from './programme.ts'
export { publish } from './publish.ts'
export { readyPromises } from './ready.ts'
export type { PromiseTerms } from './terms.ts'
