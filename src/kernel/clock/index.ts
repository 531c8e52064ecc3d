export { type Clock, movableClock, systemClock } from './clock.ts'
export { addDays, type Day, dayNumber, dayOfNumber, daysBetween, isDay } from './day.ts'
export { localDay, localInstant, startOfDay } from './zone.ts'
