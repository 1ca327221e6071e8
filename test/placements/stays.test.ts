import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { json } from '../../src/db/json.ts'
import { changePlacement, prolongPlacement, submitReferral } from '../../src/placements/commands.ts'
import { MoveAcceptance, MoveInput } from '../../src/placements/move.ts'
import { acceptMove, declineMove, proposeMove, withdrawMove } from '../../src/placements/move-commands.ts'
import { chainOf } from '../../src/placements/move-store.ts'
import { PaperInput } from '../../src/placements/paper.ts'
import { PlacementChange, Prolongation } from '../../src/placements/placement.ts'
import { StayRuleInput } from '../../src/placements/stay-rule.ts'
import {
  recordPaper,
  setPaperSetting,
  setStayRule,
  setStayRuleOfKind,
  withdrawPaper,
} from '../../src/placements/stay-rule-commands.ts'
import { endingStays, papersOf, staysWithoutPapers } from '../../src/placements/stay-rule-store.ts'
import { getPlacement, getResident, stepsOf } from '../../src/placements/store.ts'
import { closeMonth, previewMonth } from '../../src/settlement/commands.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'
import { market, refusalOf } from './market.ts'

const world = await createWorld(await freshDatabase())
const m = market(world)
const buyer = world.as('REZ', 'buyer')
const seller = world.as('DGV', 'lister')
const rule = (input: object) => StayRuleInput.parse(input)
const until = (valid_to: string | null, more: object = {}) => Prolongation.parse({ valid_to, ...more })
const paper = (kind: string, valid_from: string, valid_to: string | null = null) =>
  PaperInput.parse({ kind, number: 'LV-12/345', issued_by: 'VDEĀK', valid_from, valid_to })
const accepting = (more: object = {}) => MoveAcceptance.parse(more)

test('a stay is no longer than its rule, unless a reason is given where the rule allows one', async () => {
  const offer = await m.offer()
  await setStayRule(seller, offer, rule({ longest_months: 3 }))
  const long = await refusalOf(m.draft({ offer, wanted_from: '2026-01-10', wanted_to: '2026-04-11' }))
  expect(long).toMatchObject({ code: 'stay_longer_needs_reason', facts: { months: 3, date: '2026-04-10' } })
  expect(await refusalOf(m.draft({ offer, wanted_from: '2026-01-10' }))).toMatchObject({
    code: 'stay_longer_needs_reason',
  })
  const stay = await m.placed({ offer, wanted_from: '2026-01-10', wanted_to: '2026-04-10', decision: 'SD-1' })
  expect(await refusalOf(prolongPlacement(buyer, stay.id, until('2026-05-10', { decision: 'SD-2' })))).toMatchObject({
    code: 'stay_longer_needs_reason',
  })
  const named = { decision: 'SD-2', decided_on: '2026-04-02', longer_reason: 'Nav vietas pastāvīgā aprūpē' }
  await prolongPlacement(buyer, stay.id, until('2026-05-10', named))
  await setStayRule(seller, offer, rule({ longest_months: 3, beyond: 'refused' }))
  expect(await refusalOf(prolongPlacement(buyer, stay.id, until('2026-06-10', named)))).toMatchObject({
    code: 'stay_too_long',
  })
  expect(await transact(buyer, (tx) => stepsOf(tx, stay))).toMatchObject([
    { kind: 'started', decision: 'SD-1', decided_on: null, valid_to: '2026-04-10' },
    { kind: 'prolonged', ...named, valid_to: '2026-05-10' },
  ])
})

test('a rule that came later is asked again when a draft is sent and when it is accepted', async () => {
  const offer = await m.offer()
  const draft = await m.draft({ offer, wanted_from: '2026-01-10', wanted_to: '2026-06-10' })
  await setStayRule(seller, offer, rule({ longest_months: 1, beyond: 'refused' }))
  expect(await refusalOf(submitReferral(buyer, draft.id))).toMatchObject({ code: 'stay_too_long' })
  await setStayRule(seller, offer, null)
  expect(await submitReferral(buyer, draft.id)).toMatchObject({ status: 'submitted' })
})

test("an offer without a rule of its own keeps its kind's, which a region's coordinator sets; nobody else's offer is set", async () => {
  const offer = await m.offer()
  await m.offer({ kind_code: 'shelter' })
  const shelter = await m.offer({ kind_code: 'shelter' })
  await setStayRuleOfKind(world.as('LPR', 'coordinator'), 'shelter', rule({ longest_months: 1, beyond: 'refused' }))
  expect(await refusalOf(m.draft({ offer: shelter, wanted_to: '2026-03-10' }))).toMatchObject({ code: 'stay_too_long' })
  await setStayRule(seller, shelter, rule({}))
  expect(await m.draft({ offer: shelter, wanted_to: '2026-03-10' })).toMatchObject({ status: 'draft' })
  expect(await refusalOf(setStayRuleOfKind(seller, 'shelter', rule({})))).toMatchObject({ code: 'not_permitted' })
  expect(await refusalOf(setStayRule(world.as('LUD', 'lister'), offer, rule({})))).toMatchObject({
    code: 'not_permitted',
  })
  expect(await refusalOf(setStayRule(seller, 'nothing', rule({})))).toMatchObject({ code: 'not_found' })
  expect(await refusalOf(setStayRuleOfKind(world.as('LPR', 'coordinator'), 'no-such-kind', rule({})))).toMatchObject({
    code: 'not_found',
  })
})

test('papers are the two social services’ alone; a day of service that none covers is found, warns or holds up the close', async () => {
  const world = await createWorld(await freshDatabase(), '2026-03-15')
  const m = market(world)
  const [buyer, seller, stranger] = [world.as('REZ', 'buyer'), world.as('DGV', 'lister'), world.as('LUD', 'buyer')]
  const finance = world.as('DGV', 'finance')
  const offer = await m.offer({ kind_code: 'child-care-service' })
  const stay = await m.placed({ offer, wanted_from: '2026-02-10', wanted_to: '2026-02-20', decision: 'SD-1' })
  const found = async () =>
    (await previewMonth(finance, '2026-02'))!.findings
      .filter(({ code }) => code.startsWith('papers'))
      .map(({ code, blocks, values }) => ({ code, blocks, ...values }))
  expect(await found()).toEqual([{ code: 'papers_expired', blocks: false, date: '2026-02-10', count: '10' }])
  const first = await recordPaper(buyer, stay.id, paper('care_opinion', '2025-01-01', '2026-02-14'))
  expect(await found()).toEqual([{ code: 'papers_expired', blocks: false, date: '2026-02-15', count: '5' }])
  await recordPaper(seller, stay.id, paper('doctor_referral', '2025-01-01'))
  expect(await found()).toHaveLength(1)
  const all = (ctx: typeof buyer) => transact(ctx, (tx) => papersOf(tx, stay))
  expect(await all(buyer)).toHaveLength(2)
  expect(await all(seller)).toHaveLength(2)
  expect(await all(stranger)).toEqual([])
  expect(await all(world.as('REZ', 'finance'))).toEqual([])
  expect(await all(world.as('LPR', 'coordinator'))).toEqual([])
  expect(await refusalOf(recordPaper(stranger, stay.id, paper('age', '2026-01-01')))).toMatchObject({
    code: 'not_found',
  })
  expect(await refusalOf(recordPaper(finance, stay.id, paper('age', '2026-01-01')))).toMatchObject({
    code: 'not_permitted',
  })
  expect(await refusalOf(withdrawPaper(stranger, first.id))).toMatchObject({ code: 'not_found' })
  await setPaperSetting(finance, { blocks: true })
  expect(await found()).toEqual([{ code: 'papers_required', blocks: true, date: '2026-02-15', count: '5' }])
  await closeMonth(finance, '2026-01').catch(() => null)
  expect(await refusalOf(closeMonth(finance, '2026-02'))).toMatchObject({ code: 'month_has_findings' })
  const plan = await recordPaper(buyer, stay.id, paper('support_plan', '2026-02-15'))
  expect(await found()).toEqual([])
  await withdrawPaper(buyer, plan.id)
  expect(await refusalOf(withdrawPaper(buyer, plan.id))).toMatchObject({ code: 'not_found' })
  expect(await found()).toHaveLength(1)
  await recordPaper(buyer, stay.id, paper('support_plan', '2026-02-15'))
  await closeMonth(finance, '2026-02')
  // The log says that a paper was noted and for how long, never its number or kind.
  expect(JSON.stringify(await m.audit(stay.id))).not.toContain('LV-12')
})

test('recorded units need papers on the recorded days only; both sides are told 30 days ahead', async () => {
  const world = await createWorld(await freshDatabase(), '2026-03-01')
  const m = market(world)
  const seller = world.as('DGV', 'lister')
  const hourly = await m.offer({ kind_code: 'assistant', unit: 'hour' })
  const stay = await m.placed({ offer: hourly, wanted_from: '2026-01-10' })
  const missing = (code: 'DGV' | 'REZ', from: string, to: string) =>
    transact(world.as(code, 'buyer', 'lister'), (tx) => staysWithoutPapers(tx, world.organisation[code], from, to))
  expect(await missing('DGV', '2026-02-01', '2026-02-28')).toEqual([])
  await m.delivery(stay, '2026-02-05')
  await m.delivery(stay, '2026-02-06', true)
  expect(await missing('DGV', '2026-02-01', '2026-02-28')).toMatchObject([
    { first_on: '2026-02-05', days: 1, side: 'seller' },
  ])
  const daily = await m.offer({ kind_code: 'child-care-service' })
  const day = await m.placed({ offer: daily, wanted_from: '2026-01-10' })
  await recordPaper(seller, day.id, paper('care_opinion', '2026-01-01', '2026-03-20'))
  for (const code of ['DGV', 'REZ'] as const) {
    expect(await missing(code, '2026-03-01', '2026-03-31')).toMatchObject([
      { placement_id: day.id, first_on: '2026-03-21', days: 11, side: code === 'DGV' ? 'seller' : 'buyer' },
    ])
  }
  expect(await missing('DGV', '2026-03-01', '2026-03-20')).toEqual([])
})

test('reserved places have no papers and change no payer', async () => {
  const offer = await m.offer()
  const stay = await m.placed({ offer, resident_id: null, places: 2, wanted_to: '2026-12-31' })
  expect(await refusalOf(recordPaper(buyer, stay.id, paper('age', '2026-01-01')))).toMatchObject({
    code: 'paper_of_nobody',
  })
  const move = MoveInput.parse({ kind: 'payer', to_buyer_id: world.organisation.LUD, moves_on: '2026-02-10' })
  expect(await refusalOf(proposeMove(buyer, stay.id, move))).toMatchObject({ code: 'payer_of_nobody' })
})

test('stays that end soon are listed, the next first, without those ended by somebody', async () => {
  const offer = await m.offer()
  const late = await m.placed({ offer, wanted_to: '2026-04-30' })
  const soon = await m.placed({ offer, wanted_to: '2026-04-02' })
  await m.placed({ offer, wanted_to: '2026-12-31' })
  const list = (days: number, after: string[] | null = null) =>
    transact(buyer, (tx) => endingStays(tx, world.organisation.REZ, '2026-03-31', days, { limit: 50, after }))
  const of = async (days: number) => (await list(days)).filter((row) => row.offer_id === offer).map((row) => row.id)
  expect(await of(10)).toEqual([soon.id])
  expect(await of(30)).toEqual([soon.id, late.id])
  expect((await list(30, ['2026-04-02', soon.id])).some((row) => row.id === soon.id)).toBe(false)
})

test('another payer: the old part ends, the new one begins, each pays its own days and sees its own part (by hand)', async () => {
  const world = await createWorld(await freshDatabase(), '2026-02-02')
  const m = market(world)
  const { db } = world.database
  const [buyer, seller, other] = [world.as('REZ', 'buyer'), world.as('DGV', 'lister'), world.as('LUD', 'buyer')]
  const offer = await m.offer({}, { places: 1 })
  const stay = await m.placed({
    offer,
    wanted_from: '2026-01-05',
    wanted_to: '2026-12-31',
    funding: [
      { source: 'pension', per_unit: '2.00', collected_by: 'seller' },
      { source: 'ESF', percent: '85', collected_by: 'buyer' },
    ] as never,
  })
  const move = MoveInput.parse({ kind: 'payer', to_buyer_id: world.organisation.LUD, moves_on: '2026-01-20' })
  expect(await refusalOf(proposeMove(other, stay.id, move))).toMatchObject({ code: 'not_found' })
  expect(
    await refusalOf(proposeMove(buyer, stay.id, { ...move, to_buyer_id: world.organisation.REZ } as never)),
  ).toMatchObject({ fields: ['to_buyer_id'] })
  expect(
    await refusalOf(proposeMove(buyer, stay.id, { ...move, to_buyer_id: world.organisation.LPR } as never)),
  ).toMatchObject({ fields: ['to_buyer_id'] })
  const proposed = await proposeMove(buyer, stay.id, move)
  expect(await refusalOf(proposeMove(seller, stay.id, move))).toMatchObject({ code: 'move_proposed_already' })
  expect(await refusalOf(acceptMove(buyer, proposed.id, accepting()))).toMatchObject({ code: 'not_permitted' })
  expect(await refusalOf(acceptMove(world.as('LUD', 'finance'), proposed.id, accepting()))).toMatchObject({
    code: 'not_permitted',
  })
  expect(await transact(other, (tx) => getResident(tx, stay.resident_id!))).toMatchObject({ family_name: 'Bērziņa' })
  const done = await acceptMove(other, proposed.id, accepting({ decision: 'LUD-7', authorised: { total: '300' } }))
  expect(done).toMatchObject({ status: 'accepted', answered_at: expect.any(String) })
  expect(await refusalOf(acceptMove(other, proposed.id, accepting()))).toMatchObject({ code: 'move_not_open' })
  const begun = await transact(other, (tx) => getPlacement(tx, done.new_placement_id!))
  expect(begun).toMatchObject({
    valid_from: '2026-01-20',
    valid_to: '2026-12-31',
    decision: 'LUD-7',
    follows_id: stay.id,
    authorised: { total: '300' },
    funding: [{ source: 'pension' }],
  })
  expect(begun.resident_token).toMatch(/^LUD-/)
  // Each payer sees its own part; the seller both.
  expect(await refusalOf(transact(other, (tx) => getPlacement(tx, stay.id)))).toMatchObject({ code: 'not_found' })
  expect(await refusalOf(transact(buyer, (tx) => getPlacement(tx, begun.id)))).toMatchObject({ code: 'not_found' })
  expect(await refusalOf(transact(other, (tx) => getResident(tx, stay.resident_id!)))).toMatchObject({
    code: 'not_found',
  })
  expect(await transact(seller, (tx) => getResident(tx, begun.resident_id!))).toMatchObject({ family_name: 'Bērziņa' })
  expect((await transact(seller, (tx) => chainOf(tx, begun))).map(({ id }) => id)).toEqual([stay.id, begun.id])
  expect((await transact(other, (tx) => chainOf(tx, begun))).map(({ id }) => id)).toEqual([begun.id])
  expect((await transact(buyer, (tx) => chainOf(tx, stay))).map(({ id }) => id)).toEqual([stay.id])
  expect(await transact(buyer, (tx) => getPlacement(tx, stay.id))).toMatchObject({
    valid_to: '2026-01-20',
    end_reason: 'payer',
  })
  // The one place is never counted twice on the day of the change.
  expect((await previewMonth(world.as('DGV', 'finance'), '2026-01'))!.findings.map(({ code }) => code)).not.toContain(
    'over_capacity',
  )
  await closeMonth(world.as('DGV', 'finance'), '2026-01')
  const documents = await db
    .selectFrom('document')
    .innerJoin('organisation as b', 'b.id', 'document.buyer_id')
    .select(['b.code', 'document.total'])
    .orderBy('b.code')
    .execute()
  // 5 to 19 January are 15 days, 20 to 31 are 12: 23.45 less 2.00 at the door for each.
  expect(documents).toEqual([
    { code: 'LUD', total: '257.40' },
    { code: 'REZ', total: '321.75' },
  ])
  // Neither part can be put right over the other.
  const as = (row: typeof begun, more: object) => {
    const { valid_from, valid_to, places, price_class, surcharges, authorised, funding } = row
    return PlacementChange.parse({
      valid_from,
      valid_to,
      places,
      price_class,
      surcharges,
      authorised,
      funding,
      ...more,
    })
  }
  expect(await refusalOf(changePlacement(other, begun.id, as(begun, { valid_from: '2026-01-19' })))).toMatchObject({
    code: 'day_of_other_stay',
  })
  const old = await transact(buyer, (tx) => getPlacement(tx, stay.id))
  expect(await refusalOf(changePlacement(buyer, stay.id, as(old, { valid_to: '2026-01-21' })))).toMatchObject({
    code: 'day_of_other_stay',
    facts: { date: '2026-01-20' },
  })
})

test('a change of payer in hindsight is settled by the next close: one is given back what the other pays', async () => {
  const world = await createWorld(await freshDatabase(), '2026-02-02')
  const m = market(world)
  const offer = await m.offer()
  const stay = await m.placed({ offer, wanted_from: '2026-01-05' })
  const finance = world.as('DGV', 'finance')
  await closeMonth(finance, '2026-01')
  const input = MoveInput.parse({ kind: 'payer', to_buyer_id: world.organisation.LUD, moves_on: '2026-01-20' })
  const { id } = await proposeMove(world.as('DGV', 'lister'), stay.id, input)
  await acceptMove(world.as('LUD', 'buyer'), id, accepting())
  world.clock.set('2026-03-02')
  await closeMonth(finance, '2026-02')
  const rows = await world.database.db
    .selectFrom('document')
    .innerJoin('organisation as b', 'b.id', 'document.buyer_id')
    .select(['b.code', 'document.type', 'document.close_month', 'document.total'])
    .orderBy('document.close_month')
    .orderBy('b.code')
    .execute()
  // 27 days first; then 12 of them go back; the other pays these 12 and the 28 of February.
  expect(rows).toEqual([
    { code: 'REZ', type: 'invoice', close_month: '2026-01', total: '633.15' },
    { code: 'LUD', type: 'invoice', close_month: '2026-02', total: '938.00' },
    { code: 'REZ', type: 'credit_note', close_month: '2026-02', total: '281.40' },
  ])
})

test('a move to another place pays the day of the move once, at the new place (by hand)', async () => {
  const world = await createWorld(await freshDatabase(), '2026-02-02')
  const m = market(world)
  const [buyer, seller] = [world.as('REZ', 'buyer'), world.as('DGV', 'lister')]
  const from = await m.offer()
  const charged = await m.offer({ departure_day_charged: true })
  const to = await m.offer(
    { surcharges: json({ escort: { per_unit: '1.50' } }) },
    { price: { unit_price: '30.00' }, places: 1 },
  )
  const stay = await m.placed({ offer: from, wanted_from: '2026-01-05', surcharges: ['single_room'], decision: 'SD-9' })
  const move = (to_offer_id: string, moves_on: string, more: object = {}) =>
    MoveInput.parse({ kind: 'place', to_offer_id, moves_on, ...more })
  expect(await refusalOf(proposeMove(buyer, stay.id, move(from, '2026-01-20')))).toMatchObject({
    fields: ['to_offer_id'],
  })
  expect(await refusalOf(proposeMove(buyer, stay.id, move(to, '2026-01-05')))).toMatchObject({
    code: 'move_not_after_start',
  })
  expect(
    await refusalOf(proposeMove(buyer, stay.id, move(to, '2026-01-20', { valid_to: '2026-01-19' }))),
  ).toMatchObject({ fields: ['valid_to'] })
  const { id } = await proposeMove(buyer, stay.id, move(to, '2026-01-20'))
  const { new_placement_id } = await acceptMove(seller, id, accepting())
  expect(await transact(buyer, (tx) => getPlacement(tx, new_placement_id!))).toMatchObject({
    surcharges: [],
    decision: 'SD-9',
    resident_token: stay.resident_token,
  })
  // The only place is taken: the next is refused, and nothing has happened to its stay.
  const second = await m.placed({ offer: charged, wanted_from: '2026-01-05' })
  const full = await proposeMove(buyer, second.id, move(to, '2026-01-21'))
  expect(await refusalOf(acceptMove(seller, full.id, accepting()))).toMatchObject({ code: 'no_place_free' })
  expect(await transact(buyer, (tx) => getPlacement(tx, second.id))).toMatchObject({ end_reason: null, valid_to: null })
  await declineMove(seller, full.id, { note: 'Vietas nav' })
  const again = await proposeMove(seller, second.id, move(from, '2026-01-21'))
  expect(await refusalOf(withdrawMove(buyer, again.id))).toMatchObject({ code: 'not_permitted' })
  await acceptMove(buyer, again.id, accepting())
  expect(await transact(buyer, (tx) => getPlacement(tx, second.id))).toMatchObject({ valid_to: '2026-01-20' })
  await closeMonth(world.as('DGV', 'finance'), '2026-01')
  const [invoice] = await world.database.db.selectFrom('document').select('total').execute()
  // 15 days at 23.45 and a third more (31.1885) are 467.83; 12 at 30.00 are 360.00; 16 and 11 days at 23.45 are 633.15.
  expect(invoice).toEqual({ total: '1460.98' })
})

test('to another seller only the payer leads, its seller says yes and then knows the person; places of one are moved at once', async () => {
  const world = await createWorld(await freshDatabase(), '2026-02-02')
  const m = market(world)
  const [buyer, seller, ludza] = [world.as('REZ', 'buyer'), world.as('DGV', 'lister'), world.as('LUD', 'lister')]
  const from = await m.offer()
  const to = await m.offer({ seller_id: world.organisation.LUD })
  const stay = await m.placed({ offer: from, wanted_from: '2026-01-05' })
  const move = MoveInput.parse({ kind: 'place', to_offer_id: to, moves_on: '2026-01-20' })
  expect(await refusalOf(proposeMove(seller, stay.id, move))).toMatchObject({ code: 'not_permitted' })
  const { id } = await proposeMove(buyer, stay.id, move)
  const { new_placement_id } = await acceptMove(ludza, id, accepting({ note: 'Gaidīsim' }))
  expect(await transact(ludza, (tx) => getPlacement(tx, new_placement_id!))).toMatchObject({ follows_id: stay.id })
  expect(await refusalOf(transact(ludza, (tx) => getPlacement(tx, stay.id)))).toMatchObject({ code: 'not_found' })
  expect(await transact(ludza, (tx) => getResident(tx, stay.resident_id!))).toMatchObject({ family_name: 'Bērziņa' })
  const own = await m.placed({ offer: from, buyer: 'DGV', wanted_from: '2026-01-05' })
  const elsewhere = await m.offer()
  const at = MoveInput.parse({ kind: 'place', to_offer_id: elsewhere, moves_on: '2026-01-20' })
  expect(await proposeMove(seller, own.id, at)).toMatchObject({ status: 'accepted' })
})
