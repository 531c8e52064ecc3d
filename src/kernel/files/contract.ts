import { z } from 'zod'
import { operation } from '#kernel/operation.ts'
import { isZone } from '#kernel/settings/contract.ts'

/** What a column of a file can mean. Each may be chosen for one column only. */
export const targets = [
  'orderRef',
  'customerId',
  'occurredAt',
  'amount',
  'quantity',
  'unitPrice',
  'sku',
  'productName',
  'category',
  'customerName',
  'familyName',
  'givenName',
  'email',
  'phone',
  'birthday',
  'city',
  'country',
  'currency',
] as const

export type Target = (typeof targets)[number]

/** `orders`: a row per order line or per invoice. `customers`: a row per customer, profile only. */
export const fileKinds = ['orders', 'customers'] as const
export type FileKind = (typeof fileKinds)[number]

export const encodings = ['utf-8', 'gb18030', 'utf-16le'] as const
export type Encoding = (typeof encodings)[number]

export const dateOrders = ['ymd', 'dmy', 'mdy'] as const
export type DateOrder = (typeof dateOrders)[number]

/**
 * What only a person can say about the file. `null` means "not said": a question of `questions` stays open until its
 * option is set. Options that nobody has to set carry the value that was found in the file.
 */
export const importOptions = z.object({
  encoding: z.enum(encodings).nullable(),
  /** `,` `;` tab or `|`; ignored for XLSX. */
  delimiter: z.string().length(1),
  dateOrder: z.enum(dateOrders).nullable(),
  /** The year that two digits are counted from: 2000 reads `09` as 2009. `null` refuses such dates. */
  twoDigitYearsFrom: z.int().min(1900).max(2000).nullable(),
  decimalMark: z.enum(['.', ',']).nullable(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  zone: z.string().max(60),
  /** Orders whose number begins so are refunds, whatever their sign; `null` when there is no such prefix. */
  refundPrefix: z.string().min(1).max(10).nullable(),
  /** Names the shop or till whose order numbers these are: the same number under the same label is the same order. */
  sourceLabel: z.string().trim().min(1).max(60),
})
export type ImportOptions = z.infer<typeof importOptions>

/** As somebody says them. What was said on another machine, which may know other zones, can still be read. */
const saidOptions = importOptions.extend({ zone: importOptions.shape.zone.refine(isZone) })

/** What must be answered before the check; each is also the name of the option that answers it, or of a missing target. */
export const questions = [
  'encoding',
  'dateOrder',
  'twoDigitYearsFrom',
  'decimalMark',
  'occurredAt',
  'amount',
  'customer',
] as const
export type Question = (typeof questions)[number]

export const fileFormats = ['csv', 'xlsx', 'parquet', 'jsonl'] as const
export type FileFormat = (typeof fileFormats)[number]

/** What a file may say about a customer who is known already, and so needs a rule about who has the word. */
export const ruledTargets = ['customerName', 'familyName', 'givenName', 'birthday', 'city', 'country'] as const
export type RuledTarget = (typeof ruledTargets)[number]

/**
 * Who has the word about a known customer. `keep`: what we have, also where it is nothing; `fill` (where nothing is said):
 * the file fills what is empty; `overwrite`: the file; `newest`: whichever was said later, a row by its own date or else by
 * the upload, ours by the day we learned it.
 */
export const overwriteRules = ['keep', 'fill', 'overwrite', 'newest'] as const
export type OverwriteRule = (typeof overwriteRules)[number]

export const importColumn = z.object({
  /** Position in the file, from 0. */
  column: z.int(),
  /** The header as it stands in the file; fields inside fields are joined by dots. */
  name: z.string(),
  target: z.enum(targets).nullable(),
  /** Who has the word about customers that are known; `fill` where nothing is said. */
  rule: z.enum(overwriteRules).optional(),
  /** The list in which the column stands (`lines` of `lines.sku`): each entry of it is a row. */
  list: z.string().optional(),
  /** How sure the guess is: `sure` by name and values, `likely` by one of them, `none` when nothing fits, `chosen` by a person. */
  confidence: z.enum(['sure', 'likely', 'none', 'chosen']),
  /** The first few different values. */
  samples: z.array(z.string()),
})
export type ImportColumn = z.infer<typeof importColumn>

export const importMapping = z.object({
  kind: z.enum(fileKinds),
  columns: z
    .array(
      z.object({
        column: z.int().min(0),
        target: z.enum(targets).nullable(),
        rule: z.enum(overwriteRules).optional(),
      }),
    )
    .max(2000),
  options: saidOptions,
})
export type ImportMapping = z.infer<typeof importMapping>

/** What the dry run found, and what the run then did. Amounts are minor units of `currency`. */
export const importTotals = z.object({
  rows: z.int(),
  /** Rows that will not be taken in; each has its reason in the problems. */
  rejectedRows: z.int(),
  rejectedByCode: z.array(z.object({ code: z.string(), rows: z.int() })),
  /** Purchases by whether they are new, differ from what an earlier import said, or are known as they are. */
  newOrders: z.int(),
  changedOrders: z.int(),
  unchangedOrders: z.int(),
  newRefunds: z.int(),
  changedRefunds: z.int(),
  unchangedRefunds: z.int(),
  /** Refunded lines whose purchase was found, and those that are refunds of the customer only. */
  refundLinesLinked: z.int(),
  refundLinesUnlinked: z.int(),
  newCustomers: z.int(),
  knownCustomers: z.int(),
  /** Lines without a customer, and the orders they make; `unattributedMinor` is purchases less refunds. */
  unattributedLines: z.int(),
  unattributedOrders: z.int(),
  unattributedMinor: z.int(),
  /** Lines that move no money or correct the books: price zero or below. They are listed, never counted as purchases. */
  setAsideLines: z.int(),
  setAsideMinor: z.int(),
  purchaseLines: z.int(),
  purchaseMinor: z.int(),
  refundLines: z.int(),
  refundMinor: z.int(),
  currency: z.string(),
  firstAt: z.iso.datetime().nullable(),
  lastAt: z.iso.datetime().nullable(),
  /** Per column about customers: values that fill a gap, that replace another, and that give way to what we have. */
  profiles: z
    .array(z.object({ target: z.enum(ruledTargets), filled: z.int(), replaced: z.int(), kept: z.int() }))
    .optional(),
})
export type ImportTotals = z.infer<typeof importTotals>

/**
 * `mapping`: uploaded and waiting for the mapping; `checking`, `running`, `undoing`: a job is at it; `checked`: the dry
 * run can be read; `done`, `undone`; `failed`: `failure` says why, the step before can be asked for again.
 */
export const importStates = [
  'mapping',
  'checking',
  'checked',
  'running',
  'done',
  'undoing',
  'undone',
  'failed',
] as const
export type ImportState = (typeof importStates)[number]

export const importSummary = z.object({
  importId: z.uuid(),
  /** Counts up from 1: "import 12". */
  number: z.int(),
  /** The file's name. */
  name: z.string(),
  bytes: z.int(),
  state: z.enum(importStates),
  kind: z.enum(fileKinds),
  /** Code and details of the refusal, for `failed`; the code is the translation key. */
  failure: z.object({ code: z.string(), details: z.record(z.string(), z.unknown()) }).nullable(),
  /** How far the running step is. `rate` is per second; `step` is a key under `files:step.`. */
  progress: z
    .object({
      step: z.enum(['reading', 'grouping', 'customers', 'products', 'orders', 'withdrawing']),
      done: z.int(),
      total: z.int().nullable(),
      unit: z.enum(['bytes', 'rows', 'customers', 'orders', 'products', 'steps']),
      rows: z.int(),
      rate: z.number(),
    })
    .nullable(),
  totals: importTotals.nullable(),
  callerId: z.string().nullable(),
  /** The watched folder in which the file was found. */
  folderId: z.uuid().nullable(),
  createdAt: z.iso.datetime(),
  checkedAt: z.iso.datetime().nullable(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  undoneAt: z.iso.datetime().nullable(),
})
export type ImportSummary = z.infer<typeof importSummary>

export const importDetail = importSummary.extend({
  format: z.enum(fileFormats),
  gzip: z.boolean(),
  columns: z.array(importColumn),
  options: importOptions,
  /** What must be answered before the check, in the order to ask. Empty: the check can start. */
  questions: z.array(z.enum(questions)),
  /** The first rows under their headers, as read with the chosen encoding and delimiter. */
  preview: z.array(z.array(z.string())),
  /** A saved mapping made for a file with the same columns. */
  savedMapping: z.object({ mappingId: z.uuid(), name: z.string() }).nullable(),
})
export type ImportDetail = z.infer<typeof importDetail>

/** One rejected row. `row` is the line a spreadsheet shows (the header is row 1); `code` is its translation key, `files:problem.missing`. */
export const importProblem = z.object({
  row: z.int(),
  column: z.int().nullable(),
  columnName: z.string().nullable(),
  code: z.string(),
  details: z.record(z.string(), z.unknown()),
  /** The cell as it stands in the file, cut at 100 characters. */
  value: z.string().nullable(),
})
export type ImportProblem = z.infer<typeof importProblem>

export const unattributedOrder = z.object({
  orderRef: z.string(),
  part: z.enum(['purchase', 'refund']),
  occurredAt: z.iso.datetime(),
  amountMinor: z.int(),
  currency: z.string(),
  lines: z.int(),
})

export const setAsideLine = z.object({
  row: z.int(),
  orderRef: z.string(),
  occurredAt: z.iso.datetime(),
  sku: z.string(),
  /** Thousandths of the unit. */
  quantity: z.int(),
  amountMinor: z.int(),
  currency: z.string(),
  reason: z.enum(['free', 'adjustment']),
})

/**
 * An uploaded file while it streams in: the door hands over the first file of the multipart form. `name` is the name
 * that the browser gave.
 */
const importParams = z.object({ importId: z.uuid() })
const pageQuery = z.object({
  after: z.string().max(300).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})

export const listImports = operation({
  id: 'listImports',
  method: 'GET',
  path: '/api/imports',
  summary: 'Imports, newest first',
  permission: 'imports.run',
  reply: z.object({ items: z.array(importSummary) }),
})

export const uploadImport = operation({
  id: 'uploadImport',
  method: 'POST',
  path: '/api/imports',
  summary: 'Upload a file of orders or customers (multipart/form-data, field "file"); guesses its columns',
  permission: 'imports.run',
  upload: true,
  reply: importDetail,
  status: 201,
  refusals: [
    'files:refusal.empty-file',
    'files:refusal.broken-gzip',
    'files:refusal.unknown-format',
    'files:refusal.file-too-large',
    'files:refusal.too-many-columns',
    'files:refusal.duplicate-header',
  ],
})

export const readImport = operation({
  id: 'readImport',
  method: 'GET',
  path: '/api/imports/{importId}',
  summary: 'One import with its columns, options, open questions and a preview',
  permission: 'imports.run',
  params: importParams,
  reply: importDetail,
  refusals: ['files:refusal.unknown-import'],
})

export const mapImport = operation({
  id: 'mapImport',
  method: 'PUT',
  path: '/api/imports/{importId}/mapping',
  summary: 'Say what the columns mean and answer the open questions',
  permission: 'imports.run',
  params: importParams,
  body: importMapping,
  reply: importDetail,
  refusals: [
    'files:refusal.unknown-import',
    'files:refusal.target-twice',
    'files:refusal.amount-of-order',
    'files:refusal.already-run',
  ],
})

export const checkImport = operation({
  id: 'checkImport',
  method: 'POST',
  path: '/api/imports/{importId}/check',
  summary: 'Dry run: reads every row and says what the import would do; writes nothing about customers',
  permission: 'imports.run',
  params: importParams,
  reply: importSummary,
  status: 202,
  refusals: ['files:refusal.unknown-import', 'files:refusal.open-questions', 'files:refusal.already-run'],
})

export const listImportProblems = operation({
  id: 'listImportProblems',
  method: 'GET',
  path: '/api/imports/{importId}/problems',
  summary: 'Rejected rows with row, column and reason, in the order of the file',
  permission: 'imports.run',
  params: importParams,
  query: pageQuery,
  reply: z.object({ items: z.array(importProblem), total: z.int(), stored: z.int(), next: z.string().nullable() }),
})

export const listUnattributedOrders = operation({
  id: 'listUnattributedOrders',
  method: 'GET',
  path: '/api/imports/{importId}/unattributed',
  summary: 'Orders without a customer: they count in totals only',
  permission: 'imports.run',
  params: importParams,
  query: pageQuery,
  reply: z.object({ items: z.array(unattributedOrder), total: z.int(), next: z.string().nullable() }),
})

export const listSetAsideLines = operation({
  id: 'listSetAsideLines',
  method: 'GET',
  path: '/api/imports/{importId}/set-aside',
  summary: 'Lines with a price of zero or below: samples, write-offs, corrections of the books',
  permission: 'imports.run',
  params: importParams,
  query: pageQuery,
  reply: z.object({ items: z.array(setAsideLine), total: z.int(), next: z.string().nullable() }),
})

export const runImport = operation({
  id: 'runImport',
  method: 'POST',
  path: '/api/imports/{importId}/run',
  summary: 'Take in what the check found',
  permission: 'imports.run',
  params: importParams,
  reply: importSummary,
  status: 202,
  refusals: ['files:refusal.unknown-import', 'files:refusal.not-checked'],
})

export const undoImport = operation({
  id: 'undoImport',
  method: 'POST',
  path: '/api/imports/{importId}/undo',
  summary: 'Take back everything that the import brought',
  permission: 'imports.run',
  params: importParams,
  reply: importSummary,
  status: 202,
  refusals: ['files:refusal.unknown-import', 'files:refusal.not-run'],
})

export const removeImport = operation({
  id: 'removeImport',
  method: 'DELETE',
  path: '/api/imports/{importId}',
  summary: 'Forget an import that is not running and whose orders are not in use; deletes its file',
  permission: 'imports.run',
  params: importParams,
  reply: z.object({ importId: z.uuid() }),
  refusals: ['files:refusal.unknown-import', 'files:refusal.in-use'],
})

/** A rejected row as it stands in the file, to be mended. `cells` is nothing where the row is too long to be kept. */
export const rejectedRow = importProblem.extend({ cells: z.array(z.string()).nullable() })
export type RejectedRow = z.infer<typeof rejectedRow>

export const listRejectedRows = operation({
  id: 'listRejectedRows',
  method: 'GET',
  path: '/api/imports/{importId}/rejected',
  summary: 'Rejected rows with all their cells, to be mended',
  permission: 'imports.run',
  params: importParams,
  query: pageQuery,
  reply: z.object({ items: z.array(rejectedRow), total: z.int(), next: z.string().nullable() }),
})

export const downloadErrorFile = operation({
  id: 'downloadErrorFile',
  method: 'GET',
  path: '/api/imports/{importId}/error-file',
  summary:
    'Rejected rows as CSV with their reason, and the other rows of their orders, to be mended and imported again',
  permission: 'imports.run',
  params: importParams,
  reply: z.string(),
  format: 'csv',
  refusals: ['files:refusal.unknown-import', 'files:refusal.nothing-rejected'],
})

export const mendImport = operation({
  id: 'mendImport',
  method: 'POST',
  path: '/api/imports/{importId}/mend',
  summary: 'Correct rejected rows and take them in; the rest of the file is left as it is',
  permission: 'imports.run',
  params: importParams,
  body: z.object({
    rows: z
      .array(z.object({ row: z.int().min(1), cells: z.array(z.string().max(10_000)).max(2000) }))
      .min(1)
      .max(500),
  }),
  reply: importSummary,
  status: 202,
  refusals: ['files:refusal.unknown-import', 'files:refusal.not-rejected', 'files:refusal.not-mendable'],
})

export const previewRules = operation({
  id: 'previewRules',
  method: 'GET',
  path: '/api/imports/{importId}/rules',
  summary: 'What the first rows say about customers that are known, beside what we have',
  permission: 'imports.run',
  params: importParams,
  reply: z.object({
    /** Customers that the first rows name, and how many of them are known. */
    customers: z.int(),
    known: z.int(),
    columns: z.array(
      z.object({
        target: z.enum(ruledTargets),
        rule: z.enum(overwriteRules),
        /** We have nothing, we have something else, and which of these the rule would write. */
        empty: z.int(),
        different: z.int(),
        written: z.int(),
        /** Some that differ: ours and the file's. */
        samples: z.array(z.object({ ours: z.string(), theirs: z.string() })),
      }),
    ),
  }),
})

export const savedMapping = z.object({
  mappingId: z.uuid(),
  name: z.string(),
  kind: z.enum(fileKinds),
  /** By the name of the column, so that it holds for files with the columns in another order. */
  columns: z.array(
    z.object({ name: z.string(), target: z.enum(targets).nullable(), rule: z.enum(overwriteRules).optional() }),
  ),
  options: importOptions,
  changedAt: z.iso.datetime(),
})
export type SavedMapping = z.infer<typeof savedMapping>

const mappingParams = z.object({ mappingId: z.uuid() })
const mappingName = z.string().trim().min(1).max(80)

export const listSavedMappings = operation({
  id: 'listSavedMappings',
  method: 'GET',
  path: '/api/import-mappings',
  summary: 'Saved mappings by name',
  permission: 'imports.run',
  reply: z.object({ items: z.array(savedMapping) }),
})

export const saveMapping = operation({
  id: 'saveMapping',
  method: 'POST',
  path: '/api/import-mappings',
  summary: "Keep an import's mapping under a name; the same name again replaces it",
  permission: 'imports.run',
  body: z.object({ importId: z.uuid(), name: mappingName }),
  reply: savedMapping,
  status: 201,
  refusals: ['files:refusal.unknown-import', 'files:refusal.open-questions'],
})

export const changeSavedMapping = operation({
  id: 'changeSavedMapping',
  method: 'PATCH',
  path: '/api/import-mappings/{mappingId}',
  summary: 'Rename a saved mapping, or say otherwise what its columns mean',
  permission: 'imports.run',
  params: mappingParams,
  body: savedMapping
    .extend({ options: saidOptions })
    .pick({ name: true, kind: true, columns: true, options: true })
    .partial(),
  reply: savedMapping,
  refusals: ['files:refusal.unknown-mapping', 'files:refusal.target-twice', 'files:refusal.name-taken'],
})

export const removeSavedMapping = operation({
  id: 'removeSavedMapping',
  method: 'DELETE',
  path: '/api/import-mappings/{mappingId}',
  summary: 'Forget a saved mapping that no folder uses',
  permission: 'imports.run',
  params: mappingParams,
  reply: mappingParams,
  refusals: ['files:refusal.unknown-mapping', 'files:refusal.mapping-in-use'],
})

export const applySavedMapping = operation({
  id: 'applySavedMapping',
  method: 'POST',
  path: '/api/imports/{importId}/saved-mapping',
  summary: 'Take over a saved mapping, column by column by its name',
  permission: 'imports.run',
  params: importParams,
  body: mappingParams,
  reply: importDetail,
  refusals: ['files:refusal.unknown-import', 'files:refusal.unknown-mapping', 'files:refusal.already-run'],
})

/** Every so many minutes, or once a day at a time of the business's zone. */
export const folderTiming = z.union([
  z.object({ everyMinutes: z.int().min(1).max(1440) }),
  z.object({ dailyAt: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/) }),
])
export type FolderTiming = z.infer<typeof folderTiming>

export const folderSettings = z.object({
  /** Below one of the roots that the server allows, or a whole path inside one. */
  path: z.string().trim().min(1).max(500),
  /** Which files: `*` for any letters, `?` for one. */
  pattern: z.string().trim().min(1).max(100),
  mappingId: z.uuid(),
  timing: folderTiming,
  isOn: z.boolean(),
})
export type FolderSettings = z.infer<typeof folderSettings>

export const watchedFolder = folderSettings.extend({
  folderId: z.uuid(),
  mappingName: z.string(),
  lookedAt: z.iso.datetime().nullable(),
  nextAt: z.iso.datetime().nullable(),
  /** Why the folder itself cannot be read. */
  failure: z.object({ code: z.string(), details: z.record(z.string(), z.unknown()) }).nullable(),
  /** Files found lately, newest first. */
  files: z.array(
    z.object({
      name: z.string(),
      state: z.enum(['waiting', 'running', 'done', 'failed', 'known']),
      at: z.iso.datetime(),
      importId: z.uuid().nullable(),
      failure: z.object({ code: z.string(), details: z.record(z.string(), z.unknown()) }).nullable(),
    }),
  ),
})
export type WatchedFolder = z.infer<typeof watchedFolder>

const folderParams = z.object({ folderId: z.uuid() })
const folderRefusals = [
  'files:refusal.folder-outside',
  'files:refusal.folder-missing',
  'files:refusal.unknown-mapping',
] as const

export const listFolders = operation({
  id: 'listFolders',
  method: 'GET',
  path: '/api/import-folders',
  summary: 'Watched folders with what was found in them, and where folders may lie',
  permission: 'imports.run',
  reply: z.object({ items: z.array(watchedFolder), roots: z.array(z.string()), failed: z.int() }),
})

export const addFolder = operation({
  id: 'addFolder',
  method: 'POST',
  path: '/api/import-folders',
  summary: 'Watch a folder and import what appears in it',
  permission: 'settings.manage',
  body: folderSettings,
  reply: watchedFolder,
  status: 201,
  refusals: [...folderRefusals],
})

export const changeFolder = operation({
  id: 'changeFolder',
  method: 'PUT',
  path: '/api/import-folders/{folderId}',
  summary: 'Change how a folder is watched',
  permission: 'settings.manage',
  params: folderParams,
  body: folderSettings,
  reply: watchedFolder,
  refusals: ['files:refusal.unknown-folder', ...folderRefusals],
})

export const removeFolder = operation({
  id: 'removeFolder',
  method: 'DELETE',
  path: '/api/import-folders/{folderId}',
  summary: 'Watch a folder no more; its files and imports stay',
  permission: 'settings.manage',
  params: folderParams,
  reply: folderParams,
  refusals: ['files:refusal.unknown-folder'],
})

export const lookIntoFolder = operation({
  id: 'lookIntoFolder',
  method: 'POST',
  path: '/api/import-folders/{folderId}/look',
  summary: 'Look into a folder now; a file is taken once it has stopped growing',
  permission: 'imports.run',
  params: folderParams,
  reply: folderParams,
  status: 202,
  refusals: ['files:refusal.unknown-folder'],
})
