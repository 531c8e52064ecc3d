/** Structured log lines; fields are names, counts and ids, never what a customer told us. */
export interface Log {
  info(fields: Readonly<Record<string, unknown>>, sentence: string): void
  warn(fields: Readonly<Record<string, unknown>>, sentence: string): void
  error(fields: Readonly<Record<string, unknown>>, sentence: string): void
}

export const silentLog: Log = { info() {}, warn() {}, error() {} }
