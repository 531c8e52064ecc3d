export { coalitionProgramme } from './programme.ts'
export { acceptedIssuers } from './terms.ts'
