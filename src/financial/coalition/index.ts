export { coalitionProgramme } from './programme.ts'
export { acceptedIssuers, publishTerms } from './terms.ts'
