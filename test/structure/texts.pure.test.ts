import { expect, test } from 'vitest'
import { isTextKey, textsOf } from '../../src/ui/texts.ts'
import { sources } from '../support/sources.ts'

const isTextFile = (path: string) => /[/-]texts\.ts$|\/ui\/texts\//.test(path)
const code = sources().filter(({ path }) => !isTextFile(path))
const everything = code.map(({ text }) => text).join('\n')

test('no text is empty, in either language', () => {
  const empty = (['lv', 'en'] as const).flatMap((language) =>
    Object.entries(textsOf(language))
      .filter(([, text]) => text.trim() === '')
      .map(([key]) => `${language} ${key}`),
  )
  expect(empty).toEqual([])
})

test('every text is used: a key stands in the code, or begins as some key there is put together', () => {
  const beginnings = [...everything.matchAll(/`([a-z_]+(?:\.[\w.]*)?)\$\{/g)]
    .map(([, beginning]) => beginning!)
    .filter((beginning) => beginning.includes('.') && beginning !== 'done.' && beginning !== 'http.')
  beginnings.push(...[...everything.matchAll(/[?&]done=([a-z_]+)\$\{/g)].map(([, beginning]) => `done.${beginning}`))
  const done = new Set(
    [...everything.matchAll(/[?&]done=([a-z_]+)|done: '([a-z_]+)'/g)].map(([, one, two]) => one ?? two),
  )
  const named = new Set([...everything.matchAll(/['"`]([a-z_0-9]+\.[\w.]+)(?=['"`|])/g)].map(([, key]) => key!))
  const doneByCode = everything.includes('done=${')
  const unused = Object.keys(textsOf('lv')).filter(
    (key) =>
      !named.has(key) &&
      !beginnings.some((beginning) => key.startsWith(beginning)) &&
      !(key.startsWith('done.') && (doneByCode || done.has(key.slice(5)))),
  )
  expect(unused).toEqual([])
})

test('a page that says done names a sentence that there is', () => {
  const named = [...everything.matchAll(/[?&]done=([a-z_]+)(?![a-z_$])/g)].map(([, name]) => `done.${name}`)
  expect([...new Set(named)].filter((key) => !isTextKey(key))).toEqual([])
})

test('pages carry no text of their own: every word comes from the language files', () => {
  const words = code
    .filter(({ path }) => path.endsWith('.tsx'))
    .flatMap(({ path, text }) => [
      ...textsBetweenTags(text).map((found) => `${path}: ${found}`),
      ...textsOfAttributes(text).map((found) => `${path}: ${found}`),
    ])
  expect(words).toEqual([])
})

/** Words between `>` and `</` or `{`. Types such as Promise<string> are followed by signs that no sentence has. */
function textsBetweenTags(text: string): string[] {
  const bare = text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '')
    .replace(/'[^'\n]*'/g, "''")
  return [...bare.matchAll(/<[a-zA-Z][^<>]*?(?<![=-])>([^<>{}=;()[\]|&:?]*?)<?(?=<\/|\{|<[a-zA-Z])/g)]
    .map(([, found]) => found!.trim())
    .filter((found) => /\p{L}{2,}/u.test(found))
}

function textsOfAttributes(text: string): string[] {
  const attributes =
    /\s(?:label|title|hint|legend|caption|alt|placeholder|aria-label|lead|term|header|confirm)="([^"]*\p{L}{2,}[^"]*)"/gu
  return [...text.matchAll(attributes)].map(([, found]) => found!)
}
