import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'docs/reference')

/** The code blocks of a page that are TypeScript, each with the answers it promises behind `console.log(...) //`. */
function examplesOf(markdown: string): { code: string; answers: string[] }[] {
  return [...markdown.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => ({
    code: code!,
    answers: [...code!.matchAll(/^\s*console\.log\(.*\)\s*\/\/ ?(.*)$/gm)].map(([, answer]) => answer!.trim()),
  }))
}

const pages = readdirSync(folder).filter(name => name.endsWith('.md') && name !== 'README.md')
/** Tables of what comes in, what goes out and who may do what: nothing in them is called, so nothing can be run. */
const tables = ['events.md', 'export.md', 'permissions.md']

describe('the examples of the reference print what they promise', () => {
  for (const page of pages) {
    const markdown = readFileSync(join(folder, page), 'utf8')

    it(page, () => {
      const examples = examplesOf(markdown)
      if (!tables.includes(page)) expect(examples.length, `${page} has no example`).toBeGreaterThan(0)
      for (const { code, answers } of examples) {
        expect(answers.length, `an example of ${page} promises no answer`).toBeGreaterThan(0)
        const printed = execFileSync(
          process.execPath,
          ['--conditions=source', '--input-type=module-typescript', '--eval', code],
          { cwd: root, encoding: 'utf8' },
        )
        expect(printed.trim().split('\n')).toEqual(answers)
      }
    })

    it(`${page} shows pictures that are there`, () => {
      for (const [, path] of markdown.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)) {
        expect(readFileSync(join(folder, path!)).length).toBeGreaterThan(500)
      }
    })
  }

  it('the contents list every page', () => {
    const contents = readFileSync(join(folder, 'README.md'), 'utf8')
    for (const page of pages) expect(contents).toContain(`(${page})`)
  })
})
