export type {
  FileKind,
  ImportDetail,
  ImportMapping,
  ImportOptions,
  ImportSummary,
  ImportTotals,
  Target,
} from './contract.ts'
export { checkNow, type ImportFileOptions, importFile, runNow, undoNow } from './import-file.ts'
export { askFor, createImport, mapImport, removeImport } from './imports.ts'
export { guessMapping } from './mapping.ts'
export { listProblems, listSetAside, listUnattributed, unattributedTotals } from './problems.ts'
export { listImports, readImport } from './store.ts'
