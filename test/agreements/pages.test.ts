import { expect, test } from 'vitest'
import type { Role } from '../../src/identity/permissions.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const { REZ } = world.organisation

async function open(code: Code, role: Role, path: string): Promise<{ status: number; html: string }> {
  const response = await world.app.request(path, { headers: { cookie: await world.cookie(code, role) } })
  return { status: response.status, html: await response.text() }
}
async function post(code: Code, role: Role, path: string, fields: Record<string, string>) {
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
const typed = {
  side: 'seller',
  other_id: REZ,
  number: '2026/14',
  valid_from: '01.01.2026.',
  valid_to: '31.05.2026.',
  pay_days: '20',
  answer_days: '7',
  confirmation: 'silence_withholds',
  netting: 'yes',
  year_ceiling: '50 000,00',
}

test('from an empty list to an agreement that both signed, in forms alone', async () => {
  expect((await open('DGV', 'finance', '/agreements')).html).toMatch('/agreements/new')
  const made = await post('DGV', 'finance', '/agreements/new', typed)
  expect([made.status, made.to]).toEqual([
    303,
    expect.stringMatching(/^\/agreements\/[0-9a-f-]{36}\?done=agreement_drafted$/),
  ])
  const here = made.to!.split('?')[0]!
  expect((await open('REZ', 'buyer', here)).status).toBe(404)
  const unsigned = await post('DGV', 'finance', `${here}/sign`, { signer: '', version: '1' })
  expect([unsigned.status, unsigned.html.includes('#sign-signer')]).toEqual([422, true])
  expect((await post('DGV', 'finance', `${here}/sign`, { signer: 'Anna', version: '1' })).status).toBe(303)
  expect((await open('REZ', 'buyer', '/')).html).toMatch('/agreements?status=proposed')
  expect((await open('REZ', 'buyer', here)).html).toMatch(`${here}/sign`)
  expect((await post('REZ', 'buyer', `${here}/sign`, { signer: 'Jānis', version: '1' })).status).toBe(303)
  const page = (await open('REZ', 'buyer', here)).html
  expect(page).toMatch('Jānis')
  expect(page).not.toMatch(`${here}/sign`)
  expect((await open('REZ', 'buyer', `${here}/edit`)).status).toBe(404)
})

test('what ends within sixty days stands on the first page, with the way to the next one', async () => {
  world.clock.set('2026-04-01')
  const home = (await open('DGV', 'finance', '/')).html
  const next = /\/agreements\/new\?from=[0-9a-f-]{36}/.exec(home)?.[0]
  expect(next).toBeDefined()
  const form = (await open('DGV', 'finance', next!)).html
  expect(form).toMatch('value="2026-06-01"')
  expect(form).toMatch(`value="${REZ}" selected`)
  world.clock.set('2026-03-31')
  expect((await open('DGV', 'finance', '/')).html).not.toMatch('/agreements/new?from=')
})

test('a form that comes back keeps what was typed and names each field', async () => {
  const back = await post('DGV', 'finance', '/agreements/new', {
    ...typed,
    other_id: '',
    pay_days: 'divdesmit',
    valid_to: '30.02.2026.',
  })
  expect(back.status).toBe(422)
  for (const field of ['other_id', 'pay_days', 'valid_to']) expect(back.html).toMatch(`#field-${field}`)
  expect(back.html).toMatch('divdesmit')
})

test('usual terms begin the next agreement', async () => {
  const saved = await post('DGV', 'lister', '/agreements/template', {
    pay_days: '12',
    answer_days: '7',
    confirmation: 'silence_withholds',
  })
  expect([saved.status, saved.to]).toEqual([303, '/agreements/template?done=agreement_template_saved'])
  expect((await open('DGV', 'lister', '/agreements/new')).html).toMatch(/name="pay_days"[^>]*value="12"/)
})

test('who only looks on finds no button, in either language', async () => {
  const list = await open('DGV', 'auditor', '/agreements?lang=en')
  expect(list.status).toBe(200)
  expect(list.html).toMatch('Agreements')
  expect(list.html).not.toMatch('/agreements/new')
  expect((await open('LPR', 'coordinator', '/agreements')).html).toMatch('2026/14')
  expect((await open('LUD', 'finance', '/agreements')).html).not.toMatch('2026/14')
})
