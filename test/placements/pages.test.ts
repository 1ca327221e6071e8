import { expect, test } from 'vitest'
import type { Role } from '../../src/identity/permissions.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'
import { market } from './market.ts'

const world = await createWorld(await freshDatabase())
const m = market(world)
const offer = await m.offer({ departure_day_charged: false }, { places: 2 })

async function get(code: Code, role: Role, path: string) {
  const cookie = await world.cookie(code, role)
  const response = await world.app.request(path, { headers: { cookie } })
  return { status: response.status, html: await response.text() }
}

/** A form as a browser without scripts sends it; a list sends its name several times. */
async function post(code: Code, role: Role, path: string, fields: Record<string, string | string[]> = {}) {
  const cookie = await world.cookie(code, role)
  const body = new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one] as [string, string])),
  )
  const response = await world.app.request(path, {
    method: 'POST',
    headers: { cookie, origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' },
    body: body.toString(),
  })
  return { status: response.status, to: response.headers.get('location') ?? '', html: await response.text() }
}
const idIn = (address: string) => /[0-9a-f-]{36}/.exec(address)![0]

test('from registering a person to the end of their stay, with forms alone', async () => {
  const form = await get('REZ', 'buyer', `/referrals/new?offer=${offer}`)
  expect(form.html).toMatch('23,45')
  expect(form.html).toMatch('2 brīvas vietas')
  expect(form.html).toMatch('703,50')
  const next = encodeURIComponent(`/referrals/new?offer=${offer}`)
  const registered = await post('REZ', 'buyer', `/residents/new?next=${next}`, {
    given_name: 'Anna',
    family_name: 'Kalniņa',
    personal_code: '16117519997',
  })
  expect(registered.to).toMatch(new RegExp(`^/referrals/new\\?offer=${offer}&resident=[0-9a-f-]{36}&done=`))
  const resident = idIn(registered.to.split('resident=')[1]!)
  expect((await get('REZ', 'buyer', registered.to)).html).toMatch(/name="resident_id"[^>]* value="[^"]+ · REZ-/)

  const written = await post('REZ', 'buyer', `/referrals/new?offer=${offer}`, {
    resident_id: resident,
    wanted_from: '10.02.2026.',
    wanted_to: '2026-06-30',
    places: '1',
    surcharges: ['single_room', 'escort'],
    'authorised.per_month': '20,5',
    'funding.0.source': 'Līdzmaksājums',
    'funding.0.share': 'per_unit',
    'funding.0.amount': '2,50',
    'funding.0.collected_by': 'seller',
    'funding.3.source': 'ESF',
    'funding.3.share': 'percent',
    'funding.3.amount': '85',
    'funding.3.cap_total': '1 000,00',
    'funding.3.collected_by': 'buyer',
    decision: 'SD-12',
    go_on: 'submit',
  })
  expect([written.status, written.to]).toEqual([303, expect.stringMatching(/done=referral_submitted$/)])
  const referral = idIn(written.to)
  const shown = await get('DGV', 'lister', `/referrals/${referral}`)
  for (const text of ['Anna Kalniņa', 'REZ-', '20,5', '85', '1 000,00', 'SD-12', 'vienvietīga istaba']) {
    expect(shown.html.replaceAll('\u00a0', ' '), text).toMatch(text)
  }
  const accepted = await post('DGV', 'lister', `/referrals/${referral}/accept`, { note: 'Gaidām' })
  expect(accepted.to).toMatch(/^\/placements\/.*done=placement_started$/)
  const placement = `/placements/${idIn(accepted.to)}`
  expect((await get('REZ', 'buyer', placement)).html).toMatch('Gaidām')

  const prolonged = await post('REZ', 'buyer', `${placement}/prolong`, { valid_to: '2026-12-31', decision: 'SD-40' })
  expect(prolonged.to).toMatch('done=placement_prolonged')
  const change = await get('DGV', 'lister', `${placement}/change`)
  expect(change.html).toMatch('Līdzmaksājums')
  const changed = await post('DGV', 'lister', `${placement}/change`, {
    valid_from: '2026-02-12',
    valid_to: '2026-12-31',
    places: '1',
    'funding.0.source': 'Pensija',
    'funding.0.share': 'per_month',
    'funding.0.amount': '357',
    note: 'Ieradās vēlāk',
  })
  expect(changed.to).toMatch('done=placement_changed')
  const ended = await post('DGV', 'lister', `${placement}/end`, { valid_to: '2026-03-20', reason: 'moved' })
  expect(ended.to).toMatch('done=placement_ended')
  const last = await get('REZ', 'buyer', placement)
  for (const text of [
    'Sākta',
    'Pagarināta',
    'Labota',
    'Izbeigta',
    'Ieradās vēlāk',
    'pārcēlies',
    'Pensija',
    'beigusies',
  ]) {
    expect(last.html, text).toMatch(text)
  }
})

test('a refused form keeps what was typed and names the field, also in the funding row it was typed into', async () => {
  const wrong = await post('REZ', 'buyer', `/referrals/new?offer=${offer}`, {
    wanted_from: '30.02.2026.',
    places: '0',
    'funding.2.source': 'ESF',
    'funding.2.share': 'percent',
    'funding.2.amount': '185',
  })
  expect(wrong.status).toBe(422)
  for (const text of [
    '30.02.2026.',
    '#field-wanted_from',
    '#field-places',
    '#field-resident_id',
    '#field-funding-2-amount',
    'value="185"',
  ]) {
    expect(wrong.html, text).toMatch(text)
  }
  const missing = await post('REZ', 'buyer', `/referrals/new?offer=${offer}`, {
    wanted_from: '2026-02-01',
    places: '1',
    'funding.1.source': 'ESF',
  })
  expect(missing.html).toMatch('#field-funding-1-amount')
  const person = await post('REZ', 'buyer', '/residents/new', { given_name: 'Anna', personal_code: '161175-19998' })
  expect(person.html).toMatch('#field-family_name')
  expect(person.html).toMatch('161175-19998')
})

test('an acceptance without a free place comes back to the referral with the day that is full', async () => {
  const full = await m.offer({}, { places: 1 })
  await m.placed({ offer: full, wanted_from: '2026-02-01', wanted_to: '2026-02-28' })
  const { id } = await m.submitted({ offer: full, wanted_from: '2026-02-20', wanted_to: '2026-03-31' })
  const later = await m.submitted({ offer: full, wanted_from: '2026-03-01', wanted_to: '2026-03-31' })
  for (const [code, role] of [
    ['REZ', 'buyer'],
    ['DGV', 'lister'],
  ] as const) {
    expect((await get(code, role, `/referrals/${id}`)).html).toMatch('20.02.2026. vietu nepietiek: aizņemtas 1 no 1')
    expect((await get(code, role, `/referrals/${later.id}`)).html).toMatch('ir visās vēlamajās dienās')
  }
  const refused = await post('DGV', 'lister', `/referrals/${id}/accept`, { note: 'labi' })
  expect(refused.status).toBe(409)
  expect(refused.html).toMatch('20.02.2026.')
  expect(refused.html).toMatch('labi')
  const nothing = await post('DGV', 'lister', `/referrals/${id}/decline`, {})
  expect(nothing.status).toBe(422)
  expect(nothing.html).toMatch('#decline-reason')
  const declined = await post('DGV', 'lister', `/referrals/${id}/decline`, { reason: 'no_place', note: 'Pilns' })
  expect(declined.to).toMatch('done=referral_declined')
  expect((await get('REZ', 'buyer', `/referrals/${id}`)).html).toMatch('Pilns')
})

test('a draft is saved, corrected, sent and withdrawn', async () => {
  const saved = await post('REZ', 'buyer', `/referrals/new?offer=${offer}`, {
    wanted_from: '2027-01-01',
    resident_id: 'reserved',
    places: '2',
    go_on: 'draft',
  })
  expect(saved.to).toMatch('done=referral_drafted')
  const path = `/referrals/${idIn(saved.to)}`
  expect((await get('DGV', 'lister', path)).status).toBe(404)
  expect((await get('REZ', 'buyer', `${path}/edit`)).html).toMatch('2027-01-01')
  const edited = await post('REZ', 'buyer', `${path}/edit`, {
    resident_id: 'reserved',
    wanted_from: '2027-01-02',
    places: '1',
    go_on: 'draft',
  })
  expect(edited.to).toMatch('done=referral_drafted')
  expect((await post('REZ', 'buyer', `${path}/submit`)).to).toMatch('done=referral_submitted')
  expect((await get('REZ', 'buyer', `${path}/edit`)).status).toBe(404)
  const again = await post('REZ', 'buyer', `${path}/submit`)
  expect([again.status, again.html.includes('vairs nav melnraksts')]).toEqual([409, true])
  const unsaid = await post('REZ', 'buyer', `${path}/withdraw`)
  expect([unsaid.status, unsaid.html.includes('Kāpēc?')]).toEqual([422, true])
  expect((await post('REZ', 'buyer', `${path}/withdraw`, { reason: 'resident_refused' })).to).toMatch(
    'done=referral_withdrawn',
  )
  expect((await get('DGV', 'lister', path)).html).toContain('cilvēks atteicās')
})

test('a name stands only before the social workers of the two social services', async () => {
  const resident = await m.resident('REZ', 'Voldemārs', 'Zvirbulis')
  const { id, referral_id } = await m.placed({ offer, resident_id: resident.id, wanted_from: '2028-01-01' })
  const paths = [`/placements/${id}`, '/placements?side=buyer', '/placements?side=seller', `/referrals/${referral_id}`]
  const sees = async (code: Code, role: Role) => {
    const pages = await Promise.all(paths.map((path) => get(code, role, path)))
    return pages.some((page) => page.html.includes('Zvirbulis'))
  }
  expect([await sees('REZ', 'buyer'), await sees('REZ', 'lister'), await sees('DGV', 'lister')]).toEqual([
    true,
    true,
    true,
  ])
  for (const role of ['finance', 'coordinator', 'auditor', 'administrator'] as const) {
    expect(await sees('REZ', role), role).toBe(false)
    expect(await sees('DGV', role), role).toBe(false)
  }
  expect((await get('REZ', 'finance', `/placements/${id}`)).html).toMatch(resident.token)
  expect(await sees('LPR', 'coordinator')).toBe(false)
  for (const role of ['lister', 'buyer', 'finance', 'auditor'] as const) {
    for (const path of [`/placements/${id}`, `/referrals/${referral_id}`, `/residents/${resident.id}`]) {
      expect((await get('LUD', role, path)).status, `${role} ${path}`).toBe(404)
    }
  }
  expect((await get('DGV', 'lister', `/residents/${resident.id}`)).html).toMatch('Zvirbulis')
  expect((await get('DGV', 'buyer', `/residents/${resident.id}/edit`)).status).toBe(404)
})

test('what one may not do is not offered, and its address answers not found', async () => {
  const { id } = await m.placed({ offer, wanted_from: '2029-01-01', wanted_to: '2029-02-01' })
  for (const act of ['prolong', 'end', 'change']) {
    expect((await get('REZ', 'finance', `/placements/${id}/${act}`)).status).toBe(404)
    expect((await get('LUD', 'lister', `/placements/${id}/${act}`)).status).toBe(404)
    expect((await get('LPR', 'coordinator', `/placements/${id}/${act}`)).status).toBe(404)
    expect((await get('REZ', 'finance', `/placements/${id}`)).html).not.toMatch(`/placements/${id}/${act}`)
  }
  expect((await get('REZ', 'lister', `/referrals/new?offer=${offer}`)).status).toBe(404)
  expect((await get('REZ', 'buyer', '/referrals/new')).html).toMatch('katalog')
})

test('after registering, one goes only to a referral of our own', async () => {
  for (const next of ['https://evil.example/', '//evil.example', '/residents', '/referrals/new?offer=x']) {
    const answer = await post('REZ', 'buyer', `/residents/new?next=${encodeURIComponent(next)}`, {
      given_name: 'A',
      family_name: 'B',
    })
    expect(answer.to).toMatch(/^\/residents\/[0-9a-f-]{36}\?done=/)
  }
})

test('every list and form is there in both languages, also before there is anything to show', async () => {
  for (const lang of ['lv', 'en']) {
    for (const path of [
      '/residents',
      '/residents/new',
      '/referrals?side=seller',
      '/referrals?side=buyer',
      '/referrals/new',
      '/placements?side=seller',
      '/placements?side=buyer&status=ended&token=X',
    ]) {
      const page = await get('LUD', 'buyer', `${path}${path.includes('?') ? '&' : '?'}lang=${lang}`)
      expect(page.status, path).toBe(200)
    }
  }
})

test('what costs too much is approved beside the form it was typed into, and then goes through', async () => {
  const dear = await m.offer({}, { price: { unit_price: '60.00' } })
  const stay = await m.placed({ offer: dear, wanted_from: '2027-01-10', wanted_to: '2027-02-10' })
  const limits = await post('REZ', 'finance', '/budget/limits', { per_month: '500,00', in_all: '900,00' })
  expect(limits.status).toBe(303)
  const path = `/placements/${stay.id}/prolong`
  const refused = await post('REZ', 'buyer', path, { valid_to: '2027-04-10' })
  expect([refused.status, refused.html.includes('Lūgt apstiprinājumu')]).toEqual([409, true])
  expect((await post('DGV', 'lister', path, { valid_to: '2027-04-10' })).html).not.toMatch(/Lūgt apstiprinājumu|900/)
  const asked = /name="asked" value="([^"]+)"/.exec(refused.html)![1]!.replaceAll('&quot;', '"')
  expect((await post('REZ', 'buyer', '/ask-approval', { asked: '{"of":"luck"}' })).status).toBe(404)
  expect((await post('LUD', 'buyer', '/ask-approval', { asked })).status).toBe(404)
  expect((await post('REZ', 'buyer', '/ask-approval', { asked })).to).toBe(`${path}?done=commitment_asked`)
  const budget = (await get('REZ', 'finance', '/budget')).html
  expect(budget).toMatch('pagarināta uzņemšana vai cita vieta')
  await post('REZ', 'finance', /action="(\/commitments\/[^"]+\/approve)"/.exec(budget)![1]!)
  const page = (await get('REZ', 'buyer', path)).html
  expect([page.includes('Apstiprināts'), page.includes('value="2027-04-10"')]).toEqual([true, true])
  expect((await post('REZ', 'buyer', path, { valid_to: '2027-04-10' })).to).toMatch('done=placement_prolonged')
  await post('REZ', 'finance', '/budget/limits', {})
})
