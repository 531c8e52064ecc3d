import type { z } from 'zod'
import type { Operation } from '#kernel/operation.ts'
import { language } from './words.ts'

/**
 * Contracts are named as types only: a phone need not load what checks them, the server does. Address and method stand
 * beside each call; `operations.test.ts` holds them against the contracts.
 */
export type ReplyOf<O> = O extends Operation<infer _P, infer _Q, infer _B, infer R> ? z.output<R> : never
export type BodyOf<O> = O extends Operation<infer _P, infer _Q, infer B, infer _R> ? z.input<B> : never

/** What the server said instead of an answer; status 0 where no line leads to it. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly code: string
  readonly sentence: string | undefined

  constructor(status: number, document: { readonly code?: unknown; readonly detail?: unknown } = {}) {
    super(String(document.code ?? status))
    this.status = status
    this.code = String(document.code ?? '')
    this.sentence = typeof document.detail === 'string' ? document.detail : undefined
  }
}

export interface Answer<Data> {
  readonly data: Data
  /** When the server said so. */
  readonly at: string
}

export async function ask<O>(
  address: string,
  init: RequestInit & { readonly key?: string } = {},
): Promise<Answer<ReplyOf<O>>> {
  const { key, ...rest } = init
  const world = new URLSearchParams(location.search).get('world')
  const headers: Record<string, string> = { 'accept-language': language() }
  if (world === 'demo') headers['guanxi-world'] = 'demo'
  if (rest.body) headers['content-type'] = 'application/json'
  if (key) headers['idempotency-key'] = key
  let response: Response
  let text: string
  try {
    response = await fetch(address, { ...rest, headers, credentials: 'same-origin' })
    text = await response.text()
  } catch {
    throw new Problem(0)
  }
  let document: unknown
  try {
    document = text ? JSON.parse(text) : undefined
  } catch {
    throw new Problem(response.ok ? 502 : response.status)
  }
  if (!response.ok) throw new Problem(response.status, document as { code?: unknown })
  return { data: document as ReplyOf<O>, at: response.headers.get('date') ?? '' }
}

/** Changes something. A `key` names the intention: sent again after a lost answer it is done once. */
export async function tell<O>(
  method: 'POST' | 'PUT' | 'DELETE',
  address: string,
  given: { readonly body?: BodyOf<O>; readonly key?: string } = {},
): Promise<ReplyOf<O>> {
  const { body, key } = given
  const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }), ...(key && { key }) }
  return (await ask<O>(address, init)).data
}

/** A name for one intention; also where the page is not served over https, which has no `randomUUID`. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('')
}
