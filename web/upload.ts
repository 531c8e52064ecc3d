import { headers, Problem } from './api.ts'
import type { Format } from './format.ts'

/** Sends a file and says how much of it has left; `fetch` cannot tell that yet. */
export function upload(path: string, file: File, progress: (sentBytes: number) => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const form = new FormData()
    form.append('file', file, file.name)
    const request = new XMLHttpRequest()
    request.open('POST', path)
    request.responseType = 'text'
    for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value)
    request.upload.addEventListener('progress', event => progress(Math.min(event.loaded, file.size)))
    request.addEventListener('load', () => {
      let answer: unknown
      try {
        answer = JSON.parse(request.responseText)
      } catch {
        answer = {}
      }
      if (request.status >= 200 && request.status < 300) resolve(answer)
      else reject(new Problem(request.status, answer as Record<string, unknown>))
    })
    request.addEventListener('error', () => reject(new Problem(0, {})))
    request.send(form)
  })
}

/** `sizeOf(47_185_920, format)` is 47.2 MB. */
export function sizeOf(bytes: number, format: Format): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 1_000_000) return `${format.number(bytes / 1000, 0)} kB`
  return `${format.number(bytes / 1_000_000, 1)} MB`
}
