import { expect, test } from 'vitest'
import { roles } from '../../src/identity/permissions.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'
import { market } from './market.ts'

const world = await createWorld(await freshDatabase())
const m = market(world)
const offer = await m.offer({}, { places: 2 })

interface Answer {
  status: number
  code?: string
  // biome-ignore lint/suspicious/noExplicitAny: a JSON answer of any shape
  body: any
  paths: string[]
}
async function ask(code: Code, role: (typeof roles)[number], request: string, body?: unknown): Promise<Answer> {
  const [method, path] = request.split(' ') as [string, string]
  const response = await world.request(code, role, method, `/api/v1${path}`, body)
  const answer = JSON.parse(await response.text())
  const paths = (answer.errors ?? []).map((error: { path: string }) => error.path).sort()
  return { status: response.status, code: answer.code, body: answer, paths }
}
const person = { given_name: 'Anna', family_name: 'Kalniņa', personal_code: '16117519997' }
const registered = await ask('REZ', 'buyer', 'POST /residents', person)
const resident = registered.body
const asked = { offer_id: offer, resident_id: resident.id, wanted_from: '2026-01-10', wanted_to: '2026-06-30' }

test('a social worker registers a person, finds them, and puts the name right', async () => {
  expect(registered.status).toBe(201)
  expect(resident).toMatchObject({ personal_code: '161175-19997', organisation_id: world.organisation.REZ })
  const list = await ask('REZ', 'buyer', 'GET /residents?search=kalnina')
  expect(list.body).toEqual({ items: [resident], next_cursor: null })
  expect((await ask('REZ', 'lister', `GET /residents/${resident.id}`)).body).toEqual(resident)
  const changed = await ask('REZ', 'buyer', `PUT /residents/${resident.id}`, {
    ...person,
    family_name: 'Kalniņa-Ozola',
  })
  expect(changed.body).toEqual({ ...resident, family_name: 'Kalniņa-Ozola' })
  const known = await ask('REZ', 'buyer', 'POST /residents', person)
  expect([known.status, known.code, known.paths]).toEqual([409, 'resident_known', ['personal_code']])
})

test('every wrong field of a person is named', async () => {
  const wrong = async (body: unknown) => (await ask('REZ', 'buyer', 'POST /residents', body)).paths
  expect(await wrong({})).toEqual(['family_name', 'given_name'])
  expect(await wrong({ ...person, personal_code: '161175-19998' })).toEqual(['personal_code'])
  expect(await wrong({ ...person, personal_code: 16117519997 })).toEqual(['personal_code'])
  expect(await wrong({ ...person, given_name: '  ', family_name: 'x'.repeat(101) })).toEqual([
    'family_name',
    'given_name',
  ])
  expect(await wrong({ ...person, given_name: 'A\u0000' })).toEqual(['given_name'])
  expect(await wrong({ ...person, token: 'REZ-ABCDEF' })).toEqual(['token'])
})

test('nobody but a social worker asks for persons, and a third municipality finds none', async () => {
  for (const role of ['finance', 'coordinator', 'auditor', 'administrator'] as const) {
    for (const code of ['REZ', 'DGV', 'LUD', 'LPR'] as const) {
      expect((await ask(code, role, 'GET /residents')).status, `${code} ${role}`).toBe(404)
      expect((await ask(code, role, `GET /residents/${resident.id}`)).status, `${code} ${role}`).toBe(404)
    }
  }
  for (const role of ['lister', 'buyer'] as const) {
    expect((await ask('LUD', role, 'GET /residents')).body.items).toEqual([])
    expect((await ask('LUD', role, `GET /residents/${resident.id}`)).status).toBe(404)
  }
  expect((await ask('LUD', 'buyer', `PUT /residents/${resident.id}`, person)).status).toBe(404)
  expect((await ask('REZ', 'lister', 'POST /residents', person)).status).toBe(403)
})

test('a referral is written, changed, sent and accepted, the placement prolonged, put right and ended', async () => {
  const draft = await ask('REZ', 'buyer', 'POST /referrals', { ...asked, surcharges: ['escort'] })
  expect([draft.status, draft.body.status]).toEqual([201, 'draft'])
  const { id } = draft.body
  const funding = [{ source: 'client', per_unit: '2.00' }]
  expect((await ask('REZ', 'buyer', `PUT /referrals/${id}`, { ...asked, funding })).body).toMatchObject({
    surcharges: [],
    funding: [{ source: 'client', per_unit: '2.00', collected_by: 'seller' }],
  })
  expect((await ask('REZ', 'buyer', `POST /referrals/${id}/submit`)).body.status).toBe('submitted')
  expect((await ask('DGV', 'lister', 'GET /referrals?side=seller&status=submitted')).body.items[0].id).toBe(id)
  const accepted = await ask('DGV', 'lister', `POST /referrals/${id}/accept`, { note: 'Gaidām' })
  expect([accepted.status, accepted.body.status]).toEqual([201, 'active'])
  const placement = accepted.body
  expect((await ask('REZ', 'buyer', `GET /referrals/${id}`)).body).toMatchObject({
    status: 'accepted',
    placement_id: placement.id,
  })
  const prolonged = await ask('REZ', 'buyer', `POST /placements/${placement.id}/prolong`, {
    valid_to: '2026-12-31',
    decision: 'SD-2',
  })
  expect(prolonged.body).toMatchObject({ valid_to: '2026-12-31', decision: 'SD-2', status: 'active' })
  const changed = await ask('DGV', 'buyer', `PUT /placements/${placement.id}`, {
    valid_from: '2026-01-12',
    valid_to: '2026-12-31',
    note: 'Ieradās vēlāk',
  })
  expect(changed.body).toMatchObject({ valid_from: '2026-01-12', funding: [] })
  const ended = await ask('DGV', 'lister', `POST /placements/${placement.id}/end`, {
    valid_to: '2026-03-30',
    reason: 'moved',
  })
  expect(ended.body).toMatchObject({ valid_to: '2026-03-30', end_reason: 'moved', status: 'ended' })
  expect((await ask('REZ', 'finance', `GET /placements/${placement.id}`)).body).toEqual(ended.body)
  expect((await ask('REZ', 'finance', 'GET /placements?side=buyer&status=ended')).body.items).toEqual([ended.body])
  expect(JSON.stringify(ended.body)).not.toMatch(/Anna|Kalniņa|161175/)
})

test('a referral is declined with a reason, or withdrawn', async () => {
  const one = (await ask('REZ', 'buyer', 'POST /referrals', asked)).body.id
  await ask('REZ', 'buyer', `POST /referrals/${one}/submit`)
  expect((await ask('DGV', 'lister', `POST /referrals/${one}/decline`, {})).paths).toEqual(['reason'])
  expect((await ask('DGV', 'lister', `POST /referrals/${one}/decline`, { reason: 'tired' })).paths).toEqual(['reason'])
  const declined = await ask('DGV', 'lister', `POST /referrals/${one}/decline`, { reason: 'area', note: 'Par tālu' })
  expect(declined.body).toMatchObject({ status: 'declined', decline_reason: 'area', decline_note: 'Par tālu' })
  const two = (await ask('REZ', 'buyer', 'POST /referrals', asked)).body.id
  expect(
    (await ask('REZ', 'buyer', `POST /referrals/${two}/withdraw`, { reason: 'found_elsewhere' })).body.status,
  ).toBe('withdrawn')
  const again = await ask('REZ', 'buyer', `POST /referrals/${two}/withdraw`, { reason: 'found_elsewhere' })
  expect([again.status, again.code]).toEqual([409, 'referral_not_submitted'])
})

test('every wrong field of a referral is named in its place', async () => {
  const { status, paths } = await ask('REZ', 'buyer', 'POST /referrals', {
    offer_id: 'x',
    wanted_from: '2026-02-30',
    wanted_to: '2026-01-01',
    places: '1',
    price_class: 'Project!',
    surcharges: [1],
    authorised: { per_month: 20, per_week: '1' },
    funding: [{ source: '', percent: '101', cap: '1' }],
    colour: 'red',
  })
  expect(status).toBe(422)
  for (const path of ['offer_id', 'wanted_from', 'places', 'price_class', 'surcharges.0', 'colour']) {
    expect(paths).toContain(path)
  }
  expect(paths).toEqual(expect.arrayContaining(['authorised.per_month', 'authorised.per_week']))
  expect(paths).toEqual(expect.arrayContaining(['funding.0.source', 'funding.0.percent', 'funding.0.cap']))
  expect((await ask('REZ', 'buyer', 'POST /referrals', 'not json')).status).toBe(400)
})

test('wrong input to a placement is refused by field', async () => {
  const { id } = await m.placed({ offer, wanted_from: '2026-09-01', wanted_to: '2026-09-30' })
  const paths = async (request: string, body: unknown) => (await ask('DGV', 'lister', request, body)).paths
  expect(await paths(`POST /placements/${id}/prolong`, {})).toEqual(['valid_to'])
  expect(await paths(`POST /placements/${id}/prolong`, { valid_to: 'tomorrow' })).toEqual(['valid_to'])
  expect(await paths(`POST /placements/${id}/prolong`, { valid_to: '2026-09-30' })).toEqual(['valid_to'])
  expect(await paths(`POST /placements/${id}/end`, {})).toEqual(['reason', 'valid_to'])
  expect(await paths(`POST /placements/${id}/end`, { valid_to: '2026-08-31', reason: 'moved' })).toEqual(['valid_to'])
  expect(await paths(`PUT /placements/${id}`, { valid_from: '2026-09-02', valid_to: '2026-09-01' })).toEqual([
    'valid_to',
  ])
  expect(await paths(`PUT /placements/${id}`, { valid_from: '2026-09-01', offer_id: offer })).toEqual(['offer_id'])
})

test('a third municipality and unknown ids get the same answer, in every role', async () => {
  const { id: referral } = await m.submitted({ offer })
  const { id: placement } = await m.placed({ offer, wanted_from: '2027-01-01', wanted_to: '2027-01-31' })
  const change = { valid_from: '2027-01-01' }
  for (const role of roles) {
    for (const known of [true, false]) {
      const r = known ? referral : '01890000-0000-7000-8000-000000000000'
      const p = known ? placement : 'nothing'
      expect((await ask('LUD', role, `GET /referrals/${r}`)).status, role).toBe(404)
      expect((await ask('LUD', role, `GET /placements/${p}`)).status, role).toBe(404)
    }
    for (const request of [
      `PUT /referrals/${referral}`,
      `POST /referrals/${referral}/submit`,
      `POST /referrals/${referral}/withdraw`,
    ]) {
      const body = request.startsWith('PUT') ? asked : {}
      expect((await ask('LUD', role, request, body)).status, role).toBe(role === 'buyer' ? 404 : 403)
    }
    const answers = role === 'lister' ? 404 : 403
    expect((await ask('LUD', role, `POST /referrals/${referral}/accept`, {})).status).toBe(answers)
    expect((await ask('LUD', role, `POST /referrals/${referral}/decline`, { reason: 'other' })).status).toBe(answers)
    const manages = role === 'lister' || role === 'buyer' ? 404 : 403
    expect((await ask('LUD', role, `PUT /placements/${placement}`, change)).status).toBe(manages)
    expect((await ask('LUD', role, `POST /placements/${placement}/prolong`, { valid_to: null })).status).toBe(manages)
    const end = { valid_to: '2027-01-15', reason: 'other' }
    expect((await ask('LUD', role, `POST /placements/${placement}/end`, end)).status).toBe(manages)
  }
  expect((await ask('LUD', 'lister', 'GET /referrals')).body.items).toEqual([])
  expect((await ask('LUD', 'finance', 'GET /placements')).body.items).toEqual([])
})

test('the same acceptance with one idempotency key makes one placement', async () => {
  const { id } = await m.submitted({ offer, wanted_from: '2027-03-01', wanted_to: '2027-03-31' })
  const send = () =>
    world.request('DGV', 'lister', 'POST', `/api/v1/referrals/${id}/accept`, {}, { 'idempotency-key': 'accept-once' })
  const [first, again] = [await send(), await send()]
  expect([first.status, again.status]).toEqual([201, 201])
  expect(((await again.json()) as { id: string }).id).toBe(((await first.json()) as { id: string }).id)
})

test('lists go on from their cursor and refuse another text', async () => {
  const first = await ask('REZ', 'buyer', 'GET /referrals?limit=1')
  expect(first.body.items).toHaveLength(1)
  const next = await ask('REZ', 'buyer', `GET /referrals?limit=1&cursor=${first.body.next_cursor}`)
  expect(next.body.items[0].id < first.body.items[0].id).toBe(true)
  for (const path of ['referrals', 'placements', 'residents']) {
    expect((await ask('REZ', 'buyer', `GET /${path}?cursor=abc`)).paths).toEqual(['cursor'])
  }
  expect((await ask('REZ', 'buyer', 'GET /placements?status=odd')).paths).toEqual(['status'])
})
