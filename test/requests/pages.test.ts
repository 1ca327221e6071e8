import { expect, test } from 'vitest'
import { market } from '../placements/market.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase(), '2026-03-02')
const m = market(world)

async function open(code: Code, role: 'buyer' | 'lister' | 'coordinator', path: string, form?: Record<string, string>) {
  const headers: Record<string, string> = { cookie: await world.cookie(code, role) }
  if (form !== undefined) {
    headers['content-type'] = 'application/x-www-form-urlencoded'
    headers.origin = 'http://localhost'
  }
  const response = await world.app.request(`http://localhost${path}`, {
    headers,
    ...(form && { method: 'POST', body: new URLSearchParams(form).toString() }),
  })
  return { status: response.status, to: response.headers.get('location') ?? '', html: await response.text() }
}

test('a buyer asks several, a seller proposes otherwise, and the buyer agrees: all by forms', async () => {
  const offers = [await m.offer(), await m.offer({ seller_id: world.organisation.LUD })]
  const resident = await m.resident()
  const path = `/requests/new?${offers.map((id) => `offer=${id}`).join('&')}`
  expect((await open('REZ', 'buyer', path)).html).toContain('Ludzas novada pašvaldība')
  const form = {
    offer_ids: offers.join(','),
    resident_id: resident.id,
    places: '1',
    wanted_from: '2026-04-01',
    mode: 'first_fit',
    answer_by: '2026-03-04',
    answer_by_hour: '12:00',
  }
  const wrong = await open('REZ', 'buyer', path, { ...form, answer_by: '2026-03-01' })
  expect([wrong.status, wrong.html.includes('Ludzas novada')]).toEqual([422, true])
  const sent = await open('REZ', 'buyer', path, form)
  expect(sent.to).toMatch(/^\/requests\/.*done=request_sent$/)
  const page = await open('REZ', 'buyer', sent.to)
  expect(page.html).toContain('04.03.2026.\u00a012:00')
  expect((await open('REZ', 'buyer', '/requests?status=open')).html).toContain(resident.token)
  expect((await open('DGV', 'lister', sent.to)).status).toBe(404)
  const links = [...page.html.matchAll(/href="(\/referrals\/[0-9a-f-]{36})"/g)].map((match) => match[1]!)
  const [first, second] = links as [string, string]
  expect((await open('DGV', 'lister', second)).status).toBe(404)
  const seen = await open('DGV', 'lister', first)
  expect(seen.html).toContain('counter-offer')
  expect(seen.html).not.toContain('Ludzas')
  const countered = await open('DGV', 'lister', `${first}/counter-offer`, {
    wanted_from: '2026-04-10',
    conditions: 'Līdzi medikamenti',
  })
  expect(countered.to).toContain('done=referral_countered')
  const reserved = await open('DGV', 'lister', `${first}/reserve`, {
    held_until: '2026-03-05',
    held_until_hour: '16:00',
  })
  expect(reserved.to).toContain('done=referral_reserved')
  const answer = await open('REZ', 'buyer', first)
  expect(answer.html).toContain('Līdzi medikamenti')
  const counter_offer_id = /name="counter_offer_id" value="([^"]+)"/.exec(answer.html)![1]!
  const agreed = await open('REZ', 'buyer', `${first}/counter-offer/accept`, { counter_offer_id })
  expect(agreed.to).toMatch(/^\/placements\//)
  expect((await open('REZ', 'buyer', sent.to)).html).toContain('vieta atrasta')
  expect((await open('LUD', 'lister', second)).html).toContain('atrasta citur')
  for (const role of ['buyer', 'lister'] as const) {
    expect((await open(role === 'buyer' ? 'REZ' : 'DGV', role, `${first}?lang=en`)).status).toBe(200)
  }
})

test('for whom and for which day a place is looked for goes along to the forms that ask for it', async () => {
  const offer = await m.offer({ title: 'Vieta decembrī' })
  const resident = await m.resident()
  const found = await open('REZ', 'buyer', `/catalogue?resident=${resident.id}&on=2026-12-07&q=decembr`)
  const along = `from=2026-12-07&amp;resident=${resident.id}`
  expect(found.html).toContain(`/offers/${offer}?${along}`)
  expect(found.html).toContain(`<input type="hidden" name="resident" value="${resident.id}"/>`)
  const page = await open('REZ', 'buyer', `/offers/${offer}?from=2026-12-07&resident=${resident.id}`)
  expect(page.html).toContain(`/referrals/new?offer=${offer}&amp;${along}`)
  const form = await open('REZ', 'buyer', `/referrals/new?offer=${offer}&from=2026-12-07&resident=${resident.id}`)
  expect(form.html).toMatch(new RegExp(`name="resident_id"[^>]* value="[^"]*${resident.token}"`))
  const other = await open('DGV', 'lister', `/catalogue?resident=${resident.id}&on=x`)
  expect(other.html).not.toContain('name="resident"')
})

test('without an offer or with one that is gone the form says where to begin', async () => {
  const gone = await m.offer({ status: 'withdrawn' })
  for (const path of ['/requests/new', `/requests/new?offer=${gone}&offer=x`]) {
    expect((await open('REZ', 'buyer', path)).html).toContain('Vēl nav izvēlēts neviens piedāvājums')
  }
  expect((await open('DGV', 'lister', '/requests')).status).toBe(200)
  expect((await open('LPR', 'coordinator', '/requests')).status).toBe(200)
  expect((await open('DGV', 'lister', '/requests/new')).status).toBe(404)
})

test('a buyer puts somebody in line, a stay ends, and the offered place is taken: all by forms', async () => {
  const offer = await m.offer({ title: 'Pilnais nams' }, { places: 1 })
  const stay = await m.placed({ offer, wanted_from: '2026-01-10' })
  const resident = await m.resident()
  expect((await open('REZ', 'buyer', `/offers/${offer}`)).html).toContain(`/queue/new?offer=${offer}`)
  const path = `/queue/new?offer=${offer}`
  const form = { resident_id: resident.id, priority: 'hospital', applied_on: '2026-02-20', wanted_from: '2026-03-01' }
  expect((await open('REZ', 'buyer', path)).html).toContain('krīze → tiesas vai bāriņtiesas lēmums')
  expect((await open('REZ', 'buyer', path, { ...form, applied_on: '2026-03-09' })).status).toBe(422)
  const joined = await open('REZ', 'buyer', path, form)
  expect(joined.to).toMatch(/^\/queue\/.*done=queue_joined$/)
  expect((await open('REZ', 'buyer', joined.to)).html).toContain('1. no 1')
  expect((await open('LUD', 'buyer', joined.to)).status).toBe(404)
  const seen = await open('DGV', 'lister', '/queue?side=seller')
  expect([seen.html.includes(resident.token), seen.html.includes('Bērziņa')]).toEqual([true, false])
  expect((await open('DGV', 'lister', `/offers/${offer}`)).html).toContain('Rindā gaida 1 cilvēks')
  await open('DGV', 'lister', `/placements/${stay.id}/end`, { valid_to: '2026-03-02', reason: 'moved' })
  expect((await open('REZ', 'buyer', '/')).html).toContain('Rindā piedāvātas vietas')
  const entry = await open('REZ', 'buyer', joined.to)
  expect(entry.html).toContain('Vieta ir brīva no 03.03.2026.')
  const taken = await open('REZ', 'buyer', `${joined.to.split('?')[0]}/accept`, { note: '' })
  expect(taken.to).toMatch(/^\/placements\//)
  expect((await open('REZ', 'buyer', `${joined.to.split('?')[0]}?lang=en`)).html).toContain('Open the placement')
})

test('a seller says the rule of a line, and nobody else', async () => {
  const offer = await m.offer()
  const path = `/queue/rules/${offer}`
  const order = {
    criterion_1: 'reason',
    criterion_2: 'home',
    criterion_3: 'applied_on',
    priority_1: 'court',
    priority_2: 'crisis',
  }
  const form = { ...order, answer_hours: '24', rest_days: '7', refusals_allowed: '2' }
  expect((await open('DGV', 'lister', path)).html).toContain('48')
  expect((await open('LUD', 'lister', path)).status).toBe(404)
  expect((await open('DGV', 'lister', path, { ...form, priority_2: 'court' })).status).toBe(422)
  expect((await open('DGV', 'lister', path, { ...form, criterion_2: 'reason' })).html).toContain('#field-criterion_1')
  expect((await open('DGV', 'lister', path, form)).to).toContain('done=queue_rule_set')
  const page = (await open('REZ', 'buyer', `/queue/new?offer=${offer}&lang=en`)).html
  expect(page).toContain('decision of a court or orphans’ court → crisis → discharged from hospital → other')
  expect(page).toContain('kept for 24 hours')
  expect(page).toContain('residents of the provider’s municipality first; the day of application')
  expect((await open('DGV', 'lister', path)).html).toContain(`${path}/drop`)
  const kind = '/queue/rules/kinds/day-care'
  expect((await open('DGV', 'lister', '/queue?side=seller')).html).toContain('/queue/rules')
  const list = (await open('DGV', 'lister', '/queue/rules')).html
  expect([list.includes(kind), list.includes(path)]).toEqual([true, true])
  expect((await open('DGV', 'lister', kind)).status).toBe(200)
  expect((await open('DGV', 'lister', '/queue/rules/kinds/nothing')).status).toBe(404)
  expect((await open('DGV', 'lister', kind, { ...form, criterion_1: 'wanted_from' })).to).toContain(
    'done=queue_rule_set',
  )
  expect((await open('DGV', 'lister', `${path}/drop`, {})).to).toContain('done=queue_rule_dropped')
  expect((await open('REZ', 'buyer', `/queue/new?offer=${offer}`)).html).toContain(
    'visiem sniedzēja šī veida piedāvājumiem',
  )
  expect((await open('DGV', 'lister', `${kind}/drop`, {})).to).toContain('done=queue_rule_dropped')
  expect((await open('DGV', 'lister', `${kind}/drop`, {})).status).toBe(404)
  expect((await open('REZ', 'buyer', '/queue/rules')).status).toBe(404)
})

test('what is urgent stands on top for the seller, and is late for the coordinator', async () => {
  const offer = await m.offer({ title: 'Krīzes istaba' })
  const resident = await m.resident()
  const sent = await open('REZ', 'buyer', `/requests/new?offer=${offer}`, {
    ...{ offer_ids: offer, resident_id: resident.id, places: '1', wanted_from: '2026-03-02' },
    ...{ mode: 'first_fit', crisis: 'yes', answer_by_hour: '16:00' },
  })
  expect(sent.to).toContain('done=request_sent')
  await m.submitted({ offer })
  const list = (await open('DGV', 'lister', '/referrals?side=seller')).html
  expect(list.indexOf('steidzami')).toBeGreaterThan(0)
  expect(list.indexOf(resident.token)).toBeLessThan(list.indexOf('Krīzes istaba', list.indexOf(resident.token)) + 1)
  expect((await open('DGV', 'lister', '/')).html).toContain('Steidzami lūgumi')
  expect((await open('LPR', 'coordinator', '/')).html).not.toContain('Steidzami lūgumi bez atbildes')
  world.clock.set('2026-03-03')
  expect((await open('LPR', 'coordinator', '/')).html).toContain('Steidzami lūgumi bez atbildes')
  world.clock.set('2026-03-02')
})

test('a place meanwhile is asked for on one page, from what is waited for, and both stays say so', async () => {
  const home = await m.offer({ title: 'Pansionāts „Ezermala”' })
  const room = await m.offer({
    seller_id: world.organisation.LUD,
    kind_code: 'crisis-room',
    title: 'Krīzes istaba Ludzā',
  })
  const resident = await m.resident('REZ', 'Marta', 'Vītola')
  const { id } = await m.submitted({ offer: home, resident_id: resident.id, wanted_from: '2026-03-20' })
  const page = await open('REZ', 'buyer', `/referrals/${id}`)
  const path = `/bridges/new?bridges=referral.${id}`
  expect(page.html).toContain(`href="${path}"`)
  const form = (await open('REZ', 'buyer', path)).html
  expect([form.includes('Krīzes istaba Ludzā'), form.includes('Ezermala'), form.includes('Vītola')]).toEqual([
    true,
    false,
    true,
  ])
  for (const [code, role] of [
    ['LUD', 'buyer'],
    ['DGV', 'lister'],
  ] as const) {
    expect((await open(code, role, path)).status).toBe(404)
  }
  expect((await open('REZ', 'buyer', '/bridges/new?bridges=luck.1')).status).toBe(404)
  const nowhere = await open('REZ', 'buyer', path, { wanted_from: '2026-03-02' })
  expect([nowhere.status, nowhere.html.includes('#field-offer_ids')]).toEqual([422, true])
  const sent = await open('REZ', 'buyer', path, { offer_ids: room, wanted_from: '2026-03-02', wanted_to: '2026-04-30' })
  expect(sent.to).toMatch(/^\/requests\/.*done=request_sent$/)
  expect((await open('REZ', 'buyer', `/referrals/${id}`)).html).toContain('Pagaidu vieta lūgta')
  const asked = /href="(\/referrals\/[0-9a-f-]{36})"/.exec((await open('REZ', 'buyer', sent.to)).html)![1]!
  const seen = (await open('LUD', 'lister', asked)).html
  expect([seen.includes('beidzas pati'), seen.includes('Ezermala'), seen.includes(id)]).toEqual([true, false, false])
  const stay = (await open('LUD', 'lister', `${asked}/accept`, {})).to
  await open('DGV', 'lister', `/referrals/${id}/accept`, {})
  const ended = (await open('LUD', 'lister', stay)).html
  expect([ended.includes('Pagaidu vieta: beidzas 20.03.2026.'), ended.includes('Ezermala')]).toEqual([true, false])
  expect((await open('REZ', 'buyer', stay)).html).toContain('Ezermala')
  expect((await open('REZ', 'buyer', `/referrals/${id}?lang=en`)).html).toContain('Temporary place')
})

test('a resident is found by a part of the name or the token, whether a script runs or not', async () => {
  const offer = await m.offer()
  const one = await m.resident('REZ', 'Līga', 'Zvirbule')
  await m.resident('REZ', 'Līga', 'Kalniņa')
  const form = (resident_id: string) => ({ resident_id, wanted_from: '2026-04-01', places: '1', go_on: 'draft' })
  const path = `/referrals/new?offer=${offer}`
  const shown = (await open('REZ', 'buyer', `${path}&resident=${one.id}`)).html
  expect(shown).toContain(`value="Zvirbule Līga · ${one.token}"`)
  for (const typed of [`Zvirbule Līga · ${one.token}`, 'zvirb', one.token.slice(4)]) {
    const saved = await open('REZ', 'buyer', path, form(typed))
    expect((await open('REZ', 'buyer', saved.to)).html, typed).toContain(one.token)
  }
  const several = await open('REZ', 'buyer', path, form('Līga'))
  expect([several.status, several.html.includes('Atbilst vairāki')]).toEqual([422, true])
  const none = await open('REZ', 'buyer', path, form('Neviens'))
  expect([none.status, none.html.includes('Tāda cilvēka sarakstā nav'), none.html.includes('Neviens')]).toEqual([
    422,
    true,
    true,
  ])
  const nobody = await open('REZ', 'buyer', path, form('Rezervētas vietas, cilvēks vēl nav zināms'))
  expect(nobody.to).toContain('done=referral_drafted')
  const queued = { priority: 'other', applied_on: '2026-03-01', wanted_from: '2026-04-01' }
  expect((await open('REZ', 'buyer', `/queue/new?offer=${offer}`, { ...queued, resident_id: 'zvirb' })).to).toContain(
    '/queue/',
  )
})
