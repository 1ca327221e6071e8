/** What lets one trust an offer: suspension, standards, feedback after a stay, and how its seller answers. */
import { expect, test } from 'vitest'
import type { Role } from '../../src/identity/permissions.ts'
import { newId } from '../../src/ids.ts'
import { freshDatabase } from '../support/database.ts'
import { playMonth } from '../support/month.ts'
import { type Code, createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const played = await playMonth(world)
const { db } = world.database
const { DGV, REZ, LUD } = world.organisation

// biome-ignore lint/suspicious/noExplicitAny: whatever a route answers
async function call(code: Code, role: Role, method: string, path: string, body?: unknown): Promise<[number, any]> {
  const response = await world.request(code, role, method, `/api/v1${path}`, body)
  return [response.status, await response.json().catch(() => null)]
}
async function page(code: Code, role: Role, path: string, form?: URLSearchParams) {
  const headers = { cookie: await world.cookie(code, role), origin: 'http://localhost' }
  return world.app.request(path, { headers, ...(form && { method: 'POST', body: form }) })
}
const trust = async (id = played.day_offer) => (await call('LUD', 'buyer', 'GET', `/offers/${id}/trust`))[1]

test('a suspended provider takes no new requests; its stays go on and the coordinator sees them', async () => {
  const provider_id = newId()
  await db
    .insertInto('provider')
    .values({
      id: provider_id,
      municipality_id: DGV,
      name: 'Biedrība „Tilts”',
      owner_type: 'ngo',
      valid_from: '2021-07-01',
      register_number: 'SPR-77',
    })
    .execute()
  await db.updateTable('offer').set({ provider_id }).where('id', '=', played.day_offer).execute()
  const asked = {
    offer_id: played.day_offer,
    resident_id: played.resident.id,
    wanted_from: '2026-05-01',
    wanted_to: '2026-05-31',
  }
  const draft = async () => (await call('REZ', 'buyer', 'POST', '/referrals', asked))[1].id
  const [before, waiting] = [await draft(), await draft()]
  expect((await call('REZ', 'buyer', 'POST', `/referrals/${waiting}/submit`))[0]).toBe(200)

  const input = { provider_id, suspended_from: '2026-04-02', reason: 'Pārbaudē konstatēti trūkumi.' }
  expect((await call('DGV', 'lister', 'POST', '/provider-suspensions', input))[0]).toBe(403)
  expect(
    (await call('LPR', 'coordinator', 'POST', '/provider-suspensions', { ...input, provider_id: newId() }))[0],
  ).toBe(422)
  expect(
    (await call('LPR', 'coordinator', 'POST', '/provider-suspensions', { ...input, suspended_from: '2026-02-30' }))[0],
  ).toBe(422)
  expect((await call('LPR', 'coordinator', 'POST', '/provider-suspensions', { ...input, reason: '' }))[0]).toBe(422)
  const [status, suspension] = await call('LPR', 'coordinator', 'POST', '/provider-suspensions', input)
  expect([status, suspension.stays]).toEqual([201, 1])
  expect((await call('LPR', 'coordinator', 'POST', '/provider-suspensions', input))[0]).toBe(409)

  for (const [code, role, path] of [
    ['REZ', 'buyer', `/referrals/${before}/submit`],
    ['DGV', 'lister', `/referrals/${waiting}/accept`],
  ] as const) {
    const [refused, said] = await call(code, role, 'POST', path, role === 'lister' ? {} : undefined)
    expect([refused, said.code], path).toEqual([409, 'provider_suspended'])
  }
  expect((await call('REZ', 'buyer', 'GET', `/placements/${played.placement}`))[0]).toBe(200)
  expect(await (await page('LPR', 'coordinator', '/catalogue/suspended')).text()).toContain(
    `/placements/${played.placement}`,
  )
  expect(await (await page('LUD', 'buyer', '/catalogue/suspended')).text()).not.toContain(
    `/placements/${played.placement}`,
  )
  expect(await (await page('LUD', 'buyer', `/offers/${played.day_offer}`)).text()).toContain(
    'Sniedzēja darbība apturēta',
  )
  expect(await trust()).toMatchObject({ register_number: 'SPR-77', suspended: { suspended_from: '2026-04-02' } })
  const told = await db
    .selectFrom('notice')
    .select('organisation_id')
    .where('kind', '=', 'provider_suspended')
    .execute()
  expect(told.map((row) => row.organisation_id).sort()).toEqual([DGV, REZ].sort())

  const lift = (lifted_from: string) =>
    call('LPR', 'coordinator', 'POST', `/provider-suspensions/${suspension.id}/lift`, { lifted_from })
  expect((await lift('2026-04-01'))[0]).toBe(422)
  expect((await lift('2026-05-01'))[0]).toBe(204)
  expect((await lift('2026-05-01'))[0]).toBe(409)
  expect((await call('REZ', 'buyer', 'POST', `/referrals/${before}/submit`))[0]).toBe(200)
})

test('standards are the seller’s own to name; what is over is not shown', async () => {
  const add = (code: Code, body: object, id = played.day_offer) =>
    call(code, 'lister', 'POST', `/offers/${id}/standards`, body)
  expect((await add('DGV', { name: 'ISO 9001', valid_to: '2026-04-01' }))[0]).toBe(201)
  expect((await trust()).standards.map((row: { name: string }) => row.name)).toEqual(['EQUASS Assurance'])
  expect((await add('REZ', { name: 'ISO 9001' }))[0]).toBe(403)
  expect((await add('LUD', { name: 'ISO 9001' }, played.draft_offer))[0]).toBe(404)
  for (const wrong of [
    { name: '' },
    { name: 'a', link: 'http://a.lv' },
    { name: 'a', link: 'javascript:alert(1)' },
    { name: 'a', valid_to: '2026-13-01' },
  ])
    expect((await add('DGV', wrong))[0]).toBe(422)
  const [{ id }] = (await trust()).standards
  expect((await call('REZ', 'lister', 'DELETE', `/offers/${played.day_offer}/standards/${id}`))[0]).toBe(403)
  expect((await call('DGV', 'lister', 'DELETE', `/offers/${played.day_offer}/standards/${id}`))[0]).toBe(204)
  expect((await call('DGV', 'lister', 'DELETE', `/offers/${played.day_offer}/standards/${id}`))[0]).toBe(404)
  const form = new URLSearchParams({ name: 'EQUASS Assurance', valid_to: '31.12.2026.' })
  expect((await page('DGV', 'lister', `/offers/${played.day_offer}/standards`, form)).status).toBe(303)
  expect((await page('REZ', 'lister', `/offers/${played.day_offer}/standards`)).status).toBe(404)
})

test('feedback: by the buyer, after the stay, once; answered once; averages from three on', async () => {
  const path = `/placements/${played.placement}/feedback`
  const said = { care: 4, information: 5, agreed: 3, note: 'Laba aprūpe.' }
  const give = (code: Code, body: object, role: Role = 'buyer') => call(code, role, 'POST', path, body)
  expect((await give('REZ', said))[1].code).toBe('stay_not_ended')
  await db.updateTable('placement').set({ valid_to: '2026-04-01' }).where('id', '=', played.placement).execute()
  expect((await give('LUD', said))[0]).toBe(404)
  expect((await give('DGV', said))[0]).toBe(403)
  for (const wrong of [
    { care: 0 },
    { care: 6 },
    { care: 2.5 },
    { care: '4' },
    { note: 'Runa par 161175-19997' },
    { other: 1 },
  ])
    expect((await give('REZ', { ...said, ...wrong }))[0], JSON.stringify(wrong)).toBe(422)
  expect((await give('REZ', said))[0]).toBe(201)
  expect((await give('REZ', said))[1].code).toBe('feedback_given')
  expect((await trust()).feedback).toBeNull()
  const answer = (code: Code) => call(code, 'lister', 'POST', `${path}/answer`, { answer: 'Paldies!' })
  expect((await answer('LUD'))[0]).toBe(404)
  expect((await answer('REZ'))[0]).toBe(403)
  expect((await answer('DGV'))[0]).toBe(200)
  expect((await answer('DGV'))[1].code).toBe('feedback_answered')
  expect((await call('LUD', 'buyer', 'GET', path))[0]).toBe(404)
  expect((await call('LPR', 'coordinator', 'GET', path))[1]).toMatchObject({ answer: 'Paldies!', care: 4 })
  expect(await (await page('DGV', 'lister', `/placements/${played.placement}/feedback`)).text()).toContain(
    'Laba aprūpe.',
  )

  for (const [buyer_id, care] of [
    [REZ, 5],
    [LUD, 5],
  ] as const) {
    const id = newId()
    const at = '2026-04-01T00:00:00Z'
    const of = { seller_id: DGV, offer_id: played.day_offer, buyer_id }
    await db
      .insertInto('placement')
      .values({ ...of, id, valid_from: '2026-01-01', valid_to: '2026-01-31', created_at: at, changed_at: at })
      .execute()
    await db
      .insertInto('feedback')
      .values({ ...of, placement_id: id, care, information: 4, agreed: 4, given_at: at })
      .execute()
  }
  expect((await trust()).feedback).toEqual({ answers: 3, care: '4.7', information: '4.3', agreed: '3.7' })
})

test('how a seller answers is a middle of hours and a share, of a year, from three answers on', async () => {
  const referral = async (hours: number, status: 'accepted' | 'declined', submitted: string) => {
    const submitted_at = new Date(submitted)
    await db
      .insertInto('referral')
      .values({
        ...{ seller_id: LUD, id: newId(), offer_id, buyer_id: REZ, wanted_from: '2026-04-01', status },
        ...{ created_at: submitted, submitted_at: submitted, decline_reason: status === 'declined' ? 'other' : null },
        answered_at: new Date(submitted_at.getTime() + hours * 3_600_000).toISOString(),
      })
      .execute()
  }
  const [kind] = (await call('LUD', 'lister', 'GET', '/service-kinds'))[1].items
  const [, offer] = await call('LUD', 'lister', 'POST', '/offers', {
    kind_code: kind.code,
    title: 'Nams',
    unit: 'month',
    absence: {},
    surcharges: {},
  })
  const offer_id: string = offer.id
  const answering = async () => (await call('LUD', 'lister', 'GET', `/offers/${offer_id}/trust`))[1].answering
  await referral(2, 'accepted', '2026-03-01T08:00:00Z')
  await referral(500, 'declined', '2025-03-01T08:00:00Z')
  await referral(6, 'accepted', '2026-03-02T08:00:00Z')
  expect(await answering()).toBeNull()
  await referral(30, 'declined', '2026-03-03T08:00:00Z')
  expect(await answering()).toEqual({ answered: 3, accepted: 2, median_hours: 6 })
  expect(await (await page('LUD', 'lister', `/offers/${offer_id}`)).text()).toContain(
    'Parasti atbild 6 stundu laikā; pieņem 2 no 3',
  )
})
