export { holdersKnownTo, holdersOf, noteMerge, personOf, profileIdsOf } from './alias.ts'
export { consentsOf } from './consent.ts'
export { type Identifier, identifierKey } from './identifiers.ts'
export { nameParts } from './names.ts'
export { type ProfileChange, type ProfileState, profilesOf, removeSilentParties, takeBackProfiles } from './profiles.ts'
export {
  enrichParties,
  type Resolution,
  recogniseParties,
  recogniseProfiles,
  resolveParties,
  type Sighting,
} from './resolve.ts'
export { queryGrams } from './search.ts'
export { changeParty, findParties, readParty } from './store.ts'
