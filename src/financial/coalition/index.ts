export { changeSettings as changeCoalitionSettings } from './ground.ts'
export { coalitionProgramme } from './programme.ts'
export { acceptedIssuers, publishTerms } from './terms.ts'
