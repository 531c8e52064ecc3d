import type { Database, Transaction } from './database/index.ts'

/** Topics name what a screen shows; a screen that shows it asks again. They carry no content. */
export type Topic =
  | 'customers'
  | 'events'
  | 'imports'
  | 'jobs'
  | 'ledger'
  | 'models'
  | 'points'
  | 'rewards'
  | 'draws'
  | 'coalition'
  | 'promises'
  | 'credit'
  | 'liability'
  | 'effect'
  | 'rhythm'
  | 'settings'
  | 'tasks'
  | 'value'
  | 'warnings'
  | 'staff'
  | 'webhooks'
  | 'demo'
  | 'backups'
  | 'privacy'

export interface Live {
  /** Announces with the transaction: heard only if it commits. */
  announce(transaction: Transaction, topics: readonly Topic[]): Promise<void>
  /** Calls back for every announcement from any process on this database; returns how to stop. */
  listen(hear: (topics: readonly Topic[]) => void): () => void
  close(): Promise<void>
}

const channel = 'guanxi_live'

/** Announcements travel by NOTIFY, so that any number of servers on one database hear each other. */
export function liveOn(database: Database): Live {
  const ears = new Set<(topics: readonly Topic[]) => void>()
  let stop: (() => Promise<void>) | undefined
  return {
    async announce(transaction, topics) {
      await transaction.query('select pg_notify($1, $2)', [channel, topics.join(' ')])
    },
    listen(hear) {
      ears.add(hear)
      stop ??= database.listen(channel, payload => {
        const topics = payload.split(' ') as Topic[]
        for (const ear of ears) ear(topics)
      })
      return () => ears.delete(hear)
    },
    async close() {
      ears.clear()
      await stop?.()
    },
  }
}
