import type { Readable } from 'node:stream'
import type { z } from 'zod'
import type { Needed, Permission } from './access/permissions.ts'
import type { House } from './house.ts'
import type { Language } from './locale/languages.ts'

export { contact, money, personal, raw, secret, withMoneyInside } from './field-groups.ts'

/**
 * One thing a client can ask of the server: the contract that server, screen, CLI and the OpenAPI document share.
 * Paths use `{name}` for parameters. `permission: 'public'` needs no sign-in; `'member'` is for a customer on their own card,
 * whose id is the caller's: such an operation never takes a party from the request.
 */
export interface Operation<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Reply extends z.ZodType = z.ZodType,
> {
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly summary: string
  readonly permission: Needed
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  readonly reply: Reply
  readonly status?: 200 | 201 | 202 | 204
  /** With an `Idempotency-Key`, the same request again gets the first answer: for what moves value or sends. */
  readonly once?: true
  /** A question that is too long for an address: it changes nothing, so it is no act to be kept in the log of acts. */
  readonly isQuestion?: true
  /** Names of the refusal codes a client should expect, for the reference page. */
  readonly refusals?: readonly string[]
  /** Staff, keys and the like exist once: asked of the business whatever world the client looks at. */
  readonly world?: 'business'
  /** The body is a multipart form with one file in it; the form's other fields, sent before it, make up `body`. */
  readonly upload?: true
  /**
   * The answer is saved as a file: `csv` is text handed over in pieces (an async iterable of strings), `file` any bytes with
   * their name and size (`FileReply`).
   */
  readonly format?: 'csv' | 'file'
}

/** Declares an operation, keeping the exact types of its schemas. */
export function operation<
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
  Reply extends z.ZodType = z.ZodUndefined,
>(description: Operation<Params, Query, Body, Reply>): Operation<Params, Query, Body, Reply> {
  return description
}

export type Caller =
  | {
      readonly kind: 'staff'
      readonly id: string
      readonly name: string
      readonly permissions: ReadonlySet<Permission>
      /** Who works for one merchant acts for that merchant alone. */
      readonly merchantId?: string | null
    }
  | {
      readonly kind: 'key'
      readonly id: string
      readonly name: string
      readonly permissions: ReadonlySet<Permission>
      /** `browser`: it stands in a web page and may only say what is looked at. A secret where nothing is said. */
      readonly keyKind?: 'server' | 'browser'
      /** A key of one merchant acts for that merchant alone; null may act for any. */
      readonly merchantId: string | null
    }
  /** A customer who opened their own card; `id` is their party. */
  | { readonly kind: 'member'; readonly id: string; readonly name: ''; readonly permissions: ReadonlySet<Permission> }
  | { readonly kind: 'nobody' }

/** What a handler is given besides the house: validated input, who asks, and in which language they read. */
export interface Request<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly caller: Caller
  readonly language: Language
  /** Only where the operation says `upload`: must be read to its end, or destroyed. */
  readonly file?: UploadedFile
  /** What the client calls this request (`Idempotency-Key`): sent again under the same name it must be done once. */
  readonly idempotencyKey?: string
}

export interface FileReply {
  readonly name: string
  readonly sizeBytes: number
  readonly stream: Readable
}

export interface UploadedFile {
  readonly name: string
  readonly stream: Readable
}

export interface Route {
  readonly operation: Operation
  handle(house: House, request: Request<never, never, never>): Promise<unknown>
}

/** Binds an operation to the code that answers it; input and reply are checked against the contract by the door. */
export function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  operation: Operation<P, Q, B, R>,
  handle: (house: House, request: Request<z.output<P>, z.output<Q>, z.output<B>>) => Promise<z.input<R>>,
): Route {
  return { operation: operation as unknown as Operation, handle: handle as Route['handle'] }
}
