import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import writeExcelFile from 'write-excel-file/node'
import { gb18030 } from '#kernel/files/gb18030.testing.ts'
import { isBrowserHere, openScreens, type Screens } from '../scripts/screens.ts'

const header = ['Invoice', 'StockCode', 'Description', 'Quantity', 'InvoiceDate', 'Price', 'Customer ID', 'Name']
const customers = 100
const visits = 20

/** Two years of a shop: everybody in a rhythm of their own, every fifth gone since the last spring. */
function orders(): string[][] {
  const rows: string[][] = []
  for (let customer = 0; customer < customers; customer++) {
    const usual = 8 + ((customer * 7) % 22)
    let day = customer % 9
    for (let visit = 0; visit < visits; visit++) {
      rows.push([
        String(10_000 + rows.length),
        `T${customer % 7}`,
        `Tea no. ${customer % 7}`,
        String(1 + (visit % 3)),
        dayOf(customer % 5 === 0 ? day : day + (visits + 2) * (30 - usual)),
        '12.50',
        String(500 + customer),
        `Customer ${customer}`,
      ])
      day += Math.round(usual * (0.6 + (((customer * 31 + visit * 17) % 9) / 9) * 0.8))
    }
  }
  return rows
}

function dayOf(day: number): string {
  return new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10)
}

/** The rows of the shop with what files bring along: rows 7 and 9 are bad, two orders name nobody, two lines are free. */
function messyFile(): string {
  const rows = orders()
  const like = (row: string[], change: Partial<Record<number, string>>) => row.map((cell, at) => change[at] ?? cell)
  rows[5] = like(rows[5]!, { 5: 'abc' })
  rows[7] = like(rows[7]!, { 4: '2024-02-31' })
  rows.push(
    like(rows[100]!, { 0: '90001', 6: '' }),
    like(rows[101]!, { 0: '90002', 6: '' }),
    like(rows[102]!, { 0: '90003', 5: '0.00' }),
    like(rows[103]!, { 0: '90004', 5: '0.00' }),
    like(rows[104]!, { 0: 'C90005', 3: '-1' }),
  )
  return [header, ...rows].map(row => row.join(',')).join('\r\n')
}

describe.skipIf(!isBrowserHere)('importing a file, in a browser on a real server', () => {
  let screens: Screens
  let page: Page

  beforeAll(async () => {
    screens = await openScreens()
    page = screens.page
    page.setDefaultTimeout(15_000)
    await page.emulateMedia({ reducedMotion: 'reduce' })
  }, 180_000)

  afterAll(() => screens?.close(), 60_000)

  async function upload(name: string, bytes: Buffer): Promise<void> {
    await page.goto(`${screens.url}/data`)
    await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer: bytes })
    await page.getByRole('heading', { level: 1, name: `Import ${name}` }).waitFor()
    await page.getByRole('table').waitFor()
  }

  const click = (name: string) => page.getByRole('button', { name, exact: true }).click()

  /** What each column is said to mean, by its header. */
  async function meanings(): Promise<Record<string, string>> {
    const rows = await page.locator('table.mapping tbody tr').all()
    const pairs = rows.map(async row => [
      await row.locator('th').innerText(),
      await row.locator('input').first().inputValue(),
    ])
    return Object.fromEntries(await Promise.all(pairs))
  }

  /** The step as it stands, in both languages. */
  async function checkStep(): Promise<void> {
    const found: string[] = []
    for (const language of ['中文', 'EN, English']) {
      await click(language)
      await page.waitForTimeout(150)
      for (const fault of await screens.check()) found.push(`${language}: ${fault}`)
    }
    expect(found).toEqual([])
  }

  it('guesses what the columns mean and writes nothing', async () => {
    await upload('orders.csv', Buffer.from(messyFile()))
    expect(await meanings()).toEqual({
      Invoice: 'Order number',
      StockCode: 'Product number',
      Description: 'Product name',
      Quantity: 'Quantity',
      InvoiceDate: 'When',
      Price: 'Price of one',
      'Customer ID': 'Customer number',
      Name: 'Customer’s name',
    })
    await checkStep()
    await page.getByRole('button', { name: /File$/ }).click()
    await page.getByText('Tea no. 0').first().waitFor()
    await checkStep()
  })

  it('says which rows cannot be taken in, with row, column and reason', async () => {
    await page.getByRole('button', { name: /Columns$/ }).click()
    await click('Check the file')
    await page.getByText('2 rows cannot be taken in').waitFor({ timeout: 30_000 })
    const rows = await page.locator('.mend tbody tr').all()
    const said = rows.map(async row => [
      await row.locator('td').first().innerText(),
      await row.locator('[data-wrong] input').getAttribute('aria-label'),
      await row.locator('[data-wrong] input').inputValue(),
      await row.locator('td').nth(1).innerText(),
    ])
    expect(await Promise.all(said)).toEqual([
      ['7', 'Price of row 7', 'abc', 'This is not a number.'],
      ['9', 'InvoiceDate of row 9', '2024-02-31', 'There is no such day.'],
    ])
    await checkStep()
  })

  it('says what would happen, and lists what counts in totals only', async () => {
    await click('See what would happen')
    await page.getByText('1,998 new orders and 100 new customers would come in').waitFor()
    await page.getByText('Sold without a customer’s name 2 orders').click()
    await page.getByText('The list stands here once the file is taken in').waitFor()
    await page.getByText('Set aside 2 lines').click()
    await page.getByRole('cell', { name: '90004' }).waitFor()
    await checkStep()
    await page.goto(`${screens.url}/customers`)
    await page.getByRole('heading', { name: 'Your customers will stand here' }).waitFor()
    await page.goBack()
  })

  it('takes the file in, and Today fills by itself', async () => {
    await click('See what would happen')
    await click('Import now')
    await page.getByText(/^Taken in\./).waitFor({ timeout: 30_000 })
    await page.getByText('Sold without a customer’s name 2 orders').click()
    await page.getByRole('cell', { name: '90002' }).waitFor()
    await checkStep()
    await page.getByRole('link', { name: 'Go to Today' }).click()
    const why = page.locator('.rows .row .why', { hasText: /\d+ days, now \d+.*a year/ })
    await why.first().waitFor({ timeout: 30_000 })
  })

  it('undo takes all of it back', async () => {
    await page.goto(`${screens.url}/data`)
    await page.getByRole('link', { name: 'orders.csv' }).click()
    await click('Undo this import')
    await click('Undo this import')
    await page.getByText(/^Taken back\./).waitFor({ timeout: 30_000 })
    await checkStep()
    await page.getByRole('link', { name: 'Go to Today' }).click()
    await page.locator('.rows .row').first().waitFor({ state: 'detached' })
    // Nobody is left, not even those whom Guanxi had already found late.
    await page.goto(`${screens.url}/customers?late=yes`)
    await page.getByRole('heading', { name: 'Your customers will stand here' }).waitFor()
  })

  it('reads an XLSX file the same way', async () => {
    const rows = orders().slice(0, 60)
    const sheet = await writeExcelFile(
      [header, ...rows].map(row => row.map((value, at) => (/^[\d.]+$/.test(value) && at > 2 ? Number(value) : value))),
    ).toBuffer()
    await upload('orders.xlsx', sheet)
    expect((await meanings()).InvoiceDate).toBe('When')
    await click('Check the file')
    await page.getByText('Every row can be taken in').waitFor({ timeout: 30_000 })
    await click('See what would happen')
    await page.getByText(/^60 new orders and/).waitFor()
  })

  it('asks which of two numbers is the month where the file does not tell', async () => {
    await upload(
      'dates.csv',
      Buffer.from('Invoice,Date,Amount,Customer ID\n1,03/04/2025,5.00,7\n2,05/06/2025,6.00,8\n'),
    )
    expect(await page.getByRole('button', { name: 'Check the file' }).isDisabled()).toBe(true)
    await checkStep()
    await page.getByRole('combobox', { name: /Is 03\/04 the third of April/ }).click()
    await page.getByRole('option', { name: /the third of April/ }).click()
    await click('Check the file')
    await click('See what would happen')
    await page.getByText('2 rows, from 3 Apr 2025 to 5 Jun 2025').waitFor()
  })

  it('asks how Chinese letters are written, and shows them as soon as it knows', async () => {
    await upload('茶.csv', gb18030('订单号,日期,金额,会员号,姓名\nD1,2025-06-01,128.00,V8,王小明\n'))
    await page.getByRole('combobox', { name: /How are the letters written/ }).click()
    await page.getByRole('option', { name: /GB 18030/ }).click()
    await page.getByText('We think we know what every column means').waitFor()
    expect(await meanings()).toMatchObject({ 订单号: 'Order number', 姓名: 'Customer’s name' })
    await page.getByRole('cell', { name: '王小明' }).waitFor()
  })

  it('nothing broke on the way', () => {
    expect(screens.faults).toEqual([])
  })
})
