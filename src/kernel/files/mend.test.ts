import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { changeParty } from '#kernel/parties/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { fits, folderInside } from './folder-path.ts'
import { addFolder, changeFolder, listFolders, nextLookAt, removeFolder } from './folders.ts'
import { checkNow, type ImportFileOptions, importFile, runNow, undoNow } from './import-file.ts'
import { createImport, mapImport, removeImport } from './imports.ts'
import { outcomeOf } from './overwrite.ts'
import { previewRules } from './preview-rules.ts'
import { importProgress } from './progress.ts'
import { csvCell, errorFile, listRejected, mendImport } from './rejected.ts'
import { performRun } from './run.ts'
import { applyMapping, changeMapping, listMappings, removeMapping, saveMapping } from './saved-mappings.ts'
import { readImport } from './store.ts'

let house: TestHouse
let folder: string

beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-01T09:00:00Z', business: { currency: 'GBP', zone: 'UTC' } })
  folder = await mkdtemp(join(tmpdir(), 'guanxi-mend-'))
})

afterAll(async () => {
  await house.close()
  await rm(folder, { recursive: true, force: true })
})

const imported: string[] = []

afterEach(async () => {
  for (const importId of imported.splice(0).reverse()) {
    if ((await readImport(house, importId)).state === 'done') await undoNow(house, importId)
    await removeImport(house, importId)
  }
  const [left] = await house.database.query(
    `select (select count(*) from events.event) as events, (select count(*) from parties.party) as parties,
       (select count(*) from files.said_value) as said, (select count(*) from files.mended_row) as mended`,
  )
  expect(left).toEqual({ events: 0, parties: 0, said: 0, mended: 0 })
})

async function take(text: string, options: ImportFileOptions = {}, name = 'orders.csv') {
  const path = join(folder, name)
  await writeFile(path, text)
  const done = await importFile(house, path, options)
  imported.push(done.importId)
  return done
}

async function textOf(importId: string, language: 'en' | 'zh-CN' = 'en'): Promise<string> {
  let text = ''
  for await (const piece of await errorFile(house, importId, language)) text += piece
  return text
}

async function orders() {
  const rows = await house.database.query<{ party_id: string }>('select distinct party_id from events.event')
  const events = await Promise.all(rows.map(row => house.events.history(house.database, [row.party_id])))
  return events
    .flat()
    .map(event => event.payload as { orderRef: string; amountMinor: number; lines: unknown[] })
    .map(({ orderRef, amountMinor, lines }) => [orderRef, amountMinor, lines.length])
    .sort()
}

const header = 'Invoice,StockCode,Quantity,InvoiceDate,Price,CustomerID'
const halfBroken = [
  header,
  '1,T1,2,2025-06-01,3.00,77',
  '1,T2,many,2025-06-01,4.00,77',
  '2,T1,1,2025-06-02,3.00,78',
  '3,=HYPERLINK("http://x"),-,2025-06-03,3.00,78',
].join('\n')
const decimal = { options: { decimalMark: '.' as const, refundPrefix: null } }
const whole = [
  ['1', 1000, 2],
  ['2', 300, 1],
  ['3', 300, 1],
]

test('rejected rows leave as a file with their reason, their columns as they were, and no formula in it', async () => {
  const done = await take(halfBroken, { ...decimal, mapping: { Quantity: 'quantity' } })
  expect(done.totals).toMatchObject({ rejectedRows: 2, newOrders: 2 })
  const lines = (await textOf(done.importId)).split('\r\n')
  expect(lines).toEqual([
    `\uFEFF${header},Row 行,Reason 原因 #${done.number}`,
    // The line of the same order that was taken in stands beside the one that was not.
    '1,T1,2,2025-06-01,3.00,77,2,',
    '1,T2,many,2025-06-01,4.00,77,3,This is not a number.',
    `3,"'=HYPERLINK(""http://x"")",-,2025-06-03,3.00,78,5,This is not a number.`,
    '',
  ])
  expect(await textOf(done.importId, 'zh-CN')).toContain('这不是数字。')
})

test('the corrected file of rejected rows is imported again without doubling and without losing what was in', async () => {
  const done = await take(halfBroken, { ...decimal, mapping: { Quantity: 'quantity' } })
  const corrected = (await textOf(done.importId)).replace('many', '1').replace(',-,', ',1,')
  const again = await take(corrected, {}, 'corrected.csv')
  expect(again.options).toMatchObject({ decimalMark: '.', refundPrefix: null })
  expect(again.totals).toMatchObject({ newOrders: 1, changedOrders: 1, rejectedRows: 0 })
  expect(await orders()).toEqual(whole)
  expect((await take(corrected, {}, 'corrected.csv')).totals).toMatchObject({ newOrders: 0, changedOrders: 0 })
})

test('rejected rows are mended in place: they come in, nothing doubles, and undo takes all of it back', async () => {
  const done = await take(halfBroken, { ...decimal, mapping: { Quantity: 'quantity' } })
  const { items } = await listRejected(house, done.importId, { limit: 10 })
  expect(items.map(({ row, cells }) => [row, cells?.[2]])).toEqual([
    [3, 'many'],
    [5, '-'],
  ])
  const mended = items.map(({ row, cells }) => ({ row, cells: cells!.map((cell, at) => (at === 2 ? '1' : cell)) }))
  await expect(mendImport(house, done.importId, [{ row: 2, cells: [] }])).rejects.toMatchObject({
    code: 'files:refusal.not-rejected',
  })
  await mendImport(house, done.importId, mended.slice(0, 1), 'caller')
  await performRun(house, done.importId, importProgress(house, done.importId, {}))
  expect((await readImport(house, done.importId)).totals).toMatchObject({
    rows: 4,
    rejectedRows: 1,
    newOrders: 2,
    changedOrders: 1,
    unchangedOrders: 0,
    newCustomers: 2,
  })
  await mendImport(house, done.importId, mended.slice(1), 'caller')
  await performRun(house, done.importId, importProgress(house, done.importId, {}))
  expect((await readImport(house, done.importId)).totals).toMatchObject({ rejectedRows: 0, newOrders: 3 })
  expect(await orders()).toEqual(whole)
})

test.each<[string | null, string | undefined, Parameters<typeof outcomeOf>[2], number | undefined, string]>([
  ['Leeds', undefined, 'overwrite', 1, 'same'],
  ['Leeds', 'Leeds', 'overwrite', 1, 'same'],
  ['Leeds', 'York', 'keep', 1, 'kept'],
  [null, 'York', 'keep', 1, 'kept'],
  ['Leeds', 'York', 'fill', 1, 'kept'],
  [null, 'York', 'fill', 1, 'filled'],
  ['Leeds', 'York', 'overwrite', 1, 'replaced'],
  ['Leeds', 'York', 'newest', 1, 'replaced'],
  ['Leeds', 'York', 'newest', 2, 'kept'],
  ['Leeds', 'York', 'newest', 3, 'kept'],
  ['Leeds', 'York', 'newest', undefined, 'kept'],
  [null, 'York', 'newest', 3, 'filled'],
])('ours %s, theirs %s, rule %s, ours from day %s: %s', (mine, theirs, rule, day, answer) => {
  const oursAt = day === undefined ? undefined : new Date(Date.UTC(2026, 0, day))
  expect(outcomeOf(mine, theirs, rule, { at: new Date(Date.UTC(2026, 0, 2)), oursAt })).toBe(answer)
})

const people = (city: string, others = '') => `customer id,customer name,city,country\n7,Ann Lee,${city},${others}\n`

async function profile() {
  const [row] = await house.database.query('select name, details from parties.party')
  return row
}

test('a column overwrites only where its rule says so, is counted before, and undo restores what stood', async () => {
  await take(people('Leeds', 'GB'))
  const asked = join(folder, 'rules.csv')
  await writeFile(asked, people('York', 'FR'))
  const created = await createImport(house, { path: asked, name: 'rules.csv' })
  imported.push(created.importId)
  const { kind, options } = created
  const columns = created.columns.map(({ column, target }) => ({
    column,
    target,
    ...(target === 'city' && { rule: 'overwrite' as const }),
  }))
  await mapImport(house, created.importId, { kind, columns, options })
  expect(await previewRules(house, created.importId)).toMatchObject({
    customers: 1,
    known: 1,
    columns: [
      { target: 'customerName', rule: 'fill', empty: 0, different: 0, written: 0 },
      { target: 'city', rule: 'overwrite', different: 1, written: 1, samples: [{ ours: 'Leeds', theirs: 'York' }] },
      { target: 'country', rule: 'fill', different: 1, written: 0 },
    ],
  })
  const checked = await checkNow(house, created.importId)
  expect(checked.totals!.profiles).toEqual([
    { target: 'customerName', filled: 0, replaced: 0, kept: 0 },
    { target: 'city', filled: 0, replaced: 1, kept: 0 },
    { target: 'country', filled: 0, replaced: 0, kept: 1 },
  ])
  expect(await profile()).toEqual({ name: 'Ann Lee', details: { city: 'Leeds', country: 'GB' } })
  await runNow(house, created.importId)
  expect(await profile()).toEqual({ name: 'Ann Lee', details: { city: 'York', country: 'GB' } })
  await undoNow(house, created.importId)
  expect(await profile()).toEqual({ name: 'Ann Lee', details: { city: 'Leeds', country: 'GB' } })
})

test('the newest has the word by its own date, however the files and their rows are ordered', async () => {
  const dated = (...rows: string[]) => `customer id,city,date\n${rows.map(row => `7,${row}`).join('\n')}\n`
  const newest = async (text: string) => {
    const path = join(folder, 'dated.csv')
    await writeFile(path, text)
    const created = await createImport(house, { path, name: 'dated.csv' })
    imported.push(created.importId)
    const columns = created.columns.map(({ column, target }) => ({ column, target, rule: 'newest' as const }))
    await mapImport(house, created.importId, { kind: 'customers', columns, options: created.options })
    await checkNow(house, created.importId)
    await runNow(house, created.importId)
  }
  await newest(dated('Leeds,2025-05-01', 'Hull,2025-04-01'))
  expect(await profile()).toMatchObject({ details: { city: 'Leeds' } })
  await newest(dated('York,2025-01-01'))
  expect(await profile()).toMatchObject({ details: { city: 'Leeds' } })
  await newest(dated('Bath,2025-06-01'))
  expect(await profile()).toMatchObject({ details: { city: 'Bath' } })
  await undoNow(house, imported.at(-1)!)
  expect(await profile()).toMatchObject({ details: { city: 'Leeds' } })
})

test('what a person has changed since stays theirs when an overwriting import is taken back', async () => {
  await take(people('Leeds'))
  const second = await take(people('York').replace('Ann', 'Anna'), {
    rules: { city: 'overwrite', customerName: 'overwrite' },
  })
  expect(await profile()).toEqual({ name: 'Anna Lee', details: { city: 'York' } })
  const [row] = await house.database.query<{ party_id: string }>('select party_id from parties.party')
  await house.database.transaction(transaction => changeParty(transaction, house, row!.party_id, { name: 'Annie Lee' }))
  await undoNow(house, second.importId)
  expect(await profile()).toEqual({ name: 'Annie Lee', details: { city: 'Leeds' } })
})

test('a saved mapping is recognised by the columns in any order, taken over by name, and can be edited', async () => {
  const first = await take('Ref,When,Sum,Who\n1,2025-01-01,3.00,77\n', {
    mapping: { Ref: 'orderRef', When: 'occurredAt', Sum: 'amount', Who: 'customerId' },
    options: { sourceLabel: 'till 3', decimalMark: '.' },
  })
  const saved = await saveMapping(house, first.importId, 'Till 3')
  const path = join(folder, 'next.csv')
  await writeFile(path, 'Who,When,Sum,Ref\n78,2025-01-02,4.00,2\n')
  const next = await createImport(house, { path, name: 'next.csv' })
  imported.push(next.importId)
  expect(next.savedMapping).toEqual({ mappingId: saved.mappingId, name: 'Till 3' })
  const mapped = await applyMapping(house, next.importId, saved.mappingId)
  expect(mapped.columns.map(({ target }) => target)).toEqual(['customerId', 'occurredAt', 'amount', 'orderRef'])
  expect(mapped).toMatchObject({ kind: 'orders', options: { sourceLabel: 'till 3' }, questions: [] })
  await changeMapping(house, saved.mappingId, { name: 'Till three' })
  expect((await listMappings(house)).map(({ name }) => name)).toEqual(['Till three'])
  await removeMapping(house, saved.mappingId)
  expect((await readImport(house, next.importId)).savedMapping).toBeNull()
})

async function watched(pattern: string) {
  const seed = await take(`${header}\n9,T9,1,2025-06-01,1.00,99\n`, decimal, 'seed.csv')
  const { mappingId } = await saveMapping(house, seed.importId, pattern)
  const inbox = join(house.folder, 'inbox', pattern.replace(/\W/g, ''))
  await mkdir(inbox, { recursive: true })
  const settings = { path: inbox, pattern, mappingId, timing: { everyMinutes: 1 }, isOn: true }
  const { folderId } = await addFolder(house, settings)
  const look = async () => {
    house.clock.advanceDays(1 / 1440)
    await house.database.query('update files.folder set next_at = $1', [house.clock.now()])
    await house.perform('files.watch')
    const [found] = (await listFolders(house)).items
    for (const { importId } of found!.files) {
      if (importId && !imported.includes(importId)) imported.push(importId)
    }
    return found!
  }
  return { inbox, folderId, mappingId, settings, look }
}

async function stopWatching(folderId: string, mappingId: string) {
  await removeFolder(house, folderId)
  await removeMapping(house, mappingId)
}

test('a mapping that is removed while it is being changed is said to be unknown', async () => {
  const seed = await take(`${header}\n9,T9,1,2025-06-01,1.00,99\n`, decimal, 'gone.csv')
  const { mappingId } = await saveMapping(house, seed.importId, 'Gone')
  const other = await house.database.pool.connect()
  try {
    await other.query('begin')
    await other.query('delete from files.saved_mapping where mapping_id = $1', [mappingId])
    const change = changeMapping(house, mappingId, { name: 'Still here' }).catch((error: unknown) => error)
    // The change has read the mapping by then, and waits for its row.
    const waiting = `select 1 from pg_locks waits join pg_locks holds using (pid)
      where not waits.granted and holds.relation = 'files.saved_mapping'::regclass`
    while ((await house.database.query(waiting)).length === 0) await new Promise(resolve => setTimeout(resolve, 10))
    await other.query('commit')
    expect(await change).toMatchObject({ code: 'files:refusal.unknown-mapping' })
  } finally {
    other.release()
  }
})

test('a watched folder takes a file once it has stopped growing, once by its content, and puts it aside', async () => {
  const { inbox, folderId, mappingId, look } = await watched('orders-*.csv')
  const path = join(inbox, 'orders-1.csv')
  await writeFile(path, `${header}\n1,T1,2,2025-06-01,3.00,77\n`)
  await writeFile(join(inbox, 'other.txt'), 'no')
  expect((await look()).files).toMatchObject([{ name: 'orders-1.csv', state: 'waiting' }])
  await writeFile(path, halfBroken)
  await utimes(path, 1_700_000_000, 1_700_000_000)
  expect((await look()).files).toMatchObject([{ state: 'waiting' }])
  expect((await look()).files).toMatchObject([{ name: 'orders-1.csv', state: 'done' }])
  expect((await readdir(inbox)).sort()).toEqual(['done', 'other.txt'])
  expect((await readdir(join(inbox, 'done'))).sort()).toEqual(['orders-1.csv', 'orders-1.csv.rejected.csv'])
  expect(await readFile(join(inbox, 'done', 'orders-1.csv.rejected.csv'), 'utf8')).toContain('many')
  const before = await orders()
  await writeFile(path, halfBroken)
  await look()
  expect((await look()).files[0]).toMatchObject({ state: 'known', importId: null })
  expect(await orders()).toEqual(before)
  expect(await readdir(join(inbox, 'done'))).toContain('orders-1-2.csv')
  await stopWatching(folderId, mappingId)
})

test('a file that cannot be read goes to failed with its reason, and the failure is shown', async () => {
  const { inbox, folderId, mappingId, look } = await watched('*.dat')
  await writeFile(join(inbox, 'a.dat'), 'PAR1 this is not Parquet')
  await writeFile(join(inbox, 'b.dat'), 'completely,different\n1,2\n')
  await look()
  const { files } = await look()
  expect(files.map(({ name, state, failure }) => [name, state, failure?.code]).sort()).toEqual([
    ['a.dat', 'failed', 'files:refusal.broken-parquet'],
    ['b.dat', 'failed', 'files:refusal.open-questions'],
  ])
  expect((await readdir(join(inbox, 'failed'))).sort()).toEqual([
    'a.dat',
    'a.dat.error.txt',
    'b.dat',
    'b.dat.error.txt',
  ])
  expect((await listFolders(house)).failed).toBe(2)
  await stopWatching(folderId, mappingId)
})

test('a folder outside the allowed roots, a link out of them and a linked file are never followed', async () => {
  const { inbox, folderId, mappingId, settings, look } = await watched('s-*.csv')
  const secret = join(folder, 's-secret.csv')
  await writeFile(secret, `${header}\n1,T1,2,2025-06-01,3.00,77\n`)
  await symlink(secret, join(inbox, 's-link.csv'))
  await symlink(folder, join(house.folder, 'inbox', 'out'))
  expect((await look()).files).toEqual([])
  for (const path of ['/etc', '../../../etc', 'out', join(house.folder, 'inbox', 'out'), `${house.folder}/inboxes`]) {
    await expect(changeFolder(house, folderId, { ...settings, path })).rejects.toMatchObject({
      code: 'files:refusal.folder-outside',
    })
  }
  await symlink(folder, join(inbox, 'done'))
  await writeFile(join(inbox, 's-1.csv'), `${header}\n1,T1,2,2025-06-01,3.00,77\n`)
  await look()
  expect((await look()).failure).toMatchObject({ code: 'files:refusal.folder-outside' })
  expect((await lstat(join(inbox, 's-1.csv'))).isFile()).toBe(true)
  await expect(readdir(folder)).resolves.not.toContain('s-1.csv')
  await stopWatching(folderId, mappingId)
})

test('roots hold their own folders and no neighbours with a longer name', async () => {
  const roots = [join(folder, 'root')]
  await mkdir(join(folder, 'root', 'a'), { recursive: true })
  await mkdir(join(folder, 'root-b'), { recursive: true })
  expect(await folderInside('a', roots)).toBe(join(folder, 'root', 'a'))
  await expect(folderInside(join(folder, 'root-b'), roots)).rejects.toMatchObject({
    code: 'files:refusal.folder-outside',
  })
  await expect(folderInside('missing', roots)).rejects.toMatchObject({ code: 'files:refusal.folder-missing' })
})

test.each<[string, string, boolean]>([
  ['Orders-2026.csv', 'orders-*.csv', true],
  ['orders.csv', 'orders-*.csv', false],
  ['a1.csv', 'a?.csv', true],
  ['a.csv', 'a?.csv', false],
  ['abc', '*', true],
  ['a.b', 'a[.]b', false],
  ['a'.repeat(200), `${'a*'.repeat(40)}b`, false],
])('%s fits %s: %s', (name, pattern, answer) => {
  expect(fits(name, pattern)).toBe(answer)
})

test.each<[string, string]>([
  ['=1+1', `"'=1+1"`],
  ['-3.50', '-3.50'],
  ['+44 7700 900123', '+44 7700 900123'],
  ['-cmd|x', `"'-cmd|x"`],
  ['@x', `"'@x"`],
  ['a,b', '"a,b"'],
  ['茶', '茶'],
])('the cell %s is written %s', (text, cell) => {
  expect(csvCell(text)).toBe(cell)
})

test('the next look: so many minutes on, or the next time the clock shows the hour of the business', () => {
  const now = new Date('2026-03-01T23:00:00Z')
  expect(nextLookAt({ everyMinutes: 30 }, now, 'UTC').toISOString()).toBe('2026-03-01T23:30:00.000Z')
  expect(nextLookAt({ dailyAt: '06:30' }, now, 'Asia/Shanghai').toISOString()).toBe('2026-03-02T22:30:00.000Z')
  expect(nextLookAt({ dailyAt: '07:30' }, now, 'Asia/Shanghai').toISOString()).toBe('2026-03-01T23:30:00.000Z')
})
