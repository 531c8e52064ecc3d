/**
 * What kind of "no" a refusal is. The outer door turns the kind into an HTTP status once (see `http/problem.ts`);
 * rooms never speak of statuses.
 */
export type RefusalKind =
  | 'invalid'
  | 'not-found'
  | 'conflict'
  | 'forbidden'
  | 'unauthenticated'
  | 'too-large'
  | 'unavailable'
  | 'too-many'

/** Values for the placeholders of the refusal's sentence; never personal data, since refusals reach logs. */
export type RefusalDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>

/** One thing wrong with one place of the input: a JSON path, or row and column of a file. */
export interface RefusalIssue {
  readonly path: string
  readonly code: string
  readonly details?: RefusalDetails
}

/**
 * The rule says no. `code` is stable: it is the contract with API clients and the translation key of the sentence
 * (`<room>:refusal.<name>`, for example `files:refusal.empty-file`).
 *
 * Example: `throw refuse('conflict', 'access:refusal.link-used')` becomes a 409 problem document.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly kind: RefusalKind
  readonly code: string
  readonly details: RefusalDetails
  readonly issues: readonly RefusalIssue[]

  constructor(kind: RefusalKind, code: string, details: RefusalDetails = {}, issues: readonly RefusalIssue[] = []) {
    super(`${code} ${JSON.stringify(details)}`)
    this.kind = kind
    this.code = code
    this.details = details
    this.issues = issues
  }
}

export function refuse(
  kind: RefusalKind,
  code: string,
  details: RefusalDetails = {},
  issues: readonly RefusalIssue[] = [],
): Refusal {
  return new Refusal(kind, code, details, issues)
}

/** Guards a promise of the code itself (not of the input): when it fails, the transaction stops and rolls back. */
export function assert(claim: unknown, sentence: string): asserts claim {
  if (!claim) throw new Error(`broken promise of the code: ${sentence}`)
}
