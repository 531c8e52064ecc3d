import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { balancesFile, ordersFile } from '../files.ts'
import { type Course, dayFromNow, newMember, someCustomers, when } from './host.ts'

interface Upload {
  readonly importId: string
  readonly state: string
  readonly kind: string
  readonly questions: readonly string[]
  readonly columns: readonly { readonly column: number; readonly name: string; readonly target: string | null }[]
  readonly options: Readonly<Record<string, unknown>>
}

/** Files of orders in every state, with rows that were rejected; saved mappings and a watched folder. */
export const imports: Course = async host => {
  const { owner, mark } = host
  const of = (importId: string) => ({ params: { importId } })
  const read = (importId: string) => host.ask<Upload>(owner, 'readImport', of(importId))
  const upload = (name: string) => host.ask<Upload>(owner, 'uploadImport', { file: ordersFile(`${mark}${name}`) })
  const map = async ({ importId, kind, columns, options }: Upload) => {
    const said = { ...options, encoding: 'utf-8', dateOrder: 'ymd', decimalMark: '.', twoDigitYearsFrom: 2000 }
    const chosen = columns.map(({ column, target }) => ({ column, target }))
    await host.ask(owner, 'mapImport', { ...of(importId), body: { kind, columns: chosen, options: said } })
  }
  const step = async (operationId: string, importId: string, ends: string) => {
    await host.ask(owner, operationId, of(importId))
    await when(
      () => read(importId),
      ({ state }) => state === ends || state === 'failed',
    )
  }
  const first = await upload('a')
  const { importId } = first
  await map(first)
  await step('checkImport', importId, 'checked')
  await host.ask(owner, 'previewRules', of(importId))
  const { mappingId } = await host.ask<{ mappingId: string }>(owner, 'saveMapping', {
    body: { importId, name: `table ${mark}` },
  })
  await step('runImport', importId, 'done')
  for (const list of ['listImportProblems', 'listUnattributedOrders', 'listSetAsideLines', 'downloadErrorFile']) {
    await host.ask(owner, list, of(importId))
  }
  const { items } = await host.ask<{ items: { row: number; cells: string[] | null }[] }>(
    owner,
    'listRejectedRows',
    of(importId),
  )
  const [rejected] = items
  if (rejected?.cells) {
    const cells = rejected.cells.map(cell => (cell === 'not a date' ? '2026-03-02 12:00' : cell))
    await host.ask(owner, 'mendImport', { ...of(importId), body: { rows: [{ row: rejected.row, cells }] } })
    await when(
      () => read(importId),
      ({ state }) => state === 'done' || state === 'failed',
    )
  }
  const second = await upload('b')
  await host.ask(owner, 'applySavedMapping', { ...of(second.importId), body: { mappingId } })
  await step('checkImport', second.importId, 'checked')
  await step('runImport', second.importId, 'done')
  await step('undoImport', second.importId, 'undone')
  await host.ask(owner, 'removeImport', of((await upload('c')).importId))
  const third = await upload('d')
  await map(third)
  await step('checkImport', third.importId, 'checked')
  await upload('e')

  await host.ask(owner, 'changeSavedMapping', { params: { mappingId }, body: { name: `tables ${mark}` } })
  const spare = await host.ask<{ mappingId: string }>(owner, 'saveMapping', {
    body: { importId, name: `spare ${mark}` },
  })
  await host.ask(owner, 'removeSavedMapping', { params: { mappingId: spare.mappingId } })
  const { roots } = await host.ask<{ roots: string[] }>(owner, 'listFolders')
  await mkdir(join(roots[0]!, mark), { recursive: true })
  const settings = { path: mark, pattern: '*.csv', mappingId, timing: { everyMinutes: 1440 }, isOn: true }
  const add = (pattern: string) =>
    host.ask<{ folderId: string }>(owner, 'addFolder', { body: { ...settings, pattern } })
  const { folderId } = await add('*.csv')
  await host.ask(owner, 'changeFolder', { params: { folderId }, body: { ...settings, isOn: false } })
  await host.ask(owner, 'lookIntoFolder', { params: { folderId } })
  await host.ask(owner, 'removeFolder', { params: { folderId: (await add('b*.csv')).folderId } })
}

/** Balances of an older system, taken over and taken back. */
export const opening: Course = async host => {
  const { owner, mark } = host
  const { card } = await newMember(host, 'opening')
  const upload = (name: string) =>
    host.ask<{ importId: string; columns: { column: number; name: string }[] }>(owner, 'uploadOpening', {
      file: balancesFile(`${mark}${name}`, card),
    })
  const fields = ['card', 'amount', 'earnedOn', 'expiresOn', 'reference']
  const { importId, columns } = await upload('a')
  const of = { params: { importId } }
  const body = {
    columns: columns.map(({ column }) => ({ column, field: fields[column] ?? null })),
    ...{ asset: 'points', dateOrder: 'ymd', encoding: 'utf-8' },
  }
  await host.ask(owner, 'mapOpening', { ...of, body })
  const step = async (operationId: string, ends: string) => {
    await host.ask(owner, operationId, of)
    await when(
      () => host.ask<{ state: string }>(owner, 'readOpening', of),
      ({ state }) => state === ends || state === 'failed',
    )
  }
  await step('checkOpening', 'checked')
  await step('runOpening', 'done')
  await host.ask(owner, 'openingProblems', of)
  await step('undoOpening', 'undone')
  await upload('b')
}

/** What people have on their lists, and who belongs to whom. */
export const tasks: Course = async host => {
  const { owner } = host
  const list = async (state: string) =>
    (
      await host.ask<{ items: { taskId: string; partyId: string }[] }>(owner, 'listTasks', {
        query: { state, limit: 20 },
      })
    ).items
  const [one, two, three] = await list('open')
  const act = (operationId: string, { taskId, partyId }: { taskId: string; partyId: string }, more: object = {}) =>
    host.ask(owner, operationId, { params: { taskId }, body: { partyId, ...more } })
  if (one) {
    await act('closeTask', one, { outcome: 'reached' })
    await act('reopenTask', one)
    await act('assignTask', one, { ownerId: null })
  }
  if (two) await act('postponeTask', two, { until: dayFromNow(3) })
  if (three) await act('closeTask', three, { outcome: 'wrong-alarm' })
  await list('done')
  const [lin, mei, bo] = await someCustomers(host)
  const relate = (partyId: string, otherPartyId: string) =>
    host.ask<{ relations: { relationId: string }[] }>(owner, 'addRelation', {
      params: { partyId },
      body: { kind: 'spouse', otherPartyId },
    })
  const { relations } = await relate(lin!.partyId, mei!.partyId)
  await relate(lin!.partyId, bo!.partyId)
  await host.ask(owner, 'removeRelation', { params: { partyId: lin!.partyId, relationId: relations[0]!.relationId } })
  const value = `+86138${String(Number.parseInt(host.mark, 36) % 1e8).padStart(8, '0')}`
  await host.ask(owner, 'addIdentifier', { params: { partyId: bo!.partyId }, body: { kind: 'phone', value } })
}

/** Profiles that may be one person twice: seen, merged, parted again. */
export const merges: Course = async host => {
  const { owner } = host
  const pair = async (name: string) => {
    const [kept, other] = [await newMember(host, name), await newMember(host, `${name}2`)]
    return { keptId: kept.partyId, otherId: other.partyId }
  }
  const query = await pair('merge')
  await host.ask(owner, 'previewMerge', { query })
  const { mergeId } = await host.ask<{ mergeId: string }>(owner, 'mergeProfiles', { body: query })
  await host.ask(owner, 'undoMerge', { params: { mergeId } })
  await host.ask(owner, 'mergeProfiles', { body: await pair('merged') })
  await host.ask(owner, 'searchDuplicates')
  await host.ask(owner, 'listDuplicates')
  await host.ask(owner, 'listMerges')
}
