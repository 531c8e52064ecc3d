/*
 * Keeps the shell of the member card on the device, so that it opens without a line. What the card says is kept by the
 * page itself (member/kept.ts); answers of the server are never kept here.
 */
const shell = 'guanxi-card-1'
/** A line that has not brought the page after so long is treated as none. */
const patience = 2500

self.addEventListener('install', event => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()))
})

self.addEventListener('activate', event => {
  event.waitUntil(self.clients.claim())
})

/** The page tells what it is made of now; what it was made of before goes. */
self.addEventListener('message', event => {
  const parts = event.data?.parts
  if (Array.isArray(parts)) event.waitUntil(keepParts(parts))
})

self.addEventListener('fetch', event => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (request.mode === 'navigate') event.respondWith(page(request))
  else if (url.pathname.startsWith('/assets/')) event.respondWith(part(request))
})

async function keepShell() {
  const cache = await caches.open(shell)
  const response = await fetch('/card', { cache: 'no-cache' })
  if (!response.ok) throw new Error('no page to keep')
  const text = await response.clone().text()
  await cache.put('/card', response)
  const parts = [...text.matchAll(/(?:src|href)="(\/(?:assets\/|card)[^"]+)"/g)].map(match => match[1])
  await cache.addAll([...new Set(parts)])
}

async function keepParts(parts) {
  const cache = await caches.open(shell)
  const wanted = new Set(parts.filter(part => part.startsWith('/assets/')))
  for (const kept of await cache.keys()) {
    const { pathname } = new URL(kept.url)
    if (pathname.startsWith('/assets/') && !wanted.delete(pathname)) await cache.delete(kept)
  }
  await cache.addAll([...wanted])
}

async function page(request) {
  const cache = await caches.open(shell)
  const fresh = fetch(request).then(response => {
    if (response.ok) void cache.put('/card', response.clone())
    return response
  })
  const late = new Promise(resolve => setTimeout(resolve, patience))
  const kept = await cache.match('/card')
  if (!kept) return fresh
  return (await Promise.race([fresh.catch(() => undefined), late])) ?? kept
}

async function part(request) {
  const cache = await caches.open(shell)
  const kept = await cache.match(request)
  if (kept) return kept
  const response = await fetch(request)
  if (response.ok) await cache.put(request, response.clone())
  return response
}
