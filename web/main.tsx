import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import '@mantine/spotlight/styles.css'
import './tokens.css'
import './base.css'
import './shell/shell.css'
import './kit/page.css'
import './kit/rows.css'
import './kit/why.css'
import './today/today.css'
import './kit/table.css'
import './portrait/portrait.css'
import './data/data.css'
import './settings/settings.css'
import './kit/components.css'
import './kit/narrow.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Problem } from './api.ts'
import { startLanguage } from './language.ts'
import { router } from './router.tsx'
import { theme } from './theme.ts'
import { currentWorld, enterWorld } from './world.ts'

/** A newer version was put in place while the page stood open: its parts have other names now. */
window.addEventListener('vite:preloadError', () => location.reload())

/** Whoever is no longer signed in is shown the door they came through, and comes back to where they were. */
function showDoor(error: Error): void {
  if (!(error instanceof Problem)) return
  if (error.code === 'http:refusal.no-demo' && currentWorld() === 'demo') {
    // Somebody has removed the demo shop that this browser was visiting.
    enterWorld('business')
    location.assign('/')
  }
  if (!error.isSignedOut) return
  const { pathname, href } = router.state.location
  if (pathname === '/sign-in') return
  void router.navigate({ to: '/sign-in', search: href === '/' ? {} : { back: href }, replace: true })
}

const client = new QueryClient({
  queryCache: new QueryCache({ onError: showDoor }),
  mutationCache: new MutationCache({ onError: showDoor }),
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) =>
        count < 2 && error instanceof Problem && (error.status === 0 || error.status >= 502 || error.status === 429),
    },
    mutations: { retry: false },
  },
})

await startLanguage()

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      {/* The kit would write its colours into the page; ours are in tokens.css, so that the content policy can forbid that. */}
      <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
        <Notifications position="bottom-left" limit={4} containerWidth={420} />
        <RouterProvider router={router} />
      </MantineProvider>
    </QueryClientProvider>
  </StrictMode>,
)
