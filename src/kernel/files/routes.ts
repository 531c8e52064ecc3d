import { route } from '#kernel/operation.ts'
import * as contract from './contract.ts'
import { askFor, createImport, mapImport, removeImport } from './imports.ts'
import { listProblems, listSetAside, listUnattributed } from './problems.ts'
import { listImports, readImport } from './store.ts'

export const fileRoutes = [
  route(contract.listImports, async house => ({ items: await listImports(house) })),
  route(contract.uploadImport, (house, { file, caller }) =>
    createImport(house, {
      name: file!.name,
      stream: file!.stream,
      callerId: caller.kind === 'nobody' ? undefined : caller.id,
    }),
  ),
  route(contract.readImport, (house, { params }) => readImport(house, params.importId)),
  route(contract.mapImport, (house, { params, body }) => mapImport(house, params.importId, body)),
  route(contract.checkImport, (house, { params }) => askFor(house, params.importId, 'check')),
  route(contract.runImport, (house, { params }) => askFor(house, params.importId, 'run')),
  route(contract.undoImport, (house, { params }) => askFor(house, params.importId, 'undo')),
  route(contract.listImportProblems, (house, { params, query }) => listProblems(house, params.importId, query)),
  route(contract.listUnattributedOrders, (house, { params, query }) => listUnattributed(house, params.importId, query)),
  route(contract.listSetAsideLines, (house, { params, query }) => listSetAside(house, params.importId, query)),
  route(contract.removeImport, async (house, { params }) => {
    await removeImport(house, params.importId)
    return { importId: params.importId }
  }),
]
