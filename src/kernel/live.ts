import type { Transaction } from './database/index.ts'

/** Topics name what a screen shows; a screen that shows it asks again. They carry no content. */
export type Topic = 'customers' | 'events' | 'imports' | 'jobs' | 'rhythm' | 'settings' | 'tasks' | 'warnings' | 'demo'

export interface Live {
  /** Announces with the transaction: heard only if it commits. */
  announce(transaction: Transaction, topics: readonly Topic[]): Promise<void>
  /** Calls back for every announcement from any process on this database; returns how to stop. */
  listen(hear: (topics: readonly Topic[]) => void): () => void
}
