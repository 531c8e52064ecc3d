/** Structured log lines; fields are names, counts and ids, never what a customer told us. */
export interface Log {
  info(fields: Readonly<Record<string, unknown>>, sentence: string): void
  warn(fields: Readonly<Record<string, unknown>>, sentence: string): void
  error(fields: Readonly<Record<string, unknown>>, sentence: string): void
}

export const silentLog: Log = { info() {}, warn() {}, error() {} }

/**
 * What may be logged of a fault: its kind and where it happened. Its message stays out, since the database quotes rows
 * in its messages, and rows are customers.
 */
export function faultOf(error: unknown): { readonly fault: string; readonly where: readonly string[] } {
  if (!(error instanceof Error)) return { fault: typeof error, where: [] }
  const code = (error as { code?: unknown }).code
  const frames = (error.stack ?? '').split('\n').filter(line => line.trimStart().startsWith('at '))
  return {
    fault: typeof code === 'string' ? `${error.name} ${code}` : error.name,
    where: frames.slice(0, 8).map(line => line.trim()),
  }
}
