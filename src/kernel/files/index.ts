export type {
  FileKind,
  ImportDetail,
  ImportMapping,
  ImportOptions,
  ImportSummary,
  ImportTotals,
  Target,
} from './contract.ts'
export { dateShapeOf, readMoment } from './dates.ts'
export { inUnits, readDecimal } from './decimals.ts'
export { addFolder, listFolders } from './folders.ts'
export { checkNow, type ImportFileOptions, importFile, runNow, undoNow } from './import-file.ts'
export { askFor, createImport, keepFile, mapImport, removeImport } from './imports.ts'
export { guessMapping } from './mapping.ts'
export { listProblems, listSetAside, listUnattributed, unattributedTotals } from './problems.ts'
export { type OrderFile, type OrderFileChoices, openOrders, readOrders } from './read-orders.ts'
export { errorFile, listRejected, mendImport } from './rejected.ts'
export { apart, type CheckedRow, parts as lineParts } from './rows.ts'
export { saveMapping } from './saved-mappings.ts'
export { natureOf } from './source.ts'
export { listImports, readImport } from './store.ts'
export { openTable, rowsOf } from './table.ts'
