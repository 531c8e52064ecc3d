import { createInterface } from 'node:readline'
import { fillDemo } from '#demo/room.ts'
import { issueSignInLink } from '#kernel/access/index.ts'
import { logTo } from '#product/logging.ts'
import { openProduct, type Product, serve } from '#product/start.ts'
import { type CommonOptions, clock, configurationFor } from './product.ts'
import { surviveOutages, untilStopped } from './stay.ts'
import type { Terminal } from './terminal.ts'
import { startWorking } from './work.ts'

/** Steps that `npm start` has taken before this process began: packages, server, pages. */
const stepsBefore = process.env.npm_lifecycle_event === 'start' ? 3 : 0
const steps = stepsBefore + 3

/** Starts everything and stays until told to stop. */
export async function start(options: CommonOptions, terminal: Terminal): Promise<void> {
  const configuration = configurationFor(options, process.env)
  const log = logTo(configuration.log)
  surviveOutages(log)
  let step = stepsBefore
  const take = async <T>(work: () => Promise<T>, say: (result: T) => string): Promise<T> => {
    const began = clock.elapsed()
    const result = await work()
    terminal.note(`[${++step}/${steps}] ${say(result)} (${spent(clock.elapsed() - began, terminal)})`)
    return result
  }

  const product = await take(
    () => openProduct({ configuration, log, works: !configuration.worksApart }),
    ({ database }) =>
      terminal.t(`cli:start.database.${!database.embedded ? 'own' : database.adopted ? 'joined' : 'started'}`),
  )
  let server: Awaited<ReturnType<typeof serve>> | undefined
  const working = configuration.worksApart ? startWorking(configuration, log) : undefined
  try {
    server = await take(
      () => serve(product, configuration),
      () => terminal.t('cli:start.server'),
    )
    const { url } = server
    const link = await take(
      () => issueSignInLink(product.business, { firstOwner: true }),
      () => terminal.t('cli:start.link'),
    )
    const signIn = `${url}${link.path}`
    if (terminal.isJson) terminal.answer({ url, signIn, expiresAt: link.expiresAt }, () => '')
    else {
      terminal.note('')
      terminal.note(`  ${terminal.t('cli:start.address')}  ${terminal.style.bold(url)}`)
      terminal.note(`  ${terminal.t('cli:start.sign-in')}  ${terminal.style.bold(signIn)}`)
      terminal.note(`\n${terminal.style.dim(terminal.t('cli:start.how-to-stop'))}`)
    }
    const stopOffering = await offerDemo(product, terminal)
    await untilStopped()
    stopOffering()
    terminal.note(`\n${terminal.t('cli:start.stopping')}`)
  } finally {
    await Promise.all([server?.close(), working?.stop()])
    await product.close()
  }
}

function spent(milliseconds: number, terminal: Terminal): string {
  return milliseconds < 1000
    ? terminal.t('cli:milliseconds', { count: Math.round(milliseconds) })
    : terminal.t('cli:seconds', { seconds: (milliseconds / 1000).toFixed(1) })
}

/** A shop without customers is offered one to look at: at the keyboard here, and with a button in the browser. */
async function offerDemo(product: Product, terminal: Terminal): Promise<() => void> {
  const [someone] = await product.business.database.query('select 1 from parties.party limit 1')
  if (someone || product.demo() || terminal.isJson) return () => {}
  terminal.note(terminal.t(process.stdin.isTTY ? 'cli:start.offer-demo-key' : 'cli:start.offer-demo'))
  if (!process.stdin.isTTY) return () => {}
  const lines = createInterface({ input: process.stdin })
  // Readline would keep Ctrl-C to itself.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  lines.on('line', line => {
    if (!/^d(emo)?$/i.test(line.trim()) || product.demo()) return
    fillDemo(product, terminal.language, async (done, total) =>
      terminal.progress(
        terminal.t('cli:progress', { label: terminal.t('demo:job.load'), amount: `${done} / ${total}`, unit: '' }),
        done === total,
      ),
    )
      .then(() => terminal.note(terminal.t('demo:state.loaded')))
      .catch(error => terminal.note(String(error)))
  })
  return () => lines.close()
}
