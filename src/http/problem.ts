import { isKeyTaken } from '#kernel/database/index.ts'
import type { Language, Translator } from '#kernel/locale/index.ts'
import { Refusal, type RefusalKind, refuse } from '#kernel/refusal.ts'
import type { Problem } from './contract.ts'

/** The one place where a refusal's kind becomes an HTTP status. */
const statusOf: Readonly<Record<RefusalKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  'too-many': 429,
  unavailable: 503,
}

export interface Answer {
  readonly problem: Problem
  readonly headers: Readonly<Record<string, string>>
}

/**
 * The RFC 9457 document of an error, in the reader's language. What is not a refusal is a fault of ours: the reader gets
 * a number to quote and learns nothing of the inside.
 *
 * Example: `refuse('conflict', 'access:refusal.link-used')` is status 409 with that code and its sentence.
 */
export function answerTo(
  error: unknown,
  { language, translator, faultId }: { language: Language; translator: Translator; faultId: string },
): Answer {
  const known = refusalIn(error)
  if (!known) {
    const code = 'http:refusal.fault'
    return {
      problem: {
        ...head(500, 'fault', language, translator),
        code,
        detail: translator.t(language, code, { faultId }),
        faultId,
      },
      headers: {},
    }
  }
  const { refusal, status } = known
  const sentence = (code: string, details: Refusal['details'] = {}) =>
    translator.sentenceOf({ code, details }, language)
  const problem: Problem = {
    ...head(status, refusal.kind, language, translator),
    code: refusal.code,
    detail: sentence(refusal.code, refusal.details),
    ...(Object.keys(refusal.details).length > 0 && { details: { ...refusal.details } }),
    ...(refusal.issues.length > 0 && {
      errors: refusal.issues.map(({ path, code, details }) => ({
        path,
        code,
        detail: sentence(code, details),
        ...(details && { details: { ...details } }),
      })),
    }),
  }
  return { problem, headers: headersOf(refusal, status) }
}

function head(status: number, kind: RefusalKind | 'fault', language: Language, translator: Translator) {
  return { type: 'about:blank', title: translator.t(language, `http:title.${kind}`), status }
}

function headersOf(refusal: Refusal, status: number): Record<string, string> {
  if (status === 401) return { 'www-authenticate': 'Bearer' }
  if (status === 503) return { 'retry-after': '5' }
  if (refusal.code === 'replies:refusal.in-flight') return { 'retry-after': '1' }
  if (status === 429) return { 'retry-after': String(refusal.details.seconds ?? 60) }
  return {}
}

/** The refusal that an error is or amounts to, with its status; undefined for faults. */
export function refusalIn(error: unknown): { refusal: Refusal; status: number } | undefined {
  if (error instanceof Refusal) return { refusal: error, status: statusOf[error.kind] }
  if (!(error instanceof Error)) return undefined
  const { statusCode: status, code = '' } = error as { statusCode?: number; code?: string }
  const known = fastifyRefusals[code]
  if (known) return { refusal: known, status: status ?? statusOf[known.kind] }
  if (status === 413) return { refusal: refuse('too-large', 'http:refusal.body-too-large'), status }
  if (status !== undefined && status >= 400 && status < 500) {
    return { refusal: refuse('invalid', 'http:refusal.bad-request'), status }
  }
  // PostgreSQL: no NUL in text, no lone surrogate in JSON. The door refuses both; this is the second belt.
  if (code === '22021' || code === '22P05') return { refusal: refuse('invalid', 'http:refusal.bad-text'), status: 400 }
  if (isKeyTaken(error)) return { refusal: refuse('conflict', keyTaken), status: 409 }
  return undefined
}

/** The last belt of all: the database keeps one row for each key, whatever a room forgot to ask. */
export const keyTaken = 'http:refusal.key-taken'

const badJson = refuse('invalid', 'http:refusal.bad-json')
const fastifyRefusals: Readonly<Record<string, Refusal>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: refuse('invalid', 'http:refusal.media-type'),
  FST_INVALID_MULTIPART_CONTENT_TYPE: refuse('invalid', 'http:refusal.media-type'),
  FST_ERR_CTP_INVALID_JSON_BODY: badJson,
  FST_ERR_CTP_EMPTY_JSON_BODY: badJson,
  GUANXI_METHOD: refuse('invalid', 'http:refusal.method'),
}
