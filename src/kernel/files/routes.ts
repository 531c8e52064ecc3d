import { route } from '#kernel/operation.ts'
import * as contract from './contract.ts'
import { addFolder, changeFolder, listFolders, lookNow, removeFolder } from './folders.ts'
import { askFor, createImport, mapImport, removeImport } from './imports.ts'
import { previewRules } from './preview-rules.ts'
import { listProblems, listSetAside, listUnattributed } from './problems.ts'
import { errorFile, listRejected, mendImport } from './rejected.ts'
import { applyMapping, changeMapping, listMappings, removeMapping, saveMapping } from './saved-mappings.ts'
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
  route(contract.previewRules, (house, { params }) => previewRules(house, params.importId)),
  route(contract.listRejectedRows, (house, { params, query }) => listRejected(house, params.importId, query)),
  route(contract.downloadErrorFile, (house, { params, language }) =>
    errorFile(house, params.importId, language).then(lines => lines as never),
  ),
  route(contract.mendImport, (house, { params, body }) => mendImport(house, params.importId, body.rows)),
  route(contract.listSavedMappings, async house => ({ items: await listMappings(house) })),
  route(contract.saveMapping, (house, { body }) => saveMapping(house, body.importId, body.name)),
  route(contract.changeSavedMapping, (house, { params, body }) =>
    changeMapping(house, params.mappingId, body as never),
  ),
  route(contract.removeSavedMapping, async (house, { params }) => {
    await removeMapping(house, params.mappingId)
    return params
  }),
  route(contract.applySavedMapping, (house, { params, body }) => applyMapping(house, params.importId, body.mappingId)),
  route(contract.listFolders, house => listFolders(house)),
  route(contract.addFolder, (house, { body }) => addFolder(house, body)),
  route(contract.changeFolder, (house, { params, body }) => changeFolder(house, params.folderId, body)),
  route(contract.removeFolder, async (house, { params }) => {
    await removeFolder(house, params.folderId)
    return params
  }),
  route(contract.lookIntoFolder, async (house, { params }) => {
    await lookNow(house, params.folderId)
    return params
  }),
  route(contract.removeImport, async (house, { params }) => {
    await removeImport(house, params.importId)
    return { importId: params.importId }
  }),
]
