export { announceDraw } from './announce.ts'
export { giveTickets } from './enter.ts'
export { makeDraw } from './make.ts'
export { drawProgramme } from './programme.ts'
