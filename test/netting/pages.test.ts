import { expect, test } from 'vitest'
import type { Role } from '../../src/identity/permissions.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'
import { debts } from './debts.ts'

const world = await createWorld(await freshDatabase())
const { document } = debts(world)
await document('DGV', 'REZ', '100.00')
await document('REZ', 'LUD', '80.00')
await document('LUD', 'DGV', '70.00')

async function open(code: Code, role: Role, path: string): Promise<{ status: number; html: string }> {
  const response = await world.app.request(path, { headers: { cookie: await world.cookie(code, role) } })
  return { status: response.status, html: await response.text() }
}
async function post(code: Code, role: Role, path: string, fields: Record<string, string> = {}) {
  const response = await world.app.request(path, {
    method: 'POST',
    headers: {
      cookie: await world.cookie(code, role),
      origin: 'http://localhost',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(fields).toString(),
  })
  return { status: response.status, to: response.headers.get('location'), html: await response.text() }
}

test('with nobody to set off with the form says why, and offers the balances', async () => {
  const { html } = await open('DGV', 'finance', '/netting/new')
  expect(html).toMatch('/balances')
  expect(html).not.toMatch('counterparty_id')
})

test('the circle by forms: joined by each, proposed, answered, settled, reversed', async () => {
  for (const code of ['DGV', 'REZ', 'LUD'] as const) {
    expect((await post(code, 'finance', '/netting/circle/join')).to).toBe('/netting/circle?done=netting_joined')
  }
  const refused = await post('DGV', 'finance', '/netting/new', { counterparty_id: '', netted_on: '31.03.2026.' })
  expect([refused.status, refused.html.includes('#field-counterparty_id')]).toEqual([422, true])
  const made = await post('DGV', 'finance', '/netting/new', {
    counterparty_id: 'circle',
    netted_on: '31.03.2026.',
    due_on: '07.04.2026.',
  })
  expect(made.status).toBe(303)
  const here = made.to!.split('?')[0]!
  const before = (await open('REZ', 'finance', here)).html
  expect(before).toMatch('id="before-title"')
  expect(before).toMatch('250,00')
  expect(before).toMatch(`${here}/answer`)
  expect((await open('REZ', 'finance', '/')).html).toMatch('/netting?status=proposed')
  expect((await open('DGV', 'finance', here)).html, 'whoever proposed has answered').toMatch(`${here}/withdraw`)
  const stale = await post('REZ', 'finance', `${here}/answer`, { answer: 'accepted', round: '9' })
  expect(stale.status).toBe(409)
  for (const code of ['REZ', 'LUD'] as const) {
    expect((await post(code, 'finance', `${here}/answer`, { answer: 'accepted', round: '1' })).status).toBe(303)
  }
  const after = (await open('DGV', 'finance', here)).html
  expect(after).toMatch(`${here}/reverse`)
  expect((await open('REZ', 'finance', '/netting')).html).toMatch('IESKAITS-')
  const [invoice] = await world.database.db.selectFrom('netting_item').select('document_id').limit(1).execute()
  expect(invoice).toBeDefined()
  const unsaid = await post('DGV', 'finance', `${here}/reverse`, { note: '' })
  expect([unsaid.status, unsaid.html.includes('#reverse-note')]).toEqual([422, true])
  expect((await post('DGV', 'finance', `${here}/reverse`, { note: 'Kļūda' })).to).toBe(`${here}?done=netting_reversed`)
  expect((await open('LUD', 'finance', here)).html).toMatch('Kļūda')
  expect((await open('LPR', 'coordinator', here)).status).toBe(200)
  expect((await open('DGV', 'lister', here)).status).toBe(404)
})
