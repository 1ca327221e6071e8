import { expect, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const dgv = world.organisation.DGV
const change = {
  name: 'Daugavpils',
  valid_from: '2021-07-01',
  invoice_prefix: 'DGV',
  payment_days: 20,
  iban: 'LV80 BANK 0000 4351 9500 1',
  email: 'pasts@daugavpils.lv',
}

test('an administrator changes the own organisation, and the change is audited with before and after', async () => {
  const response = await world.request('DGV', 'administrator', 'PUT', `/api/v1/organisations/${dgv}`, change)
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ name: 'Daugavpils', payment_days: 20, iban: 'LV80BANK0000435195001' })
  const [event] = await world.database.db.selectFrom('audit_event').selectAll().where('subject_id', '=', dgv).execute()
  expect(event).toMatchObject({
    action: 'changeOrganisation',
    before: { payment_days: 30 },
    after: { payment_days: 20 },
  })
})

test('another municipality is read but not changed: it answers as if it were not there', async () => {
  expect((await world.request('REZ', 'administrator', 'GET', `/api/v1/organisations/${dgv}`)).status).toBe(200)
  expect((await world.request('REZ', 'administrator', 'PUT', `/api/v1/organisations/${dgv}`, change)).status).toBe(404)
})

test('a wrong field is named with what to do, and nothing is saved', async () => {
  const response = await world.request(
    'REZ',
    'administrator',
    'PUT',
    `/api/v1/organisations/${world.organisation.REZ}`,
    {
      ...change,
      iban: 'LV00BANK0000435195001',
      valid_to: '2020-01-01',
      colour: 'red',
      payment_days: -1,
    },
  )
  expect(response.status).toBe(422)
  expect(response.headers.get('content-type')).toMatch('application/problem+json')
  const problem = (await response.json()) as { errors: { path: string; message: string }[] }
  expect(problem.errors.map((error) => error.path).sort()).toEqual(['colour', 'iban', 'payment_days', 'valid_to'])
})

test('the same idempotency key carries a write out once, and refuses another body', async () => {
  const path = `/api/v1/organisations/${world.organisation.LUD}`
  const key = { 'idempotency-key': 'once' }
  const first = await world.request('LUD', 'administrator', 'PUT', path, { ...change, name: 'Ludza' }, key)
  expect(first.status).toBe(200)
  const again = await world.request('LUD', 'administrator', 'PUT', path, { ...change, name: 'Ludza' }, key)
  expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true'])
  expect(await again.json()).toEqual(await first.json())
  expect((await world.request('LUD', 'administrator', 'PUT', path, { ...change, name: 'Other' }, key)).status).toBe(422)
  const events = await world.database.db
    .selectFrom('audit_event')
    .select('id')
    .where('subject_id', '=', world.organisation.LUD)
    .execute()
  expect(events).toHaveLength(1)
})

test('a person signs in and sees the pages of the own roles; a stranger is asked to sign in first', async () => {
  const stranger = await world.app.request('/organisations')
  expect([stranger.status, stranger.headers.get('location')]).toEqual([303, '/sign-in?next=%2Forganisations'])
  const cookie = await world.cookie('REZ', 'buyer')
  const page = await world.app.request('/organisations', { headers: { cookie } })
  expect(page.status).toBe(200)
  expect(await page.text()).toMatch('Ludza')
  expect(
    (await world.app.request(`/organisations/${world.organisation.REZ}/edit`, { headers: { cookie } })).status,
  ).toBe(404)
})

test('a form that comes back keeps what was typed and names each field', async () => {
  const cookie = await world.cookie('REZ', 'administrator')
  const response = await world.app.request(`/organisations/${world.organisation.REZ}/edit`, {
    method: 'POST',
    headers: { cookie, origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      name: 'Rēzekne',
      valid_from: '30.02.2026.',
      invoice_prefix: 'REZ',
      payment_days: 'x',
      invoice_language: 'lv',
    }).toString(),
  })
  expect(response.status).toBe(422)
  const html = await response.text()
  expect(html).toMatch('30.02.2026.')
  expect(html).toMatch('#field-valid_from')
})
