import { operationsOf } from '#http/server.ts'
import { rooms } from '#product/rooms.ts'

/** One request as it is sent; `isAllowed` where nothing of it was spoiled on purpose. */
export interface Given {
  readonly method: string
  readonly url: string
  readonly isAllowed: boolean
  readonly body?: string
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answered {
  readonly status: number
  readonly type: string
  readonly text: string
  readonly body: unknown
  readonly milliseconds: number
  /** Cookies that were set, as they are sent back. */
  readonly cookie: string
}

export interface Fault {
  readonly what: string
  readonly operation: string
  readonly [detail: string]: unknown
}

const contracts = new Map(operationsOf(rooms).map(operation => [operation.id, operation]))

/** Refusals the door may answer with, whatever the operation: they are the `default` of every operation in the document. */
const refusals = new Set([400, 401, 403, 404, 405, 409, 410, 411, 413, 414, 415, 422, 428, 429, 503])
const revealing = /node_modules|\bat \S+ \(|\.ts:\d+|select .+ from |insert into |syntax error|pg_|\/work\/|\/tmp\//i
/** Folders that staff let watch are theirs to see, wherever the data lies. */
const watched = /\/[^"\s]*\/inbox\b/g

/** What is wrong with an answer; nothing where all is as the contract says. */
export function judge(
  operation: { readonly operationId: string; readonly responses: Readonly<Record<string, unknown>> },
  request: Given,
  person: string,
  answered: Answered,
): Fault[] {
  const { status, type, text, body, milliseconds } = answered
  const found = (what: string): Fault[] => [
    { what, operation: operation.operationId, person, status, request: shortened(request), text: text.slice(0, 300) },
  ]
  if (status === 0) return found('no answer')
  if (status >= 500 && status !== 503) return found('fault of the server')
  if (milliseconds > 120_000) return found('took longer than two minutes')
  if (status >= 300) {
    if (!refusals.has(status)) return found('a status that is not documented')
    if (!type.startsWith('application/problem+json')) return found('a refusal that is no problem document')
    const { code, detail } = (body ?? {}) as { code?: unknown; detail?: unknown }
    if (typeof code !== 'string' || typeof detail !== 'string' || detail === '')
      return found('a refusal without a sentence')
    if (revealing.test(text.replace(watched, ''))) return found('a refusal that tells of the inside')
    // So few ask at once that nothing is ever overloaded.
    if (code.startsWith('database:')) return found('a database that is said not to be there')
    return []
  }
  if (!(String(status) in operation.responses)) return found('a success that is not documented')
  const contract = contracts.get(operation.operationId)
  if (!contract || !type.startsWith('application/json')) return []
  const checked = contract.reply.safeParse(body)
  return checked.success ? [] : found(`an answer that breaks its schema at ${checked.error.issues[0]?.path.join('.')}`)
}

const shortened = ({ method, url, body = '' }: Given) => `${method} ${url.slice(0, 200)} ${body.slice(0, 400)}`
