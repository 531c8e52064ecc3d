// Draws the icons of the member card from web/public/card.svg, in the sizes that phones ask for: node scripts/card-icons.ts
import { readFileSync, writeFileSync } from 'node:fs'
import { chromium } from 'playwright-core'

const folder = new URL('../web/public/', import.meta.url)
const drawing = readFileSync(new URL('card.svg', folder), 'utf8')
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
const page = await browser.newPage()
for (const size of [192, 512]) {
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(`<style>body { margin: 0 } svg { display: block; width: 100vw }</style>${drawing}`)
  writeFileSync(new URL(`card-${size}.png`, folder), await page.screenshot())
}
await browser.close()
