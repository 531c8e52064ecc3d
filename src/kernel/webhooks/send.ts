import { lookup } from 'node:dns/promises'
import { request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { isIP } from 'node:net'
import type { DeliveryFault } from './contract.ts'
import { type AddressRule, addressToCall, faultOfUrl, hostOf } from './public-address.ts'
import { timeoutAfter } from './rules.ts'

/** All addresses that a name stands for; handed in, so that a test can lie about them. */
export type Resolve = (host: string) => Promise<readonly string[]>

export const resolveByDns: Resolve = async host =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address)

export interface Outcome {
  readonly status: number | null
  readonly fault: DeliveryFault | null
  /** The first kilobyte of the answer. */
  readonly answer: string
  readonly retryAfter: string | undefined
}

const answerLimit = 1024

/**
 * Posts once. The name is resolved once, what it resolves to is judged, and the connection goes to that very address: a name that
 * changes its mind afterwards changes nothing. A redirect is a failure and is never followed. Only 2xx is success.
 */
export async function post(
  message: { readonly url: string; readonly body: string; readonly headers: Readonly<Record<string, string>> },
  parts: {
    readonly rule: AddressRule
    readonly resolve?: Resolve
    readonly timeout?: number
    /** The house closes: whatever is under way is left, and will be sent again. */
    readonly signal?: AbortSignal
  },
): Promise<Outcome> {
  const { rule, resolve = resolveByDns, timeout = timeoutAfter } = parts
  if (faultOfUrl(message.url, rule)) return failed('forbidden-address')
  const url = new URL(message.url)
  const host = hostOf(url)
  const deadline = AbortSignal.any([AbortSignal.timeout(timeout), ...(parts.signal ? [parts.signal] : [])])
  let resolved: readonly string[]
  try {
    resolved = isIP(host) ? [host] : await untilAborted(resolve(host), deadline)
  } catch {
    return failed(deadline.aborted ? 'timed-out' : 'not-found')
  }
  if (resolved.length === 0) return failed('not-found')
  const address = addressToCall(resolved, rule)
  if (address === undefined) return failed('forbidden-address')
  return exchange(message, { url, host, address, deadline })
}

function exchange(
  message: { readonly body: string; readonly headers: Readonly<Record<string, string>> },
  to: { readonly url: URL; readonly host: string; readonly address: string; readonly deadline: AbortSignal },
): Promise<Outcome> {
  const { url, host, address, deadline } = to
  const isSecure = url.protocol === 'https:'
  const body = Buffer.from(message.body)
  return new Promise(done => {
    const request = (isSecure ? requestSecure : requestPlain)({
      // An address, never a name: nothing is left to be resolved.
      host: address,
      port: url.port || (isSecure ? 443 : 80),
      path: `${url.pathname}${url.search}`,
      method: 'POST',
      agent: false,
      signal: deadline,
      ...(isSecure && isIP(host) === 0 && { servername: host }),
      headers: { ...message.headers, host: url.host, 'content-length': body.length },
    })
    request.on('error', error => done(failed(faultOfError(error, deadline))))
    request.on('response', response => {
      const status = response.statusCode ?? 0
      const kept: Buffer[] = []
      let size = 0
      const end = () => {
        response.destroy()
        done({
          status,
          fault: faultOfStatus(status),
          answer: Buffer.concat(kept).subarray(0, answerLimit).toString().replaceAll('\0', ''),
          retryAfter: status === 429 || status === 503 ? response.headers['retry-after'] : undefined,
        })
      }
      // Whatever becomes of the rest, the status was said.
      response.on('error', end)
      response.on('end', end)
      response.on('data', (chunk: Buffer) => {
        kept.push(chunk)
        size += chunk.length
        if (size >= answerLimit) end()
      })
    })
    request.end(body)
  })
}

/**
 * Example: 204 is no fault, 302 is `redirected`, 410 is `gone`, 500 is `answered`.
 */
export function faultOfStatus(status: number): DeliveryFault | null {
  if (status >= 200 && status < 300) return null
  if (status >= 300 && status < 400) return 'redirected'
  return status === 410 ? 'gone' : 'answered'
}

function faultOfError(error: Error, deadline: AbortSignal): DeliveryFault {
  if (deadline.aborted) return 'timed-out'
  const code = (error as { code?: string }).code ?? ''
  return /CERT|TLS|SSL|SIGNATURE|VERIFY|EPROTO/.test(code) ? 'not-secure' : 'unreachable'
}

const failed = (fault: DeliveryFault): Outcome => ({ status: null, fault, answer: '', retryAfter: undefined })

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    promise.then(resolve, reject)
  })
}
