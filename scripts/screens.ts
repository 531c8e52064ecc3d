import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, chromium, type Page } from 'playwright-core'
import { issueSignInLink } from '#kernel/access/index.ts'
import { silentLog } from '#kernel/log.ts'
import { readConfiguration } from '#product/configuration.ts'
import { openProduct, type Product, type RunningServer, serve } from '#product/start.ts'

const root = join(import.meta.dirname, '..')
const chrome = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  path => path && existsSync(path),
)

/** Whether screens can be tried here. Where tests are run for everybody (`CI`), a missing browser is a fault. */
export const isBrowserHere = Boolean(chrome || process.env.CI)

if (!isBrowserHere) console.log('The screens cannot be opened: there is no Chromium here (apt install chromium).')

export interface Screens {
  readonly page: Page
  readonly url: string
  readonly product: Product
  /** Everything that broke in the page, as it comes. */
  readonly faults: string[]
  /** What the page says with its rules broken: WCAG 2.2 AA, and keys that stand where words should. */
  check(): Promise<string[]>
  close(): Promise<void>
}

/** A real server with an empty database of its own, and a browser that came in by the first owner's link. */
export async function openScreens(): Promise<Screens> {
  const folder = mkdtempSync(join(tmpdir(), 'guanxi-screens-'))
  // Started by root, the database runs as another account, which must be able to reach its folder.
  chmodSync(folder, 0o755)
  if (!existsSync(join(root, 'web/dist/index.html')))
    execFileSync('npx', ['vite', 'build', '--config', 'web/vite.config.ts'], { cwd: root, stdio: 'ignore' })
  let product: Product | undefined
  let server: RunningServer | undefined
  let browser: Browser | undefined
  const close = async () => {
    await browser?.close()
    await server?.close()
    await product?.close()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const configuration = readConfiguration({ PORT: '0', GUANXI_DATA: folder, GUANXI_LOG: 'quiet' })
    product = await openProduct({ configuration, log: silentLog, works: true })
    server = await serve(product, configuration)
    const { path } = await issueSignInLink(product.business, { firstOwner: true })
    browser = await chromium.launch({
      ...(chrome ? { executablePath: chrome } : {}),
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    })
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' })
    const page = await context.newPage()
    const faults: string[] = []
    page.on('pageerror', error => faults.push(`${page.url()}: ${error.message}`))
    page.on('console', message => {
      if (message.type() === 'error') faults.push(`${page.url()}: ${message.text()}`)
    })
    await page.goto(server.url + path)
    await page.locator('.ask-name').waitFor()
    return { page, url: server.url, product, faults, check: () => check(page), close }
  } catch (error) {
    await close()
    throw error
  }
}

const bareKey =
  /^(today|late|portrait|customers|why|task|nav|imports|mapping|problems|dry-run|rules|evidence|stream|demo|jobs|me|staff|business)\./

export async function check(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze()
  const broken = violations.map(({ id, nodes }) => {
    const where = nodes.slice(0, 3).map(node => node.html.slice(0, 160))
    return `${id}: ${where.join(' | ')}`
  })
  const dotted = (await page.locator('body').innerText()).match(/\b[a-z][a-z-]+\.[a-z][a-z.-]*[a-z]\b/g) ?? []
  return [...broken, ...dotted.filter(text => bareKey.test(text)).map(key => `shows the key ${key}`)]
}
