import { pino } from 'pino'
import type { Log } from '#kernel/log.ts'
import type { Configuration } from './configuration.ts'

/**
 * Log lines go to standard error, so that a command's answer on standard output stays clean. `info` is for people: only
 * what they should know (warnings and errors); `json` is for machines and has every request.
 */
export function logTo(choice: Configuration['log']): Log {
  if (choice === 'json') return pino({ base: null }, pino.destination({ fd: 2, sync: false })) as Log
  const say = (fields: Readonly<Record<string, unknown>>, sentence: string) => {
    process.stderr.write(`${sentence} ${JSON.stringify(fields)}\n`)
  }
  return choice === 'quiet' ? { info() {}, warn() {}, error: say } : { info() {}, warn: say, error: say }
}
