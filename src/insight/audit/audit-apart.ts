import { Worker } from 'node:worker_threads'
import { Refusal, type RefusalKind } from '#kernel/refusal.ts'
import { type AuditOptions, auditOf } from './audit.ts'
import type { Transactions } from './base.ts'
import type { BaseAudit } from './contract.ts'
import { fewestCustomers } from './holdout.ts'

export interface Question {
  readonly transactions: Transactions
  readonly options: AuditOptions
}

export type Answer =
  | { readonly audit: BaseAudit }
  | { readonly refused: { readonly kind: RefusalKind; readonly code: string } }

/** One after the other, whatever is asked at once: a till beside them needs a core too. */
let before: Promise<unknown> = Promise.resolve()

/**
 * Audits a base on a thread of its own: fitting models takes seconds, of four hundred customers as of twenty thousand, and the
 * server would answer nobody meanwhile. Where no model is fitted, it is done sooner than a thread is started.
 */
export async function auditApart(transactions: Transactions, options: AuditOptions): Promise<BaseAudit> {
  if (transactions.customers < fewestCustomers) return auditOf(transactions, options)
  const mine = before.then(() => auditOnThread(transactions, options))
  before = mine.catch(() => {})
  return mine
}

/** The columns are handed over, so that they are not held twice. */
async function auditOnThread(transactions: Transactions, options: AuditOptions): Promise<BaseAudit> {
  const isSource = import.meta.url.endsWith('.ts')
  const worker = new Worker(new URL(isSource ? './audit-thread.ts' : './audit-thread.js', import.meta.url), {
    workerData: { transactions, options } satisfies Question,
    transferList: [transactions.customer, transactions.day, transactions.orders, transactions.value].flatMap(column =>
      column ? [column.buffer as ArrayBuffer] : [],
    ),
    ...(isSource && { execArgv: ['--conditions=source'] }),
  })
  const answer = await new Promise<Answer>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', code => reject(new Error(`the thread of an audit ended with ${code} and no answer`)))
  })
  if ('audit' in answer) return answer.audit
  throw new Refusal(answer.refused.kind, answer.refused.code)
}
