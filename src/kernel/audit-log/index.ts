export { type Acting, keepRefused, recorded } from './record.ts'
