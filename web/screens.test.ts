import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isBrowserHere, openScreens, type Screens } from '../scripts/screens.ts'

/** Every page that has an address, as somebody who reads the demo shop sees it. */
const pages = [
  '/',
  '/customers',
  '/customers?late=yes',
  '/customers?find=nobody-of-this-name',
  '/customers?role=dealer',
  '/late',
  '/late?view=waiting',
  '/late?view=held-out',
  '/late?view=closed',
  '/late?view=evidence',
  '/late?view=settings',
  '/stages',
  '/value',
  '/value?tab=customers',
  '/value?tab=model',
  '/value?tab=settings',
  '/audit',
  '/audit?lens=cohorts',
  '/audit?lens=holdout',
  '/models',
  '/models?model=value',
  '/programme',
  '/programme?edit=yes',
  '/rewards',
  '/rewards?open=new',
  '/rewards?open=card',
  '/rewards?open=code',
  '/promises',
  '/promises?edit=ready-0',
  '/promises?hours=yes',
  '/draws',
  '/draws?create=yes',
  '/coalition',
  '/coalition?tab=terms',
  '/coalition?tab=benefits',
  '/coalition?tab=disputes',
  '/ledger',
  '/credit',
  '/till',
  '/liability',
  '/results',
  '/data',
  '/data?tab=balances',
  '/data?tab=stream',
  '/data?tab=problems',
  '/data?tab=connect',
  '/merges',
  '/webhooks',
  '/webhooks?open=new',
  '/webhooks?tab=receive',
  '/webhooks?tab=receive&open=new',
  '/acts',
  '/privacy',
  '/jobs',
  '/settings',
  '/settings?tab=business',
  '/settings?tab=merchants',
  '/settings?tab=limits',
  '/settings?tab=consent',
  '/settings?tab=staff',
  '/settings?tab=keys',
  '/settings?tab=assistants',
  '/settings?tab=backups',
  '/settings?tab=doctor',
  '/settings?tab=demo',
  '/nowhere',
]

describe.skipIf(!isBrowserHere)('the screens, in a browser on a real server', () => {
  let screens: Screens
  let page: Page
  let url: string

  beforeAll(async () => {
    screens = await openScreens()
    page = screens.page
    url = screens.url
  }, 180_000)

  afterAll(() => screens?.close(), 60_000)

  it('a one-time link signs in, leaves the address bar, and asks what to call the owner', async () => {
    await page.getByLabel('What may we call you?').fill('Lin')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: /Lin\. Whom shall we look after/ }).waitFor()
    expect(new URL(page.url()).hash).toBe('')
  })

  it('one click loads the demo shop, marked as such, with people to look after and the reason for each', async () => {
    await page.getByRole('button', { name: 'Open the demo shop' }).click()
    await page.locator('.demo-mark').waitFor({ timeout: 120_000 })
    await page.locator('.rows .row').first().waitFor({ timeout: 60_000 })
    const rows = await page.locator('.rows .row').count()
    expect(rows).toBeGreaterThanOrEqual(3)
    expect(rows).toBeLessThanOrEqual(10)
    for (const why of await page.locator('.rows .row .why').allInnerTexts()) expect(why).toMatch(/\d+.*now.*\d+/)
  }, 240_000)

  it('a number with a dotted line explains itself', async () => {
    await page.locator('.row .why-term').first().click()
    await page
      .getByRole('dialog', { name: 'Why this number' })
      .getByText(/mean of this customer’s own gaps/)
      .waitFor()
    await page.keyboard.press('Escape')
  })

  it('a name opens the customer beside the list, with rhythm and next step; Escape closes it', async () => {
    const name = await page.locator('.rows .who a').first().innerText()
    await page.locator('.rows .who a').first().click()
    const panel = page.locator('.side-panel')
    await panel.getByRole('heading', { name }).waitFor()
    await panel.getByText('expected here').waitFor()
    await panel.getByRole('button', { name: 'Get in touch' }).waitFor()
    await page.keyboard.press('Escape')
    await panel.waitFor({ state: 'detached' })
  })

  it('closing a task takes the person off the list at once, and undo brings them back', async () => {
    const name = await page.locator('.rows .who a').first().innerText()
    const row = page.locator('.rows .row', { has: page.getByRole('link', { name, exact: true }) })
    await row.getByRole('button', { name: 'Get in touch' }).click()
    await page.getByRole('button', { name: 'Reached', exact: true }).click()
    await row.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: /^Undo/ }).first().click()
    await row.waitFor({ timeout: 10_000 })
  })

  it('what is filtered stands in the address, and the keys lead everywhere', async () => {
    await page.keyboard.press('g')
    await page.keyboard.press('c')
    await page.waitForURL('**/customers')
    await page
      .getByRole('navigation', { name: 'Views' })
      .getByRole('link', { name: /Dormant/ })
      .click()
    await page.waitForURL('**/customers?type=dormant')
    await page.reload()
    await page.getByRole('heading', { level: 1, name: /dormant customers/ }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('w')
    await page.getByRole('heading', { level: 1, name: /later than usual/ }).waitFor()
  })

  it('Ctrl-K finds a person by pinyin', async () => {
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Find anyone, go anywhere, do anything').fill('wang')
    await page.locator('.palette-row .face').first().waitFor()
    await page.keyboard.press('Escape')
  })

  it('somebody added by hand is not added twice, and a changed name can be taken back', async () => {
    const add = async () => {
      await page.goto(`${url}/customers`)
      await page.getByRole('button', { name: 'Add a customer' }).click()
      await page.getByRole('textbox', { name: 'Name' }).fill('Ada Field')
      await page.getByRole('textbox', { name: 'Phone' }).fill('+44 20 7946 0958')
      await page.getByRole('button', { name: 'Save' }).click()
    }
    await add()
    await page.getByRole('heading', { level: 1, name: 'Ada Field' }).waitFor()
    await page.getByRole('button', { name: 'Change the profile' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Ada Meadow')
    await page.getByRole('textbox', { name: 'Birthday' }).fill('03-08')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { level: 1, name: 'Ada Meadow' }).waitFor()
    await page.getByText('8 Mar', { exact: true }).waitFor()
    await page.getByRole('button', { name: /^Undo/ }).click()
    await page.getByRole('heading', { level: 1, name: 'Ada Field' }).waitFor()
    await add()
    await page.getByRole('alert').getByText('already on file').waitFor()
    expect(await screens.check()).toEqual([])
  })

  it('a task can be given to a colleague, and taken back', async () => {
    await page.goto(`${url}/settings?tab=staff`)
    await page.getByRole('textbox', { name: 'Name' }).last().fill('Mei')
    await page.getByRole('button', { name: 'Make an invitation link' }).click()
    await page.getByRole('heading', { name: /Mei/ }).waitFor()
    await page.goto(url)
    const row = page.locator('.rows .row').first()
    await row.getByRole('button', { name: 'Give to' }).click()
    await page.getByRole('menuitem', { name: 'Mei' }).click()
    await row.getByRole('button', { name: 'Mei' }).waitFor()
    await page.getByRole('button', { name: /^Undo/ }).click()
    await row.getByRole('button', { name: 'Give to' }).waitFor()
    await page.goto(`${url}/late`)
  })

  it('a mistyped code of the phone is said beside it, and signs nobody out', async () => {
    await page.goto(`${url}/settings`)
    await page.getByRole('button', { name: 'Set up a second step' }).click()
    await page.getByRole('textbox', { name: 'Code' }).fill('000000')
    await page.getByRole('button', { name: 'Turn it on' }).click()
    await page.getByText('That code does not work').waitFor()
    expect(await screens.check()).toEqual([])
    await page.goto(`${url}/late`)
    await page.getByRole('heading', { level: 1, name: /later than usual/ }).waitFor()
  })

  it('the language changes without a reload and is kept', async () => {
    await page.evaluate(() => Object.assign(window, { same: true }))
    await page.getByRole('button', { name: '中文', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: /位客户久未光顾/ }).waitFor()
    expect(await page.evaluate(() => [document.documentElement.lang, 'same' in window])).toEqual(['zh-CN', true])
    await page.getByRole('button', { name: 'EN, English' }).click()
    await page.getByRole('heading', { level: 1, name: /later than usual/ }).waitFor()
  })

  for (const language of ['en', 'zh-CN'] as const) {
    for (const scheme of ['light', 'dark'] as const) {
      it(`every page keeps to WCAG 2.2 AA and says everything in words (${language}, ${scheme})`, async () => {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
        await page.evaluate(name => localStorage.setItem('guanxi.language', name), language)
        await page.goto(`${url}/late`)
        const person = await page.locator('.rows .who a').first().getAttribute('href')
        const partyId = new URL(person!, url).searchParams.get('person')!.replaceAll('"', '')
        await page.goto(`${url}/draws`)
        const draw = await page.locator('.table tbody a').first().getAttribute('href')
        const promiseId = await page.evaluate(async () => {
          const answer = await fetch('/api/promises', { headers: { 'guanxi-world': 'demo' } })
          return (await answer.json()).items[0].promiseId as string
        })
        const found: string[] = []
        for (const path of [
          ...pages,
          draw!,
          `/promises?open=${promiseId}`,
          `/customers/${partyId}`,
          `/customers?person=${partyId}`,
        ]) {
          await page.goto(url + path)
          await page.getByRole('heading', { level: 1 }).waitFor()
          await page.waitForFunction(() => !document.querySelector('.waiting'))
          await page.waitForTimeout(200)
          for (const fault of await screens.check()) found.push(`${path} ${fault}`)
        }
        expect(found).toEqual([])
      }, 240_000)
    }
  }

  it('sections of pages fold and stay folded; on a phone all pages stand behind one button', async () => {
    await page.evaluate(() => localStorage.setItem('guanxi.language', 'en'))
    await page.goto(url)
    const bar = page.getByRole('navigation', { name: 'Pages' })
    await bar.getByRole('button', { name: 'Books' }).click()
    await bar.getByRole('link', { name: 'Ledger' }).waitFor({ state: 'detached' })
    await page.reload()
    await bar.getByRole('button', { name: 'Books' }).waitFor()
    expect(await bar.getByRole('link', { name: 'Ledger' }).count()).toBe(0)
    await page.goto(`${url}/ledger`)
    await bar.getByRole('link', { name: 'Ledger' }).waitFor()
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(url)
    expect(await bar.getByRole('link', { name: 'Value' }).isVisible()).toBe(false)
    await bar.getByRole('button', { name: 'All pages' }).click()
    expect(await screens.check()).toEqual([])
    await bar.getByRole('link', { name: 'Value' }).click()
    await page.getByRole('heading', { level: 1, name: /worth/ }).waitFor()
    expect(await bar.getByRole('link', { name: 'Value' }).isVisible()).toBe(false)
    await page.setViewportSize({ width: 1440, height: 900 })
  })

  it('on a phone, keys stand as blocks in which every line says what it is, and nothing scrolls sideways', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(`${url}/settings?tab=keys`)
    await page.getByLabel('Name').fill('Till in the Suzhou shop')
    await page.getByRole('button', { name: 'Make the key' }).click()
    const table = page.locator('.table-stacked')
    await table.getByText('Till in the Suzhou shop').waitFor()
    expect(await table.locator('thead').isVisible()).toBe(false)
    expect(await page.evaluate('document.querySelector(".table-holder").scrollWidth <= innerWidth')).toBe(true)
    const said = `getComputedStyle(document.querySelector('.table-stacked tbody td'), '::before').content`
    expect(await page.evaluate(said)).toBe('"Begins with"')
    expect(await screens.check()).toEqual([])
    await page.setViewportSize({ width: 1440, height: 900 })
  })

  it('nothing broke on the way', () => {
    // Being signed out, and somebody who is on file already, are answers.
    expect(screens.faults.filter(fault => !/status of (401|409)/.test(fault))).toEqual([])
  })
})
