import { parentPort, workerData } from 'node:worker_threads'
import { Refusal } from '#kernel/refusal.ts'
import { auditOf } from './audit.ts'
import type { Answer, Question } from './audit-apart.ts'

/** Answers one question and ends. */
function answer({ transactions, options }: Question): Answer {
  try {
    return { audit: auditOf(transactions, options) }
  } catch (error) {
    if (error instanceof Refusal) return { refused: { kind: error.kind, code: error.code } }
    throw error
  }
}

parentPort?.postMessage(answer(workerData as Question))
