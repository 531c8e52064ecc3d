import { type ChildProcess, fork } from 'node:child_process'
import type { Log } from '#kernel/log.ts'
import type { Configuration } from '#product/configuration.ts'
import { logTo } from '#product/logging.ts'
import { openProduct } from '#product/start.ts'
import { type CommonOptions, configurationFor } from './product.ts'
import { surviveOutages, untilStopped } from './stay.ts'

const restMs = 1000

/**
 * Lets jobs be done by a process of its own beside the server, so that no till waits while a model is fitted: learning what a
 * thousand customers are worth keeps a thread busy for seconds. It ends with the server, and is started again if it ends before.
 */
export function startWorking(configuration: Configuration, log: Log): { stop(): Promise<void> } {
  let child: ChildProcess | undefined
  let stopping = false
  const begin = () => {
    if (stopping) return
    child = fork(process.argv[1]!, ['work'], {
      execArgv: process.execArgv,
      env: { ...process.env, GUANXI_DATA: configuration.dataFolder },
      // What it notes stands with the server's own notes; its output is nobody's answer.
      stdio: ['ignore', 2, 2, 'ipc'],
    })
    child.once('exit', code => {
      child = undefined
      if (stopping) return
      log.warn({ code }, 'the process that does the jobs has ended and is started again')
      setTimeout(begin, restMs).unref()
    })
  }
  begin()
  return {
    async stop() {
      stopping = true
      const ending = child
      if (!ending || ending.exitCode !== null) return
      const gone = new Promise(resolve => ending.once('exit', resolve))
      ending.kill('SIGTERM')
      await gone
    },
  }
}

/** `guanxi work`: does what is waiting to be done in a data folder until it is told to stop, or its server is gone. */
export async function work(options: CommonOptions): Promise<void> {
  const configuration = configurationFor(options, process.env)
  const log = logTo(configuration.log)
  surviveOutages(log)
  const product = await openProduct({ configuration, log, works: true })
  try {
    await untilStopped()
  } finally {
    await product.close()
    // The line to the server would keep this process alive.
    if (process.connected) process.disconnect()
  }
}
