import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { stateOf } from '#kernel/doctor/index.ts'
import { withoutPassword } from './config.ts'
import { languageFor } from './language.ts'

test.each([
  ['zh', {}, 'zh-CN'],
  ['en', { LANG: 'zh_CN.UTF-8' }, 'en'],
  [undefined, { LANG: 'zh_CN.UTF-8' }, 'zh-CN'],
  [undefined, { LC_ALL: 'C', LANG: 'zh_CN.UTF-8' }, 'en'],
  [undefined, { GUANXI_LANGUAGE: 'zh-CN', LANG: 'de_DE.UTF-8' }, 'zh-CN'],
  ['fr', { LANG: 'zh_TW.UTF-8' }, 'zh-CN'],
  [undefined, {}, 'en'],
] as const)('asked %s in %o, the command line speaks %s', (asked, environment, language) => {
  expect(languageFor(asked, environment)).toBe(language)
})

test.each([
  ['postgres://anna:secret@host/db', 'postgres://anna:…@host/db'],
  ['postgres://anna:p@ss@host/db', 'postgres://anna:…@host/db'],
  ['postgres://host/db?user=anna&password=secret', 'postgres://host/db?user=anna&password=…'],
  ['postgres://anna@host/db', 'postgres://anna@host/db'],
  ['./data', './data'],
])('%s is shown as %s', (value, shown) => {
  expect(withoutPassword(value)).toBe(shown)
})

test.each([
  [0, 'good'],
  [9, 'good'],
  [10, 'warn'],
  [60, 'bad'],
] as const)('with limits of 10 and 60, %d is %s', (value, state) => {
  expect(stateOf(value, { warn: 10, bad: 60 })).toBe(state)
})

describe('the command line', () => {
  let folder: string
  const running = new Set<ReturnType<typeof spawn>>()

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'guanxi-cli-'))
    chmodSync(folder, 0o711)
  })

  afterAll(() => {
    for (const child of running) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  function guanxi(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const { GUANXI_LANGUAGE: _l, LANG: _g, LC_ALL: _a, DATABASE_URL: _d, ...inherited } = process.env
    const child = spawn(process.execPath, ['--conditions=source', join(import.meta.dirname, 'main.ts'), ...args], {
      env: { ...inherited, GUANXI_DATA: join(folder, 'data'), NODE_ENV: '', NO_COLOR: '1', ...environment },
    })
    running.add(child)
    const heard = { out: '', err: '' }
    child.stdout.on('data', chunk => (heard.out += chunk))
    child.stderr.on('data', chunk => (heard.err += chunk))
    const ended = new Promise<number>(resolve =>
      child.on('exit', code => {
        running.delete(child)
        resolve(code ?? -1)
      }),
    )
    return { child, heard, ended }
  }

  async function answer(args: readonly string[], environment?: Readonly<Record<string, string>>) {
    const { heard, ended } = guanxi(args, environment)
    return { code: await ended, ...heard }
  }

  it('helps in both languages', async () => {
    const [english, chinese] = await Promise.all([answer(['--help']), answer(['import', '--help', '--language', 'zh'])])
    expect(english.code).toBe(0)
    expect(english.out).toMatch(/Usage: guanxi[\s\S]*sign-in-link[\s\S]*Exit codes: 0 done/)
    expect(chinese.out).toMatch(/用法：[\s\S]*小数点/)
  })

  it.each([
    ['a command that is not there', ['custmers'], 'There is no command “custmers”'],
    ['an option that is not there', ['customers', '--fnid', 'x'], 'no option --fnid'],
    ['a value that is not possible', ['warnings', '--view', 'all'], 'all is not possible here'],
    ['something missing', ['import'], 'missing after the command'],
  ])('ends with 2 for %s', async (_, args, sentence) => {
    const { code, err, out } = await answer(args)
    expect(code).toBe(2)
    expect(err).toContain(sentence)
    expect(out).toBe('')
  })

  it('ends with 3 for a refusal, which is a sentence or, with --json, a code', async () => {
    const { code, err } = await answer(['import', join(folder, 'nothing.csv')])
    expect(code).toBe(3)
    expect(err).toContain('There is no file at')
    const json = await answer(['import', join(folder, 'nothing.csv'), '--json'])
    expect(JSON.parse(json.out).error.code).toBe('cli:refusal.no-file')
  })

  it('ends with 4 when the database cannot be reached', async () => {
    const { code, err } = await answer(['customers'], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' })
    expect(code).toBe(4)
    expect(err.trim()).not.toMatch(/:refusal\.|Error:/)
  })

  it('shows its settings without secrets', async () => {
    const { out } = await answer(['config', '--json'], { DATABASE_URL: 'postgres://anna:secret@host/db' })
    expect(out).not.toContain('secret')
    const roots = await answer(['config', '--json'], { GUANXI_IMPORT_ROOTS: '/srv/till' })
    expect(JSON.parse(roots.out)).toContainEqual({ name: 'GUANXI_IMPORT_ROOTS', value: '/srv/till', isGiven: true })
    expect((await answer(['config'], { GUANXI_IMPORT_ROOTS: 'till' })).code).not.toBe(0)
    expect(JSON.parse(out)).toContainEqual({ name: 'DATABASE_URL', value: 'postgres://anna:…@host/db', isGiven: true })
  })

  it('starts, lets other commands work beside it, answers, and stops cleanly on Ctrl-C', async () => {
    const server = guanxi(['start', '--json'], { PORT: '0' })
    await until(() => server.heard.out.includes('}'))
    const { url, signIn } = JSON.parse(server.heard.out)
    expect(signIn).toContain('/sign-in#')
    expect((await fetch(`${url}/api/health`)).status).toBe(200)

    const file = join(folder, 'orders.csv')
    writeFileSync(file, 'order,customer,date,amount\n1,anna,2026-01-02,10.00\n2,ben,2026-01-03,12.50\n')
    const imported = await answer(['import', file, '--json', '--currency', 'EUR'])
    expect(imported.err).toBe('')
    expect(JSON.parse(imported.out).totals).toMatchObject({ newOrders: 2, newCustomers: 2, purchaseMinor: 2250 })
    const again = await answer(['import', file, '--json', '--currency', 'EUR'])
    expect(JSON.parse(again.out).totals).toMatchObject({ newOrders: 0, unchangedOrders: 2, newCustomers: 0 })
    const customers = await answer(['customers', '--json'])
    expect(
      JSON.parse(customers.out)
        .items.map((each: { name: string }) => each.name)
        .sort(),
    ).toEqual(['anna', 'ben'])

    const key = await answer(['key', 'create', 'till'])
    const track = await fetch(`${url}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${key.out.trim()}:`)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ userId: 'anna', event: 'Order Completed', properties: { order_id: '3', total: 5 } }),
    })
    expect(track.status).toBe(200)

    const page = await answer(['key', 'create', 'web page', '--browser', '--expires-in-days', '90', '--json'])
    expect(page.err).toBe('')
    const made = JSON.parse(page.out)
    expect(made).toMatchObject({ name: 'web page', kind: 'browser', permissions: [] })
    expect(Date.parse(made.expiresAt) - Date.parse(made.createdAt)).toBe(90 * 86_400_000)
    const both = await answer(['key', 'create', 'x', '--browser', '--permissions', 'till.use', '--language', 'zh-CN'])
    expect(both).toMatchObject({ code: 3, err: expect.stringContaining('网页密钥没有权限') })

    const doctor = await answer(['doctor', '--json'])
    const findings: { check: string; state: string }[] = JSON.parse(doctor.out)
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['node', 'disk', 'database', 'durability', 'clock', 'zones', 'migrations', 'queue']),
    )
    expect(findings.filter(({ check, state }) => state === 'bad' && check !== 'pages' && check !== 'disk')).toEqual([])

    server.child.kill('SIGINT')
    expect(await server.ended).toBe(0)
    await expect(fetch(`${url}/api/health`)).rejects.toThrow()
  })
})

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(resolve => setTimeout(resolve, 50))
}
