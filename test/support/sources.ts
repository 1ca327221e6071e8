/** The product's own source files, for the tests that read them. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

export interface Source {
  /** `src/catalogue/store.ts` */
  path: string
  /** `catalogue`; empty for files directly in src */
  module: string
  /** `store.ts` */
  file: string
  text: string
}

export function sources(pattern = 'src/**/*.{ts,tsx}'): Source[] {
  return globSync(pattern)
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => {
      const parts = path.split('/')
      return { path, module: parts.length > 2 ? parts[1]! : '', file: parts.at(-1)!, text: readFileSync(path, 'utf8') }
    })
}

/** What a file imports of ours, by path. Types vanish when it runs, so they may come from anywhere and are left out. */
export function importsOf(source: Source): string[] {
  const found = source.text.matchAll(
    /^(?:import|export)\s+(?!type\b)([^'";]*?)\s*from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/gm,
  )
  return [...found]
    .filter(([, names]) => !/^\{(\s*type\s+\w+(\s+as\s+\w+)?\s*,?)+\s*\}$/.test(names ?? ''))
    .map(([, , from, later]) => normalize(join(dirname(source.path), (from ?? later)!)))
}
