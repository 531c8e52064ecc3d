import { isOutage } from '#kernel/database/index.ts'
import { faultOf, type Log } from '#kernel/log.ts'
import { clock } from './product.ts'

/**
 * The queue's library lets a statement that broke with its connection go unheard, which would end the process. The
 * database comes back and the job's lock runs out; every other unheard error still ends us, as it should.
 */
export function surviveOutages(log: Log): void {
  process.on('unhandledRejection', error => {
    if (!isOutage(error)) throw error
    log.warn(faultOf(error), 'a statement broke with its connection')
  })
}

/**
 * The first signal lets everything end well; a second one ends it at once. One Ctrl-C often arrives twice, from the
 * terminal and from npm or a watcher passing it on, so only a later one counts as the second.
 */
export function untilStopped(): Promise<void> {
  return new Promise(resolve => {
    let askedAt: number | undefined
    const stop = () => {
      if (askedAt !== undefined && clock.elapsed() - askedAt > 1500) process.exit(130)
      askedAt ??= clock.elapsed()
      resolve()
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
    process.on('SIGHUP', stop)
    // Whoever started this process to help it is gone.
    process.on('disconnect', stop)
  })
}
