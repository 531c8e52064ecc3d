/** What a file may be at most; everything beyond is refused with the place, so that memory stays bounded. */
export const limits = {
  /** A whole upload. */
  uploadBytes: 8 * 1024 ** 3,
  /** One record of a text file, in characters: a quote that never closes must not swallow the file. */
  recordCharacters: 1024 * 1024,
  columns: 2000,
  /** A spreadsheet is unpacked in memory, so it may not be larger than this, packed and unpacked. */
  spreadsheetBytes: 60 * 1024 ** 2,
  spreadsheetUnpackedBytes: 400 * 1024 ** 2,
  spreadsheetRows: 200_000,
  /** Letters of one cell that we keep: order numbers, article numbers and names. */
  cellCharacters: 200,
  /** Rejected rows kept to be read; all are counted. */
  storedProblems: 10_000,
  /** Lines of one order: what one event may hold. */
  orderLines: 5000,
} as const
