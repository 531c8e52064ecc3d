export type { Houses } from './context.ts'
export { healthOf } from './health.ts'
export { openApiDocument } from './openapi.ts'
export { createServer, operationsOf, type ServerOptions } from './server.ts'
