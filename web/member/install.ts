/** The browser's offer to put the card on the home screen; not every browser makes one. */
export interface Prompt extends Event {
  prompt(): Promise<unknown>
}

/** The card is shown and read before the rest takes the line. */
const restAfter = 1000

let offered: Prompt | undefined
const waiting = new Set<(prompt: Prompt) => void>()

export function onInstallable(hear: (prompt: Prompt) => void): () => void {
  if (offered) hear(offered)
  waiting.add(hear)
  return () => void waiting.delete(hear)
}

/** Registers what keeps the shell for when there is no line, and tells it what the page is made of. */
export function startInstalling(loadRest: () => Promise<unknown>): void {
  window.addEventListener('beforeinstallprompt', event => {
    event.preventDefault()
    offered = event as Prompt
    for (const hear of waiting) hear(offered)
  })
  const rest = new Promise(resolve => setTimeout(resolve, restAfter)).then(loadRest)
  const worker = navigator.serviceWorker
  if (!worker) {
    rest.catch(() => undefined)
    return
  }
  worker
    .register('/card-worker.js', { scope: '/card' })
    .then(() => rest)
    .then(() => worker.ready)
    .then(({ active }) => {
      const parts = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)
      active?.postMessage({ parts })
    })
    // Without it the card works as long as there is a line.
    .catch(() => undefined)
}
