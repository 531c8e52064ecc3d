import { systemClock } from '#kernel/clock/index.ts'
import type { RealServer } from '../real-server.ts'
import type { Answered, Given } from './judge.ts'
import type { Person } from './people.ts'
import type { Schema } from './schemas.ts'

export interface Described {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Readonly<Record<string, unknown>>
  readonly 'x-permission': string
}

export interface Operation extends Described {
  readonly method: string
  readonly path: string
}

/** Sends one request as somebody and hands back what came, whatever it is. */
export async function ask(server: RealServer, request: Given, person: Person): Promise<Answered> {
  const started = systemClock.elapsed()
  const { method, url, body, type = 'application/json', headers = {} } = request
  try {
    const response = await fetch(`${server.address}${url}`, {
      method,
      headers: {
        ...person.headers,
        // A key that came with an origin would be one that stands in a page, and refused as such.
        ...(!('authorization' in person.headers) && { origin: server.address }),
        ...(body !== undefined && { 'content-type': type }),
        ...headers,
      },
      ...(body !== undefined && method !== 'GET' && { body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(150_000),
    })
    const text = await response.text()
    const milliseconds = systemClock.elapsed() - started
    const cookies = response.headers.getSetCookie().map(each => each.split(';')[0])
    return {
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      text,
      body: parsed(text),
      milliseconds,
      cookie: cookies.join('; '),
    }
  } catch (error) {
    const text = String((error as Error).cause ?? error)
    return { status: 0, type: '', text, body: undefined, milliseconds: systemClock.elapsed() - started, cookie: '' }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A form with one file in it, as browsers send it. */
export function formWith({
  name,
  text,
}: {
  readonly name: string
  readonly text: string
}): Pick<Given, 'body' | 'type'> {
  const head = `content-disposition: form-data; name="file"; filename="${name.replace(/["\r\n]/g, '_')}"`
  return {
    type: 'multipart/form-data; boundary=leaf',
    body: `--leaf\r\n${head}\r\ncontent-type: application/octet-stream\r\n\r\n${text}\r\n--leaf--\r\n`,
  }
}
