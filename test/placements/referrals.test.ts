import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import {
  acceptReferral,
  changeReferral,
  declineReferral,
  draftReferral,
  submitReferral,
  withdrawReferral,
} from '../../src/placements/commands.ts'
import { ReferralInput } from '../../src/placements/referral.ts'
import { countReferrals, getPlacement, getReferral, listReferrals, stepsOf } from '../../src/placements/store.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, createWorld } from '../support/world.ts'
import { market, refusalOf } from './market.ts'

const world = await createWorld(await freshDatabase())
const m = market(world)
const buyer = world.as('REZ', 'buyer')
const seller = world.as('DGV', 'lister')
const open = await m.offer()
const asInput = (offer_id: string, more: object = {}) =>
  ReferralInput.parse({ offer_id, wanted_from: '2026-01-10', ...more })
const seenBy = (code: Code, role: 'lister' | 'buyer' | 'coordinator' | 'auditor' | 'finance', id: string) =>
  refusalOf(transact(world.as(code, role), (tx) => getReferral(tx, id))).then((answer) => answer.code)

test('a referral goes from draft to submitted to accepted, and the placement is exactly what was asked for', async () => {
  const resident = await m.resident()
  const asked = {
    places: 1,
    wanted_from: '2026-01-10',
    wanted_to: '2026-06-30',
    price_class: 'project',
    surcharges: ['single_room', 'escort'],
    authorised: { per_month: '20', per_year: null, total: '100.5' },
    funding: [
      { source: 'client', per_unit: '2.00', cap_per_month: '60.00', collected_by: 'seller' as const },
      { source: 'ESF', percent: '85', collected_by: 'buyer' as const },
    ],
    decision: 'SD-12/2026',
    note: 'Vajadzīgs ratiņkrēsls',
  }
  const draft = await m.draft({ offer: open, resident_id: resident.id, ...(asked as object) })
  expect(draft).toMatchObject({ status: 'draft', submitted_at: null, resident_token: resident.token, ...asked })
  expect(draft.seller_name).toMatch('Daugavpils')
  expect(await submitReferral(buyer, draft.id)).toMatchObject({ status: 'submitted', placement_id: null })
  const { places, price_class, surcharges, authorised, funding, decision } = asked
  const placement = await acceptReferral(seller, draft.id, { note: 'Gaidām plkst. 9' })
  expect(placement).toMatchObject({
    referral_id: draft.id,
    offer_id: open,
    seller_id: world.organisation.DGV,
    buyer_id: world.organisation.REZ,
    resident_token: resident.token,
    valid_from: '2026-01-10',
    valid_to: '2026-06-30',
    end_reason: null,
    ...{ places, price_class, surcharges, authorised, funding, decision },
  })
  const referral = await transact(buyer, (tx) => getReferral(tx, draft.id))
  expect(referral).toMatchObject({ status: 'accepted', placement_id: placement.id })
  expect(await transact(buyer, (tx) => stepsOf(tx, placement))).toMatchObject([
    { kind: 'started', valid_from: '2026-01-10', valid_to: '2026-06-30', note: 'Gaidām plkst. 9', person_name: null },
  ])
  expect((await m.audit(draft.id)).map((event) => event.action)).toEqual([
    'draftReferral',
    'submitReferral',
    'acceptReferral',
  ])
  expect(await m.audit(placement.id)).toMatchObject([
    { action: 'acceptReferral', before: null, seller_id: world.organisation.DGV, buyer_id: world.organisation.REZ },
  ])
})

test('each step is taken once and in its order, by the side whose turn it is', async () => {
  const draft = await m.draft({ offer: open })
  expect(await refusalOf(acceptReferral(seller, draft.id))).toMatchObject({ code: 'not_found' })
  expect(await refusalOf(declineReferral(seller, draft.id, { reason: 'other', note: '' }))).toMatchObject({
    code: 'not_found',
  })
  await submitReferral(buyer, draft.id)
  expect(await refusalOf(submitReferral(buyer, draft.id))).toMatchObject({ code: 'referral_not_draft' })
  expect(await refusalOf(changeReferral(buyer, draft.id, asInput(open)))).toMatchObject({ code: 'referral_not_draft' })
  const wrongSide = { code: 'not_permitted' }
  expect(await refusalOf(submitReferral(world.as('DGV', 'buyer'), draft.id))).toMatchObject(wrongSide)
  expect(await refusalOf(withdrawReferral(world.as('DGV', 'buyer'), draft.id))).toMatchObject(wrongSide)
  expect(await refusalOf(acceptReferral(world.as('REZ', 'lister'), draft.id))).toMatchObject(wrongSide)
  expect(
    await refusalOf(declineReferral(world.as('REZ', 'lister'), draft.id, { reason: 'other', note: '' })),
  ).toMatchObject(wrongSide)
  await acceptReferral(seller, draft.id)
  const answered = { code: 'referral_already_answered', facts: { status: 'accepted' } }
  expect(await refusalOf(acceptReferral(seller, draft.id))).toMatchObject(answered)
  expect(await refusalOf(declineReferral(seller, draft.id, { reason: 'other', note: '' }))).toMatchObject(answered)
  expect(await refusalOf(withdrawReferral(buyer, draft.id))).toMatchObject(answered)
})

test('a declined referral keeps its reason and note, and is not answered again', async () => {
  const { id } = await m.submitted({ offer: open })
  const declined = await declineReferral(seller, id, { reason: 'papers_missing', note: 'Nav lēmuma' })
  expect(declined).toMatchObject({ status: 'declined', decline_reason: 'papers_missing', decline_note: 'Nav lēmuma' })
  expect(await refusalOf(acceptReferral(seller, id))).toMatchObject({
    code: 'referral_already_answered',
    facts: { status: 'declined' },
  })
})

test('a referral is withdrawn once, as a draft or before it is answered, and then waits for nobody', async () => {
  const submitted = await m.submitted({ offer: open })
  expect(await refusalOf(withdrawReferral(buyer, submitted.id))).toMatchObject({
    code: 'invalid_input',
    fields: ['reason'],
  })
  const why = { reason: 'not_needed' } as const
  expect(await withdrawReferral(buyer, submitted.id, why)).toMatchObject({
    status: 'withdrawn',
    withdraw_reason: 'not_needed',
  })
  expect(await transact(seller, (tx) => getReferral(tx, submitted.id))).toMatchObject({ withdraw_reason: 'not_needed' })
  expect(await refusalOf(withdrawReferral(buyer, submitted.id))).toMatchObject({ code: 'referral_not_submitted' })
  expect(await refusalOf(acceptReferral(seller, submitted.id))).toMatchObject({ code: 'referral_not_submitted' })
  const draft = await m.draft({ offer: open })
  await withdrawReferral(buyer, draft.id)
  expect(await refusalOf(submitReferral(buyer, draft.id))).toMatchObject({ code: 'referral_not_draft' })
  expect(await seenBy('DGV', 'lister', draft.id)).toBe('not_found')
})

test('a draft is written anew, for the same offer', async () => {
  const draft = await m.draft({ offer: open, note: 'old' })
  const changed = await changeReferral(buyer, draft.id, asInput(open, { places: 3, note: 'new' }))
  expect(changed).toMatchObject({ places: 3, note: 'new', resident_id: null, resident_token: null })
  expect(await refusalOf(changeReferral(buyer, draft.id, asInput(await m.offer())))).toMatchObject({
    fields: ['offer_id'],
  })
})

test('only a published offer can be asked for; another municipality’s draft does not exist', async () => {
  const draft = await m.offer({ status: 'draft' })
  const withdrawn = await m.offer({ status: 'withdrawn' })
  expect(await refusalOf(draftReferral(buyer, asInput(draft)))).toMatchObject({ code: 'not_found' })
  expect(await refusalOf(draftReferral(world.as('DGV', 'buyer'), asInput(draft)))).toMatchObject({
    code: 'offer_not_published',
  })
  expect(await refusalOf(draftReferral(buyer, asInput(withdrawn)))).toMatchObject({ code: 'offer_not_published' })
  const unknown = '01890000-0000-7000-8000-000000000000'
  expect(await refusalOf(draftReferral(buyer, asInput(unknown)))).toMatchObject({ code: 'not_found' })
  const later = await m.offer()
  const { id } = await m.draft({ offer: later })
  await world.database.db.updateTable('offer').set({ status: 'withdrawn' }).where('id', '=', later).execute()
  expect(await refusalOf(submitReferral(buyer, id))).toMatchObject({ code: 'offer_not_published' })
})

test('the offer must have a price for the placement’s class on the first wanted date', async () => {
  const code = (more: object, offer: string, who = buyer) =>
    refusalOf(draftReferral(who, asInput(offer, more))).then((answer) => answer.code)
  const fine = 'nothing was refused'
  const year = await m.offer({}, { price: { valid_from: '2026-01-10', valid_to: '2026-12-31' } })
  expect(await code({ wanted_from: '2026-01-09' }, year)).toBe('offer_has_no_price')
  expect(await code({ wanted_from: '2026-01-10' }, year)).toBe(fine)
  expect(await code({ wanted_from: '2026-12-31' }, year)).toBe(fine)
  expect(await code({ wanted_from: '2027-01-01' }, year)).toBe('offer_has_no_price')
  const forOwn = await m.offer({}, { price: { price_class: 'own' } })
  expect(await code({}, forOwn)).toBe('offer_has_no_price')
  expect(await code({ price_class: 'own' }, forOwn)).toBe(fine)
  expect(await code({}, forOwn, world.as('DGV', 'buyer'))).toBe(fine)
  const forOthers = await m.offer({}, { price: { price_class: 'other' } })
  expect(await code({}, forOthers)).toBe(fine)
  expect(await code({ price_class: 'project' }, forOthers)).toBe('offer_has_no_price')
  const withdrawn = await m.offer({}, { price: { withdrawn_at: '2026-01-01T00:00:00Z' } })
  expect(await code({}, withdrawn)).toBe('offer_has_no_price')
})

test('a surcharge must stand at the offer', async () => {
  const refusal = await refusalOf(draftReferral(buyer, asInput(open, { surcharges: ['escort', 'sea_view'] })))
  expect(refusal).toMatchObject({ code: 'surcharge_not_offered', facts: { surcharge: 'sea_view' } })
  expect(await refusalOf(draftReferral(buyer, asInput(open, { surcharges: ['toString'] })))).toMatchObject({
    code: 'surcharge_not_offered',
  })
})

test('the resident is the buyer’s own; another municipality’s does not exist', async () => {
  for (const code of ['LUD', 'DGV'] as const) {
    const { id } = await m.resident(code)
    expect(await refusalOf(draftReferral(buyer, asInput(open, { resident_id: id })))).toMatchObject({
      code: 'not_found',
    })
  }
})

test('places can be reserved without a resident', async () => {
  const placement = await m.placed({ offer: open, resident_id: null, places: 5 })
  expect(placement).toMatchObject({ places: 5, resident_id: null, resident_token: null })
})

test('a municipality asks itself for a place for its own resident', async () => {
  const referral = await m.draft({ offer: open, buyer: 'DGV' })
  expect(referral.seller_id).toBe(referral.buyer_id)
  expect(await refusalOf(acceptReferral(seller, referral.id))).toMatchObject({ code: 'referral_not_submitted' })
  await submitReferral(world.as('DGV', 'buyer'), referral.id)
  expect(await acceptReferral(seller, referral.id)).toMatchObject({
    buyer_id: world.organisation.DGV,
    seller_id: world.organisation.DGV,
  })
})

test('only social workers ask and answer', async () => {
  const { id } = await m.submitted({ offer: open })
  for (const role of ['lister', 'finance', 'coordinator', 'auditor', 'administrator'] as const) {
    const ctx = world.as('REZ', role)
    for (const work of [
      () => draftReferral(ctx, asInput(open)),
      () => submitReferral(ctx, id),
      () => withdrawReferral(ctx, id),
    ]) {
      expect(await refusalOf(work), role).toMatchObject({ code: 'not_permitted' })
    }
  }
  for (const role of ['buyer', 'finance', 'coordinator', 'auditor', 'administrator'] as const) {
    expect(await refusalOf(acceptReferral(world.as('DGV', role), id)), role).toMatchObject({ code: 'not_permitted' })
  }
})

test('a referral is seen by both parties and those set over them, a draft by its buyer alone', async () => {
  const { id } = await m.draft({ offer: open })
  const seen = 'nothing was refused'
  expect([await seenBy('REZ', 'buyer', id), await seenBy('REZ', 'lister', id)]).toEqual([seen, seen])
  for (const role of ['lister', 'coordinator', 'auditor'] as const) {
    expect(await seenBy('DGV', role, id)).toBe('not_found')
    expect(await seenBy('LPR', role, id)).toBe('not_found')
  }
  await submitReferral(buyer, id)
  expect([await seenBy('DGV', 'lister', id), await seenBy('LPR', 'coordinator', id)]).toEqual([seen, seen])
  for (const role of ['lister', 'buyer', 'finance', 'coordinator', 'auditor'] as const) {
    expect(await seenBy('LUD', role, id), role).toBe('not_found')
  }
  const stranger = world.as('LUD')
  for (const work of [
    () => submitReferral(stranger, id),
    () => withdrawReferral(stranger, id),
    () => changeReferral(stranger, id, asInput(open)),
    () => acceptReferral(stranger, id),
    () => declineReferral(stranger, id, { reason: 'other', note: '' }),
    () => acceptReferral(stranger, 'no-id'),
  ]) {
    expect(await refusalOf(work)).toMatchObject({ code: 'not_found' })
  }
})

test('what is written about a draft is not read by the seller in the log', async () => {
  const { id } = await m.draft({ offer: open, note: 'private' })
  const read = await transact(world.as('DGV', 'auditor'), (tx) =>
    tx.selectFrom('audit_event').selectAll().where('subject_id', '=', id).execute(),
  )
  expect(read).toEqual([])
})

test('lists and counts tell what is asked of us from what we ask', async () => {
  const offer = await m.offer({ seller_id: world.organisation.LUD })
  const draft = await m.draft({ offer, buyer: 'LUD' })
  const waiting = await m.submitted({ offer })
  const lud = world.organisation.LUD
  const page = { limit: 50, after: null }
  const ids = async (code: Code, filter: object) =>
    (
      await transact(world.as(code), (tx) =>
        listReferrals(tx, { organisation_id: world.organisation[code], offer_id: offer, ...filter }, page),
      )
    ).map((row) => row.id)
  expect(await ids('LUD', { side: 'seller' })).toEqual([waiting.id])
  expect(await ids('LUD', { side: 'buyer' })).toEqual([draft.id])
  expect(await ids('REZ', { side: 'buyer', status: 'submitted' })).toEqual([waiting.id])
  expect(await ids('REZ', { status: 'accepted' })).toEqual([])
  expect(await transact(world.as('LUD'), (tx) => countReferrals(tx, lud))).toEqual([
    { side: 'seller', status: 'submitted', count: 1 },
    { side: 'buyer', status: 'draft', count: 1 },
  ])
})

// Places

const period = (wanted_from: string, wanted_to: string | null = null) => ({ wanted_from, wanted_to })
const dates = (from: string, to: string | null = null) => ({ ...period(from, to) })

test('a place is missing on one day of the period: the answer names the first such day', async () => {
  const offer = await m.offer({}, { places: 2 })
  await m.placed({ offer, ...dates('2026-02-01', '2026-02-10') })
  await m.placed({ offer, ...dates('2026-02-10', '2026-02-20') })
  const { id } = await m.submitted({ offer, ...dates('2026-02-05', '2026-03-31') })
  expect(await refusalOf(acceptReferral(seller, id))).toMatchObject({
    code: 'no_place_free',
    facts: { date: '2026-02-10', capacity: 2, taken: 2, places: 1 },
  })
  expect(await transact(seller, (tx) => getReferral(tx, id))).toMatchObject({ status: 'submitted' })
  await m.placed({ offer, ...dates('2026-02-01', '2026-02-09') })
  await m.placed({ offer, ...dates('2026-02-11', null) })
  const { id: late } = await m.submitted({ offer, ...dates('2026-02-20', '2026-02-20') })
  expect(await refusalOf(acceptReferral(seller, late))).toMatchObject({ facts: { date: '2026-02-20' } })
  await m.placed({ offer, ...dates('2026-02-21', null) })
})

test('reserved places count as many as they are', async () => {
  const offer = await m.offer({}, { places: 3 })
  await m.placed({ offer, resident_id: null, places: 2, ...dates('2026-02-01') })
  const { id } = await m.submitted({ offer, resident_id: null, places: 2, ...dates('2026-02-01') })
  expect(await refusalOf(acceptReferral(seller, id))).toMatchObject({
    code: 'no_place_free',
    facts: { capacity: 3, taken: 2, places: 2 },
  })
  await m.placed({ offer, ...dates('2026-02-01') })
})

test('an open stay looks through to the last change of capacity and to placements that begin later', async () => {
  const offer = await m.offer()
  await m.capacity(offer, 2, '2026-01-01', '2026-06-30')
  await m.capacity(offer, 1, '2026-07-01')
  await m.placed({ offer, ...dates('2026-09-01') })
  const { id } = await m.submitted({ offer, ...dates('2026-02-01') })
  expect(await refusalOf(acceptReferral(seller, id))).toMatchObject({ facts: { date: '2026-09-01', capacity: 1 } })
  await m.placed({ offer, ...dates('2026-02-01', '2026-08-31') })
  await m.placed({ offer, ...dates('2026-02-01', '2026-06-30') })
})

test('on a day that no capacity covers there is no place, unless the offer counts none at all', async () => {
  const offer = await m.offer()
  await m.capacity(offer, 5, '2026-02-01', '2026-12-31')
  const refused = async (asked: object) =>
    refusalOf(acceptReferral(seller, (await m.submitted({ offer, ...asked })).id))
  expect(await refused(dates('2026-01-31'))).toMatchObject({ facts: { date: '2026-01-31', capacity: 0 } })
  expect(await refused(dates('2026-02-01'))).toMatchObject({ facts: { date: '2027-01-01', capacity: 0 } })
  await m.placed({ offer, ...dates('2026-02-01', '2026-12-31') })
  const hours = await m.offer({ unit: 'hour' })
  await m.placed({ offer: hours, resident_id: null, places: 1000, ...dates('2026-01-01') })
  await m.placed({ offer: hours, resident_id: null, places: 1000, ...dates('2026-01-01') })
})

test('the last place is given once, however many accept at the same moment', async () => {
  const offer = await m.offer({}, { places: 3 })
  const asked = []
  for (const code of ['REZ', 'LUD', 'DGV', 'REZ', 'LUD'] as const) asked.push(await m.submitted({ offer, buyer: code }))
  const answers = await Promise.allSettled(asked.map((referral) => acceptReferral(seller, referral.id)))
  expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(3)
  for (const answer of answers) {
    if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'no_place_free' })
  }
  const rows = await world.database.db.selectFrom('placement').select('id').where('offer_id', '=', offer).execute()
  expect(rows).toHaveLength(3)
})

test('one referral accepted twice at the same moment becomes one placement', async () => {
  const { id } = await m.submitted({ offer: open })
  const answers = await Promise.allSettled([acceptReferral(seller, id), acceptReferral(seller, id)])
  expect(answers.map((answer) => answer.status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(answers.find((answer) => answer.status === 'rejected')?.reason).toMatchObject({
    code: 'referral_already_answered',
  })
})

test('a placement accepted into a closed month leaves a trace from its first month, one in open months none', async () => {
  await m.closed('2026-01')
  const late = await m.placed({ offer: open, ...dates('2026-01-20') })
  const open_month = await m.placed({ offer: open, ...dates('2026-02-01') })
  expect([await m.traces(late.id), await m.traces(open_month.id)]).toEqual([['2026-01'], []])
  const seen = await transact(world.as('REZ', 'finance'), (tx) => getPlacement(tx, late.id))
  expect(seen.resident_token).toMatch(/^REZ-/)
})
