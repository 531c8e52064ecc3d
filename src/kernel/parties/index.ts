export { holdersKnownTo, holdersOf, noteMerge, personOf, profileIdsKnownTo, profileIdsOf } from './alias.ts'
export { birthdayIn, birthMonthsIn, nextBirthday } from './birthday.ts'
export { type Birthday, readBirthday, writeBirthday } from './birthday-contract.ts'
export { consentsOf, mayContact } from './consent.ts'
export { foundBy, refreshSearchKeys } from './find.ts'
export { type Identifier, identifierKey } from './identifiers.ts'
export { nameParts, romanised } from './names.ts'
export { type ProfileChange, type ProfileState, profilesOf, removeSilentParties, takeBackProfiles } from './profiles.ts'
export { type Region, regionKnownTo } from './region.ts'
export {
  enrichParties,
  knownByEach,
  type Resolution,
  recogniseParties,
  recogniseProfiles,
  resolveParties,
  type Sighting,
} from './resolve.ts'
export { changeParty, findParties, readParty } from './store.ts'
export { emptyWhere, type Traces, tracesOf } from './traces.ts'
