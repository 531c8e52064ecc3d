export { once, type Reply } from './once.ts'
