import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { asset, assets } from '../../src/ui/assets.ts'

test('every asset is there', () => {
  expect(assets.filter((entry) => !existsSync(entry.source))).toEqual([])
})

test('what the stylesheet loads is served', () => {
  const css = readFileSync('src/ui/assets/vieta.css', 'utf8')
  const names = [...css.matchAll(/url\("([^"]+)"\)/g)].map((match) => match[1])
  expect(names.filter((name) => !assets.some((entry) => entry.name === name))).toEqual([])
})

test('an address changes with the bytes', () => {
  expect(asset('vieta.css')).toMatch(/^\/assets\/vieta\.css\?v=/)
})
