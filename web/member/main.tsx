import '../tokens.css'
import './member.css'
import type { followCardLink } from '#kernel/access/contract.ts'
import { Problem, tell } from './api.ts'
import { askEarly } from './asked.ts'
import { forgetAll } from './kept.ts'
import { preferredLanguage, speak } from './words.ts'

/** Dark where the phone is dark; the tokens of the house ask for it by this name. */
const dark = matchMedia('(prefers-color-scheme: dark)')
const tint = () => {
  document.documentElement.dataset.mantineColorScheme = dark.matches ? 'dark' : 'light'
}
tint()
dark.addEventListener('change', tint)

/** A link is followed before anything is shown. What was wrong with it is told at the door, unless the card is open anyway. */
async function follow(): Promise<Problem | undefined> {
  const token = decodeURIComponent(location.hash.slice(1))
  if (token.length < 16) return undefined
  // The token leaves the address bar before it is used: it must not stay in the history.
  history.replaceState(null, '', location.pathname + location.search)
  try {
    await tell<typeof followCardLink>('POST', '/api/member/session/link', { body: { token } })
    forgetAll()
    return undefined
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}

/** On a slow line everything is on its way at the same time: the page, its words, and what the card says. */
const [{ show }, why] = await Promise.all([
  import('./show.tsx'),
  follow().then(problem => {
    askEarly('/api/member/card')
    return problem
  }),
  speak(preferredLanguage()),
])
show(why)
// A link that is opened while the card stands open: begin anew with it.
window.addEventListener('hashchange', () => location.reload())
