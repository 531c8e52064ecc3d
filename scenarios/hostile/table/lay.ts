import { colleagues, strangers, webhooks } from './doors.ts'
import type { Course, Host } from './host.ts'
import { imports, merges, opening, tasks } from './profiles.ts'
import { adjustments, coalition, credit, draws, promises, rewards, sharing, till } from './value.ts'

const courses: Readonly<Record<string, Course>> = {
  ...{ adjustments, credit, rewards, till, draws, sharing, promises, coalition, imports, opening, tasks, merges },
  ...{ webhooks, colleagues, strangers },
}

/**
 * Does by real requests what chance will not: an import that was checked, a reward that was taken, a dispute that was opened. One
 * course that is refused leaves the others as they are: what was asked meanwhile may have ended a promise or switched gifts off.
 */
export async function layTable(host: Host): Promise<string[]> {
  const refused: string[] = []
  for (const [name, course] of Object.entries(courses)) {
    try {
      await course(host)
    } catch (error) {
      refused.push(`${name}: ${(error as Error).message}`)
    }
  }
  return refused
}
