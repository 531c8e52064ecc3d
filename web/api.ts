import { type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import type { Operation } from '#kernel/operation.ts'
import { currentLanguage } from './language.ts'
import { showProblem } from './notices.tsx'
import { currentWorld } from './world.ts'

type Input<Schema extends z.ZodType> = Schema extends z.ZodUndefined ? undefined : z.input<Schema>

export interface Ask {
  readonly params?: unknown
  readonly query?: unknown
  readonly body?: unknown
}

type AskOf<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = (P extends z.ZodUndefined
  ? { params?: undefined }
  : { params: Input<P> }) &
  (Q extends z.ZodUndefined ? { query?: undefined } : { query?: Input<Q> }) &
  (B extends z.ZodUndefined ? { body?: undefined } : { body: Input<B> })

/** What the server said instead of an answer: an RFC 9457 problem document, or nothing at all (`code` is then ours). */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly code: string
  readonly details: Record<string, unknown>
  readonly issues: readonly { path: string; code: string; detail: string }[]
  readonly sentence: string | undefined

  constructor(status: number, document: Record<string, unknown>) {
    super(String(document.code ?? status))
    this.status = status
    this.code = typeof document.code === 'string' ? document.code : `shell:problem.${status || 'unreachable'}`
    this.details = (document.details as Record<string, unknown> | undefined) ?? {}
    this.issues = (document.errors as Problem['issues'] | undefined) ?? []
    this.sentence = typeof document.detail === 'string' ? document.detail : undefined
  }

  /** Whoever mistypes the code of their phone is told so, and stays where they are. */
  get isSignedOut(): boolean {
    return this.status === 401 && !this.code.startsWith('access:refusal.code-')
  }
}

/** The address of an operation: `{name}` filled in, query values that are empty left out. */
export function addressOf(operation: { path: string }, ask: Ask): string {
  const params = (ask.params ?? {}) as Record<string, string>
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries((ask.query ?? {}) as Record<string, unknown>)) {
    if (value === undefined || value === null || value === '') continue
    query.set(name, Array.isArray(value) ? value.join(',') : String(value))
  }
  const text = query.toString()
  return text ? `${path}?${text}` : path
}

export function headers(): Record<string, string> {
  return { 'guanxi-world': currentWorld(), 'accept-language': currentLanguage() }
}

export async function request(address: string, init: RequestInit): Promise<unknown> {
  let response: Response
  try {
    response = await fetch(address, { ...init, headers: { ...headers(), ...init.headers }, credentials: 'same-origin' })
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new Problem(0, {})
  }
  if (response.status === 204) return undefined
  const text = await response.text()
  let document: unknown
  try {
    document = text ? JSON.parse(text) : undefined
  } catch {
    throw new Problem(response.ok ? 502 : response.status, {})
  }
  if (!response.ok) throw new Problem(response.status, (document ?? {}) as Record<string, unknown>)
  return document
}

/** Asks the server for one operation; types come from its contract, the server has checked both ends. */
export async function call<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  operation: Operation<P, Q, B, R>,
  ask: AskOf<P, Q, B>,
  signal?: AbortSignal,
): Promise<z.output<R>> {
  const init: RequestInit = { method: operation.method, ...(signal ? { signal } : {}) }
  if (ask.body !== undefined) {
    init.body = JSON.stringify(ask.body)
    init.headers = { 'content-type': 'application/json' }
  }
  const address = addressOf(operation, ask)
  if (!operation.once) return (await request(address, init)) as z.output<R>
  const named = { ...init, headers: { ...(init.headers as Record<string, string>), 'idempotency-key': newName() } }
  try {
    return (await request(address, named)) as z.output<R>
  } catch (problem) {
    // The line broke, so nobody knows whether it was done: the same request under the same name is done once at most.
    if (!(problem instanceof Problem) || problem.status !== 0) throw problem
    return (await request(address, named)) as z.output<R>
  }
}

/** Not `randomUUID`, which browsers keep from pages that are served without https. */
function newName(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('')
}

/** Reads an operation and keeps it fresh; `live.ts` asks again when its topics change. */
export function useAsk<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  operation: Operation<P, Q, B, R>,
  ask: AskOf<P, Q, B>,
  options: {
    enabled?: boolean
    keep?: boolean
    refetchInterval?: (answer: z.output<R> | undefined) => number | false
  } = {},
): UseQueryResult<z.output<R>, Problem> {
  return useQuery<z.output<R>, Problem>({
    queryKey: [operation.id, ask],
    queryFn: ({ signal }) => call(operation, ask, signal),
    enabled: options.enabled ?? true,
    refetchInterval: query => options.refetchInterval?.(query.state.data) ?? false,
    ...(options.keep ? { placeholderData: (previous: z.output<R> | undefined) => previous as never } : {}),
  })
}

/** Does an operation. A refusal is shown as a notice unless the caller wants to show it in place (`quiet`). */
export function useDo<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  operation: Operation<P, Q, B, R>,
  options: { refresh?: readonly { id: string }[]; quiet?: boolean } = {},
) {
  const client = useQueryClient()
  return useMutation<z.output<R>, Problem, AskOf<P, Q, B>>({
    mutationFn: ask => call(operation, ask),
    onError: problem => {
      if (!options.quiet) showProblem(problem)
    },
    onSettled: async () => {
      for (const { id } of options.refresh ?? []) await client.invalidateQueries({ queryKey: [id] })
    },
  })
}
