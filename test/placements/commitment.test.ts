import { expect, test } from 'vitest'
import { askApproval } from '../../src/placements/approval-commands.ts'
import { bookBlockPlaces } from '../../src/placements/block-commands.ts'
import {
  acceptReferral,
  changeReferral,
  endPlacement,
  prolongPlacement,
  submitReferral,
} from '../../src/placements/commands.ts'
import { ApprovalInput, BlockInput, limitPassed, SpendingLimit } from '../../src/placements/commitment.ts'
import {
  answerCommitment,
  askCommitment,
  budgetOf,
  setSpendingLimit,
  setYearBudget,
} from '../../src/placements/commitment-commands.ts'
import { MoveAcceptance, MoveInput } from '../../src/placements/move.ts'
import { acceptMove, proposeMove } from '../../src/placements/move-commands.ts'
import { Prolongation } from '../../src/placements/placement.ts'
import { ReferralInput } from '../../src/placements/referral.ts'
import { CounterOfferInput } from '../../src/placements/referral-answer.ts'
import { acceptCounterOffer, makeCounterOffer } from '../../src/placements/referral-answer-commands.ts'
import { QueueEntryInput } from '../../src/requests/queue.ts'
import { acceptQueuePlace, joinQueue } from '../../src/requests/queue-commands.ts'
import { closeMonth } from '../../src/settlement/commands.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'
import { market, refusalOf } from './market.ts'

const world = await createWorld(await freshDatabase(), '2026-02-02')
const m = market(world)
const buyer = world.as('REZ', 'buyer')
const finance = world.as('REZ', 'finance')
const offer = await m.offer()

test('the year of a buyer: what is invoiced, what running stays still come to, and both together (by hand)', async () => {
  await m.placed({ offer, wanted_from: '2026-01-10' })
  await m.placed({ offer, wanted_from: '2026-03-01', wanted_to: '2026-03-11' })
  await closeMonth(world.as('DGV', 'finance'), '2026-01')
  await setYearBudget(finance, 2026, { ceiling: '8000.00' })
  const budget = await budgetOf(finance, 2026)
  // January: 22 days at 23.45. Still: 334 days from 1 February to 31 December, and 10 days of March (the 11th is departure).
  expect(budget.rows).toMatchObject([
    {
      seller_name: 'Daugavpils valstspilsētas pašvaldība',
      invoiced: '515.90',
      committed: '8066.80',
      forecast: '8582.70',
      placements: 2,
    },
  ])
  expect(budget).toMatchObject({ ceiling: '8000.00', total: { forecast: '8582.70' } })
  expect((await budgetOf(finance, 2025)).rows).toEqual([])
  expect((await budgetOf(finance, 2027)).rows).toMatchObject([
    { invoiced: '0.00', committed: '8559.25', placements: 1 },
  ])
  expect((await budgetOf(world.as('LUD', 'finance'), 2026)).rows).toEqual([])
  expect(await refusalOf(budgetOf(world.as('REZ', 'lister'), 2026))).toMatchObject({ code: 'not_permitted' })
})

test('what costs more than the limit goes out only when a second person has said yes to that much', async () => {
  await setSpendingLimit(finance, { per_month: '700.00', in_all: '1000.00' })
  const cheap = await m.draft({ offer, wanted_from: '2026-04-01', wanted_to: '2026-04-21' })
  expect(await submitReferral(buyer, cheap.id)).toMatchObject({ status: 'submitted' })
  const draft = await m.draft({ offer, wanted_from: '2026-04-01', wanted_to: '2026-04-30' })
  // 29 days at 23.45 are 680.05; with two places 1360.10.
  expect(await submitReferral(buyer, draft.id)).toMatchObject({ status: 'submitted' })
  const dear = await m.draft({
    offer,
    wanted_from: '2026-04-01',
    wanted_to: '2026-04-30',
    resident_id: null,
    places: 2,
  })
  const needed = { code: 'commitment_needs_approval', facts: { amount: '1360.10', limit: '700.00' } }
  expect(await refusalOf(submitReferral(buyer, dear.id))).toMatchObject(needed)
  const asked = await askCommitment(buyer, dear.id)
  expect(asked).toMatchObject({ per_month: '1360.10', in_all: '1360.10', status: 'asked' })
  expect(await refusalOf(askCommitment(buyer, dear.id))).toMatchObject({ code: 'commitment_asked' })
  expect(await refusalOf(answerCommitment(buyer, asked.id, 'approved', ''))).toMatchObject({ code: 'not_permitted' })
  const stranger = world.as('LUD', 'finance')
  expect(await refusalOf(answerCommitment(stranger, asked.id, 'approved', ''))).toMatchObject({ code: 'not_found' })
  // The same person in both roles is still one person.
  const both = world.as('REZ', 'buyer', 'finance')
  expect(await refusalOf(answerCommitment(both, asked.id, 'approved', ''))).toMatchObject({
    code: 'approval_by_second_person',
  })
  await answerCommitment(finance, asked.id, 'declined', 'Par dārgu')
  expect(await refusalOf(submitReferral(buyer, dear.id))).toMatchObject(needed)
  const again = await askCommitment(buyer, dear.id)
  await answerCommitment(finance, again.id, 'approved', '')
  expect(await refusalOf(answerCommitment(finance, again.id, 'declined', ''))).toMatchObject({
    code: 'commitment_answered',
  })
  // Dearer than what was approved is asked again.
  const terms = { offer_id: offer, resident_id: null, wanted_from: '2026-04-01', wanted_to: '2026-04-30' }
  await changeReferral(buyer, dear.id, ReferralInput.parse({ ...terms, places: 3 }))
  expect(await refusalOf(submitReferral(buyer, dear.id))).toMatchObject({ code: 'commitment_needs_approval' })
  await changeReferral(buyer, dear.id, ReferralInput.parse({ ...terms, places: 2 }))
  expect(await submitReferral(buyer, dear.id)).toMatchObject({ status: 'submitted' })
  await setSpendingLimit(finance, { per_month: null, in_all: null })
})

test('a block of places needs an agreement and runs by days; it is charged whether used or not (R4)', async () => {
  const block = (more: object = {}) =>
    BlockInput.parse({ offer_id: offer, places: 2, valid_from: '2026-02-01', valid_to: '2026-02-11', ...more })
  expect(await refusalOf(bookBlockPlaces(buyer, block()))).toMatchObject({ code: 'agreement_not_in_force' })
  const hourly = await m.offer({ unit: 'hour' })
  expect(await refusalOf(bookBlockPlaces(buyer, block({ offer_id: hourly })))).toMatchObject({
    code: 'block_needs_calendar_unit',
  })
  const { DGV, REZ } = world.organisation
  const signed = {
    seller_signed_on: '2026-01-01',
    seller_signer: 'A',
    buyer_signed_on: '2026-01-01',
    buyer_signer: 'B',
  }
  await world.database.db
    .insertInto('agreement')
    .values({
      ...{
        seller_id: DGV,
        id: crypto.randomUUID(),
        buyer_id: REZ,
        drafted_by_id: DGV,
        number: 'V-1',
        status: 'signed',
      },
      ...{ valid_from: '2026-01-01', confirmation: 'silence_confirms', answer_days: 5, pay_days: 30, ...signed },
      ...{ proposed_at: '2026-01-01', created_at: '2026-01-01', changed_at: '2026-01-01', year_ceiling: '9000.00' },
    })
    .execute()
  const referral = await bookBlockPlaces(buyer, block())
  expect(referral).toMatchObject({ status: 'submitted', resident_id: null, places: 2 })
  await acceptReferral(world.as('DGV', 'lister'), referral.id)
  world.clock.set('2026-03-02')
  await closeMonth(world.as('DGV', 'finance'), '2026-02')
  const [invoice] = await world.database.db
    .selectFrom('document')
    .select('total')
    .where('close_month', '=', '2026-02')
    .execute()
  // 28 days of the open stay are 656.60; 10 days of two places are 469.00.
  expect(invoice).toEqual({ total: '1125.60' })
  expect((await budgetOf(finance, 2026)).rows).toMatchObject([{ agreement_number: 'V-1', ceiling: '9000.00' }])
})

test('a limit is passed only by more than it, and each of the two by itself', () => {
  const cost = (per_month: string, in_all: string) => ({ per_month, in_all }) as Parameters<typeof limitPassed>[1]
  const limits = { per_month: '100.00', in_all: null }
  expect(limitPassed(limits, cost('100.00', '900.00'))).toBeNull()
  expect(limitPassed(limits, cost('100.01', '900.00'))).toMatchObject({ of: 'per_month', amount: '100.01' })
  expect(limitPassed({ per_month: null, in_all: '10.00' }, cost('1.00', '10.01'))).toMatchObject({ of: 'in_all' })
  const wrong = (input: unknown) => SpendingLimit.safeParse(input).error?.issues.map((issue) => issue.path.join('.'))
  expect(wrong({ per_month: '-1' })).toEqual(['per_month'])
  expect(wrong({ per_month: 5 })).toEqual(['per_month'])
  expect(wrong({ in_all: '1.001' })).toEqual(['in_all'])
})

test('every commitment is checked: a longer stay, another place, a proposal, a new payer, a place of the line', async () => {
  const needed = { code: 'commitment_needs_approval' }
  world.clock.set('2026-02-02')
  const approve = async (asked: { id: string }) => answerCommitment(finance, asked.id, 'approved', '')
  const stay = await m.placed({ offer, wanted_from: '2026-01-10', wanted_to: '2026-02-10' })
  const dearOffer = await m.offer({ title: 'Dārgā vieta' }, { price: { unit_price: '90.00' }, places: 1 })
  await setSpendingLimit(finance, { per_month: '800.00', in_all: '1000.00' })

  // 10 February, a departure day until now, to the 20th are 10 days; to 10 May 89 days at 23.45 are 2087.05.
  const longer = (valid_to: string) => Prolongation.parse({ valid_to })
  const other = { code: 'payer_decides', facts: {} }
  expect(await refusalOf(prolongPlacement(world.as('DGV', 'lister'), stay.id, longer('2026-05-10')))).toMatchObject(
    other,
  )
  expect(await refusalOf(prolongPlacement(buyer, stay.id, longer('2026-05-10')))).toMatchObject(needed)
  const prolongation = { of: 'prolongation', placement_id: stay.id, valid_to: '2026-05-10' } as const
  const asked = await askApproval(buyer, prolongation)
  expect(asked).toMatchObject({ in_all: '2087.05', placement_id: stay.id, wanted_from: '2026-02-10' })
  expect(await refusalOf(askApproval(buyer, prolongation))).toMatchObject({ code: 'commitment_asked' })
  await approve(asked)
  world.clock.set('2026-02-03')
  await prolongPlacement(buyer, stay.id, longer('2026-05-10'))
  expect(await prolongPlacement(world.as('DGV', 'lister'), stay.id, longer('2026-05-20'))).toMatchObject({
    valid_to: '2026-05-20',
  })
  // what was agreed to was the stay as it stood then
  expect(await refusalOf(prolongPlacement(buyer, stay.id, longer('2026-08-10')))).toMatchObject(needed)

  const place = { kind: 'place', to_offer_id: dearOffer, moves_on: '2026-02-15' } as const
  expect(await refusalOf(proposeMove(buyer, stay.id, MoveInput.parse(place)))).toMatchObject(needed)
  const { kind: _, ...elsewhere } = place
  await approve(await askApproval(buyer, { of: 'other_place', placement_id: stay.id, ...elsewhere }))
  const moved = await proposeMove(buyer, stay.id, MoveInput.parse(place))
  expect(await acceptMove(world.as('DGV', 'lister'), moved.id, MoveAcceptance.parse({}))).toMatchObject({
    status: 'accepted',
  })

  const cheap = await m.submitted({ offer, wanted_from: '2026-04-01', wanted_to: '2026-04-20' })
  const counter = await makeCounterOffer(
    world.as('DGV', 'lister'),
    cheap.id,
    CounterOfferInput.parse({ wanted_from: '2026-04-01', wanted_to: '2026-06-30' }),
  )
  const answer = { counter_offer_id: counter.id, note: '' }
  expect(await refusalOf(acceptCounterOffer(buyer, cheap.id, answer))).toMatchObject(needed)
  await approve(await askCommitment(buyer, cheap.id))
  expect(await acceptCounterOffer(buyer, cheap.id, answer)).toMatchObject({ valid_to: '2026-06-30' })

  const theirs = await m.placed({ offer, buyer: 'LUD', wanted_from: '2026-01-10' })
  const move = await proposeMove(
    world.as('LUD', 'buyer'),
    theirs.id,
    MoveInput.parse({ kind: 'payer', to_buyer_id: world.organisation.REZ, moves_on: '2026-02-15' }),
  )
  const yes = MoveAcceptance.parse({})
  expect(await refusalOf(acceptMove(buyer, move.id, yes))).toMatchObject(needed)
  const ofMove = ApprovalInput.parse({ of: 'move', move_id: move.id, authorised: {}, funding: [] })
  expect(await refusalOf(askApproval(world.as('LUD', 'buyer'), ofMove))).toMatchObject({ code: 'not_found' })
  await approve(await askApproval(buyer, ofMove))
  expect(await acceptMove(buyer, move.id, yes)).toMatchObject({ status: 'accepted' })

  const full = await m.offer({}, { places: 1 })
  const first = await m.placed({ offer: full, buyer: 'LUD', wanted_from: '2026-01-10' })
  const { id: resident_id } = await m.resident()
  const entry = await joinQueue(
    buyer,
    QueueEntryInput.parse({
      ...{ offer_id: full, resident_id, priority: 'other', applied_on: '2026-02-01', wanted_from: '2026-02-01' },
    }),
  )
  await endPlacement(world.as('DGV', 'lister'), first.id, { valid_to: '2026-02-05', reason: 'moved', note: '' })
  expect(await refusalOf(acceptQueuePlace(buyer, entry.id, { note: '' }))).toMatchObject(needed)
  await approve(await askApproval(buyer, { of: 'queue_place', queue_entry_id: entry.id }))
  expect(await acceptQueuePlace(buyer, entry.id, { note: '' })).toMatchObject({ valid_from: '2026-02-06' })
  expect(await refusalOf(askApproval(buyer, { of: 'queue_place', queue_entry_id: entry.id }))).toMatchObject({
    code: 'queue_entry_ended',
  })
  for (const wrong of [{ of: 'luck' }, { of: 'prolongation', placement_id: stay.id }, { of: 'move', move_id: 'x' }]) {
    expect(ApprovalInput.safeParse(wrong).success).toBe(false)
  }
  await setSpendingLimit(finance, { per_month: null, in_all: null })
})
