import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { isBrowserHere, openScreens } from './screens.ts'

const folder = join(import.meta.dirname, '../docs/images')

/**
 * The pictures of the README: a real server with the demo shop, seen in the browser. The shop and all numbers in it are
 * made up. Run: `npx node --conditions=source scripts/pictures.ts`
 */
async function takePictures(): Promise<void> {
  const { page, url, close } = await openScreens()
  const speak = (language: string) => page.evaluate(name => localStorage.setItem('guanxi.language', name), language)
  const nameOwner = async (field: string, name: string, save: string) => {
    await page.goto(`${url}/settings?tab=me`)
    await page.getByRole('textbox', { name: field }).first().fill(name)
    await page.getByRole('button', { name: save, exact: true }).first().click()
    await page.waitForLoadState('networkidle')
  }
  const take = async (name: string) => {
    await page.locator('.waiting').first().waitFor({ state: 'detached' })
    // The strips and fonts come last.
    await page.waitForTimeout(1000)
    await page.screenshot({ path: join(folder, `${name}.png`) })
    console.log(`docs/images/${name}.png`)
  }
  try {
    mkdirSync(folder, { recursive: true })
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    await page.getByRole('button', { name: 'Open the demo shop' }).click()
    await page.locator('.rows .row').first().waitFor({ timeout: 120_000 })

    await nameOwner('Name', 'Lin', 'Save')
    await page.goto(url)
    const first = page.locator('.rows .who a').first()
    const href = await first.getAttribute('href')
    const person = new URL(href!, url).searchParams.get('person')!.replaceAll('"', '')
    await take('today.en')
    await page.goto(`${url}/customers/${person}`)
    await take('customer.en')
    await page.goto(`${url}/value`)
    await page.locator('.chart svg').first().waitFor()
    await take('value.en')

    await nameOwner('Name', '林', 'Save')
    await speak('zh-CN')
    await page.goto(url)
    await page.locator('.rows .row').first().waitFor()
    await take('today.zh')
    await page.goto(`${url}/promises`)
    await take('promises.zh')
  } finally {
    await close()
  }
}

// Without a browser, `screens.ts` has said so already.
try {
  if (isBrowserHere) await takePictures()
  else process.exitCode = 1
} catch (error) {
  console.error(`No pictures were taken. ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`)
  process.exitCode = 1
}
