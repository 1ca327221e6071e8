import { expect, test } from 'vitest'
import { operationsOf } from '../../src/reference/document.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())

test('the document and its page are there for everybody, signed in or not', async () => {
  const document = await world.app.request('/openapi.json')
  expect([document.status, document.headers.get('content-type')]).toEqual([200, 'application/json'])
  const operations = operationsOf(await document.json())
  for (const cookie of ['', await world.cookie('REZ', 'buyer')]) {
    const page = await world.app.request('/api?lang=en', { headers: { cookie } })
    const html = await page.text()
    expect(page.status).toBe(200)
    for (const { path, operation } of operations) {
      expect(html).toContain(`id="${operation.operationId}"`)
      expect(html).toContain(path)
    }
  }
})

test('ids on the page are unique, though it has a form for every operation', async () => {
  const html = await (await world.app.request('/api')).text()
  const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
})
