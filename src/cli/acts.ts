import { dropDemo, fillDemo } from '#demo/room.ts'
import { listStaff } from '#kernel/access/contract.ts'
import { createKey, issueSignInLink, type Permission, permissions } from '#kernel/access/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { ask, type CommonOptions, configurationFor, houseFor, performHere, withProduct } from './product.ts'
import type { Terminal } from './terminal.ts'

/** `guanxi key create`: the secret is the only thing on standard output, so that it can be piped into a vault. */
export async function newKey(
  name: string,
  options: CommonOptions & {
    readonly permissions?: string
    readonly browser?: boolean
    readonly expiresInDays?: string
  },
  terminal: Terminal,
): Promise<void> {
  const { browser = false, expiresInDays: days } = options
  if (browser && options.permissions) throw refuse('invalid', 'cli:refusal.browser-permissions')
  if (days !== undefined && !(/^[1-9]\d{0,3}$/.test(days) && Number(days) <= 3660))
    throw refuse('invalid', 'cli:refusal.not-days', { days })
  const wanted = browser ? [] : (options.permissions ?? 'events.write').split(',').map(each => each.trim())
  const unknown = wanted.filter(each => !permissions.some(known => known === each))
  if (unknown.length > 0) throw refuse('invalid', 'cli:refusal.unknown-permission', { unknown, permissions })
  await withProduct(options, async product => {
    const { key, secret } = await createKey(product.business, {
      name,
      kind: browser ? 'browser' : 'server',
      permissions: wanted as Permission[],
      createdBy: null,
      expiresInDays: days === undefined ? undefined : Number(days),
    })
    terminal.answer({ ...key, secret }, () => secret)
    if (!terminal.isJson) terminal.note(terminal.style.dim(terminal.t('cli:key.once')))
  })
}

/** `guanxi rebuild`: everything understood is derived again from the log, then the rhythm is learned anew. */
export async function rebuild(options: CommonOptions, terminal: Terminal): Promise<void> {
  await withProduct(options, async product => {
    const house = houseFor(product, options)
    const result = await performHere(product, house, terminal, 'rhythm.rebuild')
    await performHere(product, house, terminal, 'rhythm.fit')
    terminal.answer(result, () => terminal.t('cli:rebuild.done', { count: Number(result.customers ?? 0) }))
  })
}

/** `guanxi demo load`: tells the whole story here, with a server running or not. */
export async function loadDemo(options: CommonOptions, terminal: Terminal): Promise<void> {
  await withProduct(options, async product => {
    const label = terminal.t('demo:job.load')
    await fillDemo(product, terminal.language, async (done, total) =>
      terminal.progress(
        terminal.t('cli:progress', { label, amount: `${done} / ${total}`, unit: terminal.t('cli:unit.steps') }),
        done === total,
      ),
    )
    terminal.answer({ state: 'loaded' }, () => terminal.t('demo:state.loaded'))
  })
}

export async function removeDemo(options: CommonOptions, terminal: Terminal): Promise<void> {
  await withProduct(options, dropDemo)
  terminal.answer({ state: 'absent' }, () => terminal.t('cli:demo.removed'))
}

/** `guanxi sign-in-link`: lets the owner in again, or a colleague whose e-mail is given. */
export async function signInLink(
  options: CommonOptions & { readonly email?: string },
  terminal: Terminal,
): Promise<void> {
  const { host, port } = configurationFor(options, process.env)
  await withProduct(options, async product => {
    const { business } = product
    const { items } = options.email ? await ask(product, business, terminal, listStaff) : { items: [] }
    const colleague = items.find(each => each.email?.toLowerCase() === options.email?.toLowerCase())
    if (options.email && !colleague) throw refuse('not-found', 'cli:refusal.nobody', { email: options.email })
    const link = await issueSignInLink(business, colleague ? { staffId: colleague.id } : { firstOwner: true })
    const url = `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}${link.path}`
    terminal.answer({ url, expiresAt: link.expiresAt }, () => url)
  })
}
