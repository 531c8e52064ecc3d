import { posix } from 'node:path'
import { codeOf, lineOf, type SourceFile } from './source.ts'

export interface Import {
  readonly from: string
  readonly line: number
  readonly specifier: string
  /** Path from the root of the repository, or undefined for a package. */
  readonly target: string | undefined
  /** Only types: gone before the code runs. */
  readonly typeOnly: boolean
}

const statement = /\b(import|export)\b\s*(type\b)?([^'"`;()=]*?)\bfrom\s*'( +)'|\bimport\s*\(?\s*'( +)'/dg

/**
 * The imports and re-exports that a file's text shows, dynamic ones included. They are looked for in code whose strings
 * are blank, so that a sentence about an import is not taken for one; the names are then read from the text.
 */
export function importsOf({ path, text }: SourceFile): Import[] {
  const code = codeOf(text, 'blank')
  return [...code.matchAll(statement)].map(match => {
    const [start, end] = (match.indices![4] ?? match.indices![5])!
    const specifier = text.slice(start, end)
    return {
      from: path,
      line: lineOf(code, match.index),
      specifier,
      target: resolve(path, specifier),
      typeOnly: match[2] !== undefined || onlyTypesNamed(match[3]),
    }
  })
}

function onlyTypesNamed(clause: string | undefined): boolean {
  const names = /^\s*\{([^}]*)\}\s*$/
    .exec(clause ?? '')?.[1]
    ?.split(',')
    .filter(name => name.trim())
  return names !== undefined && names.length > 0 && names.every(name => name.trim().startsWith('type '))
}

function resolve(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}`
  if (specifier.startsWith('.')) return posix.join(posix.dirname(path), specifier)
  return undefined
}
