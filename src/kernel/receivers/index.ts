export { type Received, receive } from './receive.ts'
