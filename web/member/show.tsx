import { createRoot } from 'react-dom/client'
import type { Problem } from './api.ts'
import { App } from './app.tsx'
import { startInstalling } from './install.ts'

export function show(why: Problem | undefined): void {
  createRoot(document.getElementById('card')!).render(<App why={why} />)
  // The rest comes once the card is there; what keeps the shell is told of all of it.
  startInstalling(() => import('./more.tsx'))
}
