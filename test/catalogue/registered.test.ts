/** Social services are given by registered providers only; and how an organisation answers stands on its page. */

import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Role } from '../../src/identity/permissions.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'
import { offered, post, registered } from './support.ts'

const world = await createWorld(await freshDatabase())
const { db } = world.database
const { DGV } = world.organisation

// biome-ignore lint/suspicious/noExplicitAny: whatever a route answers
async function call(code: Code, role: Role, method: string, path: string, body?: unknown): Promise<[number, any]> {
  const response = await world.request(code, role, method, `/api/v1${path}`, body, { 'accept-language': 'en' })
  return [response.status, await response.json().catch(() => null)]
}
const provider = { name: 'Biedrība „Tilts”', owner_type: 'ngo', valid_from: '2021-07-01' }
const group = { kind_code: 'group-home', title: 'Grupu māja', unit: 'calendar_day' }

test('an offer without a registered provider stays a draft, and the seller is told what to do', async () => {
  const { id } = await offered(world, 'DGV', { provider_id: null }, { draft: true })
  const [status, none] = await call('DGV', 'lister', 'POST', `/offers/${id}/publish`)
  expect([status, none.code]).toEqual([409, 'provider_not_registered'])
  expect(none.title).toContain('Edit the offer: choose a provider')
  const tilts = (await call('DGV', 'lister', 'POST', '/providers', provider))[1].id
  expect((await call('DGV', 'lister', 'PUT', `/offers/${id}`, { ...group, provider_id: tilts }))[0]).toBe(200)
  const [again, unregistered] = await call('DGV', 'lister', 'POST', `/offers/${id}/publish`)
  expect([again, unregistered.title]).toEqual([409, expect.stringContaining('“Biedrība „Tilts”” has no number')])
  const cookie = await world.cookie('DGV', 'lister')
  const page = await (await world.app.request(`/offers/${id}?lang=lv`, { headers: { cookie } })).text()
  expect(page).toContain('nav ierakstīts numurs Sociālo pakalpojumu sniedzēju reģistrā')
  expect(page).toContain(`/organisations/${DGV}`)
  const named = (register_number: string) => ({ ...provider, register_number })
  expect((await call('DGV', 'lister', 'PUT', `/providers/${tilts}`, named('   ')))[0]).toBe(422)
  expect((await call('DGV', 'lister', 'PUT', `/providers/${tilts}`, named('SPSR-77')))[0]).toBe(200)
  expect((await call('DGV', 'lister', 'POST', `/offers/${id}/publish`))[1].status).toBe('published')

  // What is published keeps its registered provider.
  const [refused, why] = await call('DGV', 'lister', 'PUT', `/offers/${id}`, { ...group, provider_id: null })
  expect([refused, why.code, why.errors[0].path]).toEqual([409, 'provider_not_registered', 'provider_id'])
  const [taken, errors] = await call('DGV', 'lister', 'PUT', `/providers/${tilts}`, provider)
  expect([taken, errors.errors[0].path]).toEqual([422, 'register_number'])
  expect((await call('DGV', 'lister', 'POST', `/offers/${id}/withdraw`))[0]).toBe(200)
  expect((await call('DGV', 'lister', 'PUT', `/providers/${tilts}`, provider))[0]).toBe(200)
  expect((await call('DGV', 'lister', 'POST', `/offers/${id}/publish`))[0]).toBe(409)
})

test('a kind may need no register: the region says so, nobody else', async () => {
  const taxi = { kind_code: 'social-taxi', title: 'Sociālais taksometrs', unit: 'trip' as const, provider_id: null }
  const ride = await offered(world, 'REZ', taxi)
  expect(ride.status).toBe('published')
  const [refused] = await call('REZ', 'lister', 'PUT', `/offers/${ride.id}`, { ...taxi, kind_code: 'group-home' })
  expect(refused).toBe(409)
  const kind = (await call('LPR', 'coordinator', 'GET', '/service-kinds'))[1].items.find(
    (row: { code: string }) => row.code === 'social-taxi',
  )
  expect(kind.registered).toBe(false)
  const { name_lv, name_en, target_groups, institution_alternative, note_lv, note_en } = kind
  const change = { name_lv, name_en, target_groups, institution_alternative, note_lv, note_en }
  const put = (who: Code, role: Role, registered: unknown) =>
    call(who, role, 'PUT', '/service-kinds/social-taxi', { ...change, registered })
  expect((await put('REZ', 'lister', true))[0]).toBe(403)
  expect((await put('LPR', 'coordinator', 'yes'))[0]).toBe(422)
  expect((await put('LPR', 'coordinator', true))[1].registered).toBe(true)
  // What was published before is listed for the region, and stays.
  const cookie = await world.cookie('LPR', 'coordinator')
  const page = await (await world.app.request('/catalogue/suspended', { headers: { cookie } })).text()
  expect(page).toContain(`/offers/${ride.id}`)
  const other = await world.app.request('/catalogue/suspended', {
    headers: { cookie: await world.cookie('REZ', 'buyer') },
  })
  expect(await other.text()).not.toContain(`/offers/${ride.id}`)
  expect(page).toContain('href="/catalogue/suspended"')
  expect((await put('LPR', 'coordinator', false))[1].registered).toBe(false)
})

test('how an organisation answers stands on its page, from three answers on, for everybody signed in', async () => {
  const offer = await offered(world, 'DGV', { provider_id: await registered(world, 'DGV') })
  const answer = async (hours: number, status: 'accepted' | 'declined', buyer: Code = 'REZ') =>
    sql`insert into referral (seller_id, id, offer_id, buyer_id, wanted_from, status, decline_reason, created_at, submitted_at, answered_at)
      values (${DGV}, gen_random_uuid(), ${offer.id}, ${world.organisation[buyer]}, '2026-03-01', ${status},
        ${status === 'declined' ? 'no_place' : null}, '2026-03-01T08:00:00Z', '2026-03-01T08:00:00Z',
        '2026-03-01T08:00:00Z'::timestamptz + ${`${hours} hours`}::interval)`.execute(db)
  const read = (code: Code = 'LUD') => call(code, 'buyer', 'GET', `/organisations/${DGV}/answering`)
  await answer(2, 'accepted')
  await answer(4, 'declined', 'LUD')
  // What one asks of oneself does not count.
  await answer(400, 'accepted', 'DGV')
  expect(await read()).toEqual([200, { answering: null }])
  const page = async () => {
    const cookie = await world.cookie('LUD', 'buyer')
    return (await world.app.request(`/organisations/${DGV}?lang=lv`, { headers: { cookie } })).text()
  }
  expect(await page()).toContain('vismaz trīs atbildes')
  await answer(6, 'accepted')
  expect(await read()).toEqual([200, { answering: { answered: 3, accepted: 2, median_hours: 4 } }])
  expect(await page()).toContain('Parasti atbild 4 stundu laikā; pieņem 2 no 3 (66\u00a0%)')
  expect((await call('LUD', 'buyer', 'GET', '/organisations/x/answering'))[0]).toBe(404)
  const region = await world.app.request(`/organisations/${world.organisation.LPR}`, {
    headers: { cookie: await world.cookie('LUD', 'buyer') },
  })
  expect(await region.text()).not.toContain('Atbildes uz nosūtījumiem')
})

test('the form keeps what was typed when the provider is not registered', async () => {
  const offer = await offered(world, 'DGV')
  const cookie = await world.cookie('DGV', 'lister')
  const form = { ...group, title: 'Cits nosaukums', 'vat.category': 'E', delivery_mode: 'on_site', languages: 'lv' }
  const answer = await post(world, cookie, `/offers/${offer.id}/edit`, { ...form, provider_id: '' })
  const html = await answer.text()
  expect([answer.status, html.includes('Cits nosaukums')]).toEqual([409, true])
  expect(html).toContain('izvēlieties sniedzēju')
})
