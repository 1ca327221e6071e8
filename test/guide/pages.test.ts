import { expect, test } from 'vitest'
import { chapters, rules } from '../../src/guide/guide.ts'
import { roles } from '../../src/identity/permissions.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const municipal = roles.filter((role) => role !== 'coordinator')
const pageOf = async (path: string, cookie: string) => {
  const page = await world.app.request(path, { headers: { cookie } })
  return { status: page.status, html: await page.text() }
}
/** What a page leads to from its cards. */
const ways = (html: string) => [...html.matchAll(/<a class="button[^"]*" href="([^"]+)"/g)].map(([, href]) => href!)

test('every part is there for everybody in both languages, with nothing left unsaid', async () => {
  for (const cookie of ['', await world.cookie('REZ', 'buyer')]) {
    for (const path of ['/guide', '/guide/rules', '/guide/words']) {
      for (const language of ['lv', 'en']) {
        const { status, html } = await pageOf(`${path}?lang=${language}`, cookie)
        expect([path, status]).toEqual([path, 200])
        expect(html).not.toMatch(/guide\.|undefined|\{\w+\}/)
      }
    }
  }
})

test('a rule is found by its number', async () => {
  const { html } = await pageOf('/guide/rules', '')
  for (const { id } of rules) expect(html).toContain(`id="${id}"`)
})

test('a stranger is led to the catalogue alone', async () => {
  expect(ways((await pageOf('/guide', '')).html)).toEqual(['/catalogue'])
})

test('each role is led only where it may go, and each place is reached by somebody', async () => {
  const reached = new Set<string>()
  for (const role of municipal) {
    const cookie = await world.cookie('REZ', role)
    for (const href of new Set(ways((await pageOf('/guide', cookie)).html))) {
      expect([role, href, (await pageOf(href, cookie)).status]).toEqual([role, href, 200])
      reached.add(href)
    }
  }
  expect([...reached].sort()).toEqual(
    [...new Set(chapters.flatMap(({ tasks }) => tasks.map(({ href }) => href)))].sort(),
  )
})
