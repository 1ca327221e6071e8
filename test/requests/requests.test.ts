import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { acceptReferral, declineReferral, withdrawReferral } from '../../src/placements/commands.ts'
import {
  acceptCounterOffer,
  chooseAnswer,
  declineCounterOffer,
  makeCounterOffer,
  offerPlace,
  releaseReservation,
  reservePlace,
} from '../../src/placements/referral-answer-commands.ts'
import { counterOffersOf, reservationsOf } from '../../src/placements/referral-answer-store.ts'
import { getReferral, placesOn, type ReferralRow } from '../../src/placements/store.ts'
import { askForPlaces, withdrawRequest } from '../../src/requests/commands.ts'
import { RequestInput } from '../../src/requests/request.ts'
import { getRequest, partsOf } from '../../src/requests/store.ts'
import { market, refusalOf } from '../placements/market.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase(), '2026-03-02')
const m = market(world)
const buyer = world.as('REZ', 'buyer')
const lister = (code: Code) => world.as(code, 'lister')
const at = (code: Code) => ({ seller_id: world.organisation[code] })
const soon = '2026-03-04T12:00:00.000Z'

async function ask(offer_ids: string[], more: object = {}) {
  const input = {
    offer_ids,
    resident_id: (await m.resident()).id,
    wanted_from: '2026-04-01',
    wanted_to: '2026-06-30',
    mode: 'first_fit',
    answer_by: soon,
    ...more,
  }
  const request = await askForPlaces(buyer, RequestInput.parse(input))
  const parts = await transact(buyer, (tx) => partsOf(tx, [request]))
  return { request, parts, ids: parts.map((part) => part.referral_id) as [string, string, string] }
}
const referral = (code: Code, id: string): Promise<ReferralRow> =>
  transact(world.as(code, code === 'REZ' ? 'buyer' : 'lister'), (tx) => getReferral(tx, id))
const request = (id: string) => transact(buyer, (tx) => getRequest(tx, id))
const two = async (places: number | null = 1) =>
  [await m.offer({}, { places }), await m.offer(at('LUD'), { places })] as const

test('several sellers are asked at once, and each sees its own part alone', async () => {
  const offers = await two()
  const { request: asked, parts, ids } = await ask([...offers])
  expect(asked).toMatchObject({ status: 'open', mode: 'first_fit', crisis: false })
  expect(parts.map((part) => part.status)).toEqual(['submitted', 'submitted'])
  expect(await referral('DGV', ids[0])).toMatchObject({ offer_id: offers[0], answer_by: soon })
  expect(await refusalOf(referral('DGV', ids[1]))).toMatchObject({ code: 'not_found' })
  expect(await refusalOf(referral('LUD', ids[0]))).toMatchObject({ code: 'not_found' })
  expect(await refusalOf(transact(lister('DGV'), (tx) => getRequest(tx, asked.id)))).toMatchObject({
    code: 'not_found',
  })
  const answer = await world.request('DGV', 'lister', 'GET', `/api/v1/referrals/${ids[0]}`)
  expect(await answer.json()).toMatchObject({ request_id: null, mode: 'first_fit' })
})

test('the first yes holds, the others are closed by themselves, and the winner learns nothing of them', async () => {
  const { request: asked, ids } = await ask([...(await two())])
  await reservePlace(lister('LUD'), ids[1], { held_until: soon, note: '' })
  const placement = await acceptReferral(lister('DGV'), ids[0])
  expect(placement).toMatchObject({ valid_from: '2026-04-01', valid_to: '2026-06-30', referral_id: ids[0] })
  expect(await request(asked.id)).toMatchObject({ status: 'placed' })
  expect(await referral('LUD', ids[1])).toMatchObject({ status: 'closed' })
  expect(await refusalOf(acceptReferral(lister('LUD'), ids[1]))).toMatchObject({ code: 'referral_closed' })
  expect(await refusalOf(declineReferral(lister('LUD'), ids[1], { reason: 'price', note: '' }))).toMatchObject({
    code: 'referral_closed',
  })
  const [kept] = await transact(lister('LUD'), (tx) => reservationsOf(tx, [{ ...at('LUD'), id: ids[1] }]))
  expect(kept).toMatchObject({ status: 'released', in_force: false })
  const [closed] = (await m.audit(ids[1])).filter((event) => event.action === 'closeReferral')
  expect(closed).toMatchObject({ organisation_id: null, person_id: null, seller_id: world.organisation.LUD })
})

test('two yeses at the same instant: exactly one holds and the other is told', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { ids } = await ask([...(await two())])
    const answers = await Promise.all([
      refusalOf(acceptReferral(lister('DGV'), ids[0])),
      refusalOf(acceptReferral(lister('LUD'), ids[1])),
    ])
    expect(answers.map((answer) => answer.code).sort()).toEqual(['nothing was refused', 'referral_closed'])
  }
})

test('answers are collected, and the buyer chooses', async () => {
  const { request: asked, ids } = await ask([...(await two())], { mode: 'best_answer' })
  expect(await refusalOf(acceptReferral(lister('DGV'), ids[0]))).toMatchObject({ code: 'buyer_chooses' })
  await offerPlace(lister('DGV'), ids[0], { note: 'No 1. aprīļa', held_until: null })
  await offerPlace(lister('LUD'), ids[1], { note: '', held_until: soon })
  expect(await referral('REZ', ids[0])).toMatchObject({ status: 'offered', offer_note: 'No 1. aprīļa' })
  expect(await refusalOf(chooseAnswer(lister('LUD'), ids[1], { note: '' }))).toMatchObject({ code: 'not_permitted' })
  const placement = await chooseAnswer(buyer, ids[1], { note: '' })
  expect(placement.seller_id).toBe(world.organisation.LUD)
  expect([(await referral('REZ', ids[0])).status, (await request(asked.id)).status]).toEqual(['closed', 'placed'])
  expect(await refusalOf(chooseAnswer(buyer, ids[0], { note: '' }))).toMatchObject({ code: 'referral_closed' })
  const alone = await m.submitted({ offer: await m.offer() })
  expect(await refusalOf(offerPlace(lister('DGV'), alone.id, { note: '', held_until: null }))).toMatchObject({
    code: 'answers_not_collected',
  })
  expect(await refusalOf(chooseAnswer(buyer, alone.id, { note: '' }))).toMatchObject({ code: 'referral_not_offered' })
})

test('a place that went meanwhile cannot be chosen, and one offered can be taken back', async () => {
  const offer = await m.offer({}, { places: 1 })
  const { ids } = await ask([offer], { mode: 'best_answer' })
  await offerPlace(lister('DGV'), ids[0], { note: '', held_until: null })
  await m.placed({ offer, wanted_from: '2026-05-01' })
  expect(await refusalOf(chooseAnswer(buyer, ids[0], { note: '' }))).toMatchObject({
    code: 'no_place_free',
    facts: { date: '2026-05-01' },
  })
  expect(await declineReferral(lister('DGV'), ids[0], { reason: 'no_place', note: '' })).toMatchObject({
    status: 'declined',
  })
})

test('another proposal becomes the terms when the buyer agrees', async () => {
  const [one, other] = [await m.offer(), await m.offer({ title: 'Otra māja' })]
  const { ids } = await ask([one, (await two())[1]])
  const dates = { wanted_from: '2026-04-10', wanted_to: null, price_class: null, surcharges: ['escort'] }
  const propose = (more: object) =>
    makeCounterOffer(lister('DGV'), ids[0], { offer_id: null, conditions: '', ...dates, ...more })
  const first = await propose({ conditions: 'Ar asistentu' })
  const second = await propose({ offer_id: other })
  const all = await transact(buyer, (tx) => counterOffersOf(tx, [{ ...at('DGV'), id: ids[0] }]))
  expect(all.map((row) => row.status)).toEqual(['withdrawn', 'open'])
  const answer = (id: string) => ({ counter_offer_id: id, note: 'Labi' })
  expect(await refusalOf(acceptCounterOffer(buyer, ids[0], answer(first.id)))).toMatchObject({
    code: 'counter_offer_not_open',
  })
  expect(await refusalOf(acceptCounterOffer(lister('DGV'), ids[0], answer(second.id)))).toMatchObject({
    code: 'not_permitted',
  })
  expect(await acceptCounterOffer(buyer, ids[0], answer(second.id))).toMatchObject({
    offer_id: other,
    valid_from: '2026-04-10',
    valid_to: null,
    surcharges: ['escort'],
  })
  expect((await referral('LUD', ids[1])).status).toBe('closed')
})

test('a proposal that is the same, of somebody else or with what is not offered is refused; declined, the question stays', async () => {
  const { ids } = await ask([await m.offer()])
  const terms = {
    wanted_from: '2026-04-01',
    wanted_to: '2026-06-30',
    price_class: null,
    surcharges: [],
    conditions: '',
  }
  const propose = (more: object) =>
    refusalOf(makeCounterOffer(lister('DGV'), ids[0], { offer_id: null, ...terms, ...more }))
  expect(await propose({})).toMatchObject({ code: 'counter_offer_same' })
  expect(await propose({ offer_id: await m.offer(at('LUD')) })).toMatchObject({ code: 'not_found' })
  expect(await propose({ surcharges: ['sauna'] })).toMatchObject({ code: 'surcharge_not_offered' })
  expect(await propose({ wanted_from: '2024-04-01' })).toMatchObject({ code: 'offer_has_no_price' })
  const made = await makeCounterOffer(lister('DGV'), ids[0], { offer_id: null, ...terms, conditions: 'Bez suņa' })
  const declined = await declineCounterOffer(buyer, ids[0], { counter_offer_id: made.id, note: 'Nē' })
  expect(declined.status).toBe('submitted')
  expect(await refusalOf(declineCounterOffer(buyer, ids[0], { counter_offer_id: made.id, note: '' }))).toMatchObject({
    code: 'counter_offer_not_open',
  })
  expect(await acceptReferral(lister('DGV'), ids[0])).toMatchObject({ valid_from: '2026-04-01' })
})

test('a kept place counts as taken until its hour, and is free afterwards without anybody doing anything', async () => {
  const offer = await m.offer({}, { places: 1 })
  const { ids } = await ask([offer])
  const other = await m.submitted({ offer, wanted_from: '2026-05-01' })
  const taken = async () =>
    (await transact(buyer, (tx) => placesOn(tx, { ...at('DGV'), id: offer }, '2026-05-01'))).taken
  await reservePlace(lister('DGV'), ids[0], { held_until: '2026-03-03T09:00:00Z', note: 'Gaidām lēmumu' })
  expect(await taken()).toBe(1)
  expect(await refusalOf(acceptReferral(lister('DGV'), other.id))).toMatchObject({ code: 'no_place_free' })
  world.clock.set('2026-03-03')
  expect(await taken()).toBe(0)
  expect(await refusalOf(releaseReservation(lister('DGV'), ids[0]))).toMatchObject({ code: 'reservation_not_held' })
  await reservePlace(lister('DGV'), ids[0], { held_until: soon, note: '' })
  expect(await taken()).toBe(1)
  await releaseReservation(lister('DGV'), ids[0])
  expect(await taken()).toBe(0)
  await reservePlace(lister('DGV'), ids[0], { held_until: soon, note: '' })
  await acceptReferral(lister('DGV'), ids[0])
  expect(await taken()).toBe(1)
  const all = await transact(buyer, (tx) => reservationsOf(tx, [{ ...at('DGV'), id: ids[0] }]))
  expect(all.map((row) => row.status)).toEqual(['expired', 'released', 'used'])
  const past = refusalOf(reservePlace(lister('DGV'), other.id, { held_until: '2026-03-01T09:00:00Z', note: '' }))
  expect(await past).toMatchObject({ fields: ['held_until'] })
  const far = refusalOf(reservePlace(lister('DGV'), other.id, { held_until: '2026-05-01T09:00:00Z', note: '' }))
  expect(await far).toMatchObject({ fields: ['held_until'] })
  world.clock.set('2026-03-02')
})

test('a yes after the deadline is too late, a no is not', async () => {
  const { ids } = await ask([...(await two())])
  world.clock.set('2026-03-05')
  expect(await refusalOf(acceptReferral(lister('DGV'), ids[0]))).toMatchObject({ code: 'answer_too_late' })
  const counter = { offer_id: null, wanted_from: '2026-04-10', wanted_to: null, price_class: null, surcharges: [] }
  expect(await refusalOf(makeCounterOffer(lister('DGV'), ids[0], { ...counter, conditions: '' }))).toMatchObject({
    code: 'answer_too_late',
  })
  await declineReferral(lister('DGV'), ids[0], { reason: 'price', note: '' })
  expect(await refusalOf(declineReferral(lister('DGV'), ids[0], { reason: 'price', note: '' }))).toMatchObject({
    code: 'referral_already_answered',
  })
  world.clock.set('2026-03-02')
})

test('a request that is given up waits for nobody', async () => {
  const { request: asked, ids } = await ask([...(await two())])
  await reservePlace(lister('DGV'), ids[0], { held_until: soon, note: '' })
  expect(await refusalOf(withdrawRequest(world.as('LUD', 'buyer'), asked.id, { reason: 'other' }))).toMatchObject({
    code: 'not_found',
  })
  const withdrawn = await withdrawRequest(buyer, asked.id, { reason: 'resident_refused' })
  expect(withdrawn).toMatchObject({ status: 'withdrawn', withdraw_reason: 'resident_refused' })
  expect((await referral('DGV', ids[0])).status).toBe('withdrawn')
  expect(await refusalOf(acceptReferral(lister('LUD'), ids[1]))).toMatchObject({ code: 'referral_not_submitted' })
  expect(await refusalOf(withdrawRequest(buyer, asked.id, { reason: 'other' }))).toMatchObject({
    code: 'request_not_open',
  })
})

test('one part can be withdrawn alone', async () => {
  const { request: asked, ids } = await ask([...(await two())])
  await withdrawReferral(buyer, ids[0])
  await acceptReferral(lister('LUD'), ids[1])
  expect(await request(asked.id)).toMatchObject({ status: 'placed' })
})

test('what cannot be asked is refused as a whole', async () => {
  const offers = await two()
  const own = await m.resident()
  const foreign = await m.resident('LUD')
  const draft = await m.offer({ status: 'draft' })
  const withdrawn = await m.offer({ status: 'withdrawn' })
  const unpriced = await m.offer({}, { price: null })
  const codeOf = async (offer_ids: string[], more: object = {}) => refusalOf(ask(offer_ids, more))
  expect(await codeOf([offers[0], draft])).toMatchObject({ code: 'not_found' })
  expect(await codeOf([offers[0], withdrawn])).toMatchObject({ code: 'offer_not_published' })
  expect(await codeOf([offers[0], unpriced])).toMatchObject({ code: 'offer_has_no_price' })
  expect(await codeOf([...offers], { resident_id: foreign.id })).toMatchObject({ code: 'not_found' })
  expect(await codeOf([...offers], { answer_by: '2026-03-01T10:00:00Z' })).toMatchObject({ fields: ['answer_by'] })
  expect(await codeOf([...offers], { answer_by: '2026-07-01T10:00:00Z' })).toMatchObject({ fields: ['answer_by'] })
  expect(await codeOf([...offers], { surcharges: ['sauna'] })).toMatchObject({ code: 'surcharge_not_offered' })
  await ask([...offers], { resident_id: own.id })
  expect(await codeOf([offers[0]], { resident_id: own.id })).toMatchObject({ code: 'asked_already' })
  const some = await world.database.db
    .selectFrom('place_request')
    .select('id')
    .where('resident_id', '=', own.id)
    .execute()
  expect(some).toHaveLength(1)
})

test('an input that makes no sense names its fields', () => {
  const id = '01900000-0000-7000-8000-000000000001'
  const good = { offer_ids: [id], wanted_from: '2026-04-01', mode: 'first_fit', answer_by: soon }
  const fields = (input: object) =>
    RequestInput.safeParse({ ...good, ...input }).error?.issues.map((issue) => issue.path.join('.')) ?? []
  expect(fields({})).toEqual([])
  expect(fields({ answer_by: null, crisis: true })).toEqual([])
  const many = Array.from({ length: 11 }, (_, n) => `01900000-0000-7000-8000-0000000000${10 + n}`)
  for (const wrong of [
    { offer_ids: [] },
    { offer_ids: [id, id.toUpperCase()] },
    { offer_ids: many },
    { offer_ids: ['x'] },
    { answer_by: null },
    { answer_by: 'tomorrow' },
    { answer_by: '2026-02-30T10:00:00Z' },
    { answer_by: '2026-03-04' },
    { wanted_from: '2026-02-30' },
    { wanted_to: '2026-03-01' },
    { mode: 'cheapest' },
    { places: 0 },
    { places: 1001 },
    { crisis: 'yes' },
  ]) {
    expect(fields(wrong), JSON.stringify(wrong)).toHaveLength(1)
  }
})
