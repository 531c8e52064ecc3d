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
  /** Parquet: the directory at the end, one page and one group of rows unpacked, and the values of one group. */
  parquetFooterBytes: 64 * 1024 ** 2,
  parquetPageBytes: 64 * 1024 ** 2,
  parquetGroupBytes: 512 * 1024 ** 2,
  parquetPageValues: 4_000_000,
  parquetGroupValues: 100_000_000,
  parquetRows: 100_000_000,
  /** Letters kept of one value of a Parquet or JSON file: a dictionary may repeat one long text for every row. */
  nestedCellCharacters: 10_000,
  /** Letters of one cell that we keep: order numbers, article numbers and names. */
  cellCharacters: 200,
  /** Rejected rows kept to be read; all are counted. */
  storedProblems: 10_000,
  /** Letters of a rejected row that are kept to be mended. */
  mendableCharacters: 20_000,
  /** Lines of one order: what one event may hold. */
  orderLines: 5000,
} as const
