import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A file of the repository as the checks see it: its path from the root, with forward slashes, and its text. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

/**
 * A rule about the text of the repository. `planted` is its proof that it bites: small sets of files, each with one
 * fault that the check must find; `clean` is a set in which it must find none.
 */
export interface Check {
  readonly name: string
  faults(files: readonly SourceFile[]): string[]
  readonly clean: readonly SourceFile[]
  readonly planted: readonly PlantedFault[]
}

export interface PlantedFault {
  readonly title: string
  /** Added to the clean set, or put in the place of the clean file of the same path. `text: ''` takes a file away. */
  readonly files: readonly SourceFile[]
}

export const file = (path: string, text = 'export {}\n'): SourceFile => ({ path, text })

const textual = /\.(ts|tsx|mjs|json|sql|md|css|html|ya?ml|service|sh)$|(^|\/)(Dockerfile|run|LICENSE)$/

/** Every text file that is committed or would be: what git ignores is not ours. */
export function readRepository(root: string): SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  return [...new Set(listed.split('\0'))]
    .filter(path => textual.test(path) && path !== 'package-lock.json' && existsSync(join(root, path)))
    .sort()
    .map(path => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

export function withPlanted(clean: readonly SourceFile[], planted: PlantedFault): SourceFile[] {
  const places = new Set(planted.files.map(({ path }) => path))
  return [...clean.filter(({ path }) => !places.has(path)), ...planted.files.filter(({ text }) => text !== '')]
}

export const isCode = (path: string): boolean => /\.(ts|tsx|mjs)$/.test(path)
/** Tests and what only tests use: a folder `testing/`, `storm.testing.ts` beside the test, or the torture. */
export const isTest = (path: string): boolean => /\.(test|testing)\.tsx?$|\/testing\/|^scenarios\/torture\//.test(path)

/**
 * The code without its comments, and with `strings: 'blank'` without what stands in its quotes, so that a rule about
 * code does not trip over prose. Templates are kept: they hold code.
 */
export function codeOf(text: string, strings: 'keep' | 'blank' = 'keep'): string {
  return text.replace(
    /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|(?<!\\)\/\/[^\n]*/g,
    found => {
      if (found.startsWith('/')) return found.replace(/[^\n]/g, ' ')
      if (found.startsWith('`') || strings === 'keep') return found
      return `${found[0]}${' '.repeat(found.length - 2)}${found[0]}`
    },
  )
}

export function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

/** Every place where the pattern is found, as `path:line`. */
export function places(path: string, text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(match => `${path}:${lineOf(text, match.index)}`)
}
