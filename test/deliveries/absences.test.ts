import { expect, test } from 'vitest'
import { changeAbsence, recordAbsence, withdrawAbsence } from '../../src/deliveries/commands.ts'
import { Refusal } from '../../src/refusal.ts'
import { freshDatabase } from '../support/database.ts'
import { closedMonthIn, offerIn, placementIn } from '../support/stay.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const { db } = world.database
const lister = () => world.as('DGV', 'lister')
const offer = await offerIn(world, {
  unit: 'calendar_day',
  absence: { military_service: [{ from_day: 1, percent: '0' }] },
})
const hospital = (placement_id: string, valid_from: string, valid_to: string, kind = 'hospital') => ({
  placement_id,
  kind,
  valid_from,
  valid_to,
})

async function refusalOf(work: Promise<unknown>): Promise<Refusal> {
  const error = await work.then(
    () => null,
    (thrown) => thrown,
  )
  if (!(error instanceof Refusal)) throw new Error(`it must be refused, not ${error}`)
  return error
}
const tracesOf = (placement_id: string) =>
  db.selectFrom('rating_due').select('from_month').where('placement_id', '=', placement_id).execute()

test('an absence is recorded with both ends, in the future too, and audited for both parties', async () => {
  const placement = await placementIn(world, offer)
  const absence = await recordAbsence(lister(), hospital(placement, '2026-03-28', '2026-04-10'))
  expect(absence).toMatchObject({ kind: 'hospital', valid_from: '2026-03-28', valid_to: '2026-04-10', note: '' })
  const [event] = await db.selectFrom('audit_event').selectAll().where('subject_id', '=', absence.id).execute()
  expect(event).toMatchObject({
    action: 'recordAbsence',
    seller_id: world.organisation.DGV,
    buyer_id: world.organisation.REZ,
    after: { valid_from: '2026-03-28' },
  })
})

test('R6: two absences of one placement never share a day; the refusal names both periods', async () => {
  const placement = await placementIn(world, offer)
  const first = await recordAbsence(lister(), hospital(placement, '2026-03-10', '2026-03-15'))
  const refusal = await refusalOf(recordAbsence(lister(), hospital(placement, '2026-03-15', '2026-03-20', 'holiday')))
  expect([refusal.code, refusal.facts]).toEqual([
    'absences_overlap',
    {
      field: 'valid_from',
      from: '2026-03-15',
      to: '2026-03-20',
      other_from: '2026-03-10',
      other_to: '2026-03-15',
    },
  ])
  const next = await recordAbsence(lister(), hospital(placement, '2026-03-16', '2026-03-20', 'holiday'))
  const change = { kind: 'holiday', valid_from: '2026-03-14', valid_to: '2026-03-20' }
  expect((await refusalOf(changeAbsence(lister(), next.id, change))).code).toBe('absences_overlap')
  await withdrawAbsence(lister(), first.id)
  expect(await changeAbsence(lister(), next.id, change)).toMatchObject({ id: next.id, valid_from: '2026-03-14' })
})

test('of two overlapping absences recorded at the same moment one wins', async () => {
  const placement = await placementIn(world, offer)
  const answers = await Promise.allSettled([
    recordAbsence(lister(), hospital(placement, '2026-03-10', '2026-03-15')),
    recordAbsence(lister(), hospital(placement, '2026-03-12', '2026-03-20', 'holiday')),
  ])
  expect(answers.map((answer) => answer.status).sort()).toEqual(['fulfilled', 'rejected'])
  const refused = answers.find((answer) => answer.status === 'rejected')!
  expect((refused.reason as Refusal).code).toBe('absences_overlap')
})

test('R6: an absence may reach over either edge of the stay, for its days count from its true first date', async () => {
  const placement = await placementIn(world, offer, { valid_from: '2026-02-02', valid_to: '2026-03-20' })
  expect(await recordAbsence(lister(), hospital(placement, '2026-01-20', '2026-02-02'))).toMatchObject({
    valid_from: '2026-01-20',
  })
  expect(await recordAbsence(lister(), hospital(placement, '2026-03-20', '2026-04-05'))).toMatchObject({
    valid_to: '2026-04-05',
  })
})

test('an absence that shares no date with its placement is refused, before the stay and after it', async () => {
  const placement = await placementIn(world, offer, { valid_from: '2026-02-02', valid_to: '2026-03-20' })
  const early = await refusalOf(recordAbsence(lister(), hospital(placement, '2026-01-20', '2026-02-01')))
  expect([early.code, early.facts.field, early.facts.placement_from]).toEqual([
    'absence_outside_placement',
    'valid_to',
    '2026-02-02',
  ])
  const late = await refusalOf(recordAbsence(lister(), hospital(placement, '2026-03-21', '2026-03-22')))
  expect([late.code, late.facts.field]).toEqual(['absence_outside_placement', 'valid_from'])
  const { id } = await recordAbsence(lister(), hospital(placement, '2026-03-10', '2026-03-12'))
  const moved = { kind: 'hospital', valid_from: '2026-03-21', valid_to: '2026-03-22' }
  expect((await refusalOf(changeAbsence(lister(), id, moved))).code).toBe('absence_outside_placement')
})

test('kinds are the common ones and those that the offer’s own rules name', async () => {
  const placement = await placementIn(world, offer)
  await recordAbsence(lister(), hospital(placement, '2026-03-01', '2026-03-02', 'military_service'))
  const refusal = await refusalOf(
    recordAbsence(lister(), hospital(placement, '2026-03-05', '2026-03-06', 'space_flight')),
  )
  expect(refusal.fields).toEqual([{ path: 'kind', message: 'validation.choice' }])
})

test('only the seller’s lister records, changes and withdraws', async () => {
  const placement = await placementIn(world, offer)
  const absence = await recordAbsence(lister(), hospital(placement, '2026-03-01', '2026-03-02'))
  const change = { kind: 'other', valid_from: '2026-03-01', valid_to: '2026-03-03' }
  for (const code of ['REZ', 'LUD'] as const) {
    const ctx = world.as(code, 'lister')
    expect((await refusalOf(recordAbsence(ctx, hospital(placement, '2026-03-08', '2026-03-09')))).fields).toEqual([
      { path: 'placement_id', message: 'validation.not_known' },
    ])
    expect((await refusalOf(changeAbsence(ctx, absence.id, change))).code).toBe('not_found')
    expect((await refusalOf(withdrawAbsence(ctx, absence.id))).code).toBe('not_found')
  }
  for (const role of ['buyer', 'finance', 'coordinator', 'auditor', 'administrator'] as const) {
    const ctx = world.as('DGV', role)
    expect((await refusalOf(recordAbsence(ctx, hospital(placement, '2026-03-08', '2026-03-09')))).code).toBe(
      'not_permitted',
    )
    expect((await refusalOf(changeAbsence(ctx, absence.id, change))).code).toBe('not_permitted')
    expect((await refusalOf(withdrawAbsence(ctx, absence.id))).code).toBe('not_permitted')
  }
})

test('a withdrawn absence stays as a row, is withdrawn once, and is no longer changed', async () => {
  const placement = await placementIn(world, offer)
  const absence = await recordAbsence(lister(), hospital(placement, '2026-03-01', '2026-03-02'))
  const withdrawn = await withdrawAbsence(lister(), absence.id)
  expect(withdrawn.withdrawn_at).not.toBeNull()
  expect(await withdrawAbsence(lister(), absence.id)).toEqual(withdrawn)
  const change = { kind: 'other', valid_from: '2026-03-01', valid_to: '2026-03-03' }
  expect((await refusalOf(changeAbsence(lister(), absence.id, change))).code).toBe('not_found')
})

test('R16: an absence leaves a trace from its first day on, and a moved one from the earlier of both', async () => {
  const seller = { seller: 'LUD', buyer: 'DGV' } as const
  const lud = await offerIn(world, { seller: 'LUD', unit: 'calendar_day' })
  const placement = await placementIn(world, lud, seller)
  const moved = await placementIn(world, lud, seller)
  const ctx = world.as('LUD', 'lister')
  const before = await recordAbsence(ctx, hospital(moved, '2026-01-20', '2026-02-02'))
  for (const month of ['2026-01', '2026-02']) await closedMonthIn(world, month, 'LUD')
  await recordAbsence(ctx, hospital(placement, '2026-03-05', '2026-03-06'))
  expect(await tracesOf(placement)).toEqual([])
  const late = await recordAbsence(ctx, hospital(placement, '2026-02-27', '2026-03-01'))
  expect(await tracesOf(placement)).toEqual([{ from_month: '2026-02' }])
  await db.deleteFrom('rating_due').execute()
  await withdrawAbsence(ctx, late.id)
  expect(await tracesOf(placement)).toEqual([{ from_month: '2026-02' }])
  await changeAbsence(ctx, before.id, { kind: 'hospital', valid_from: '2026-03-08', valid_to: '2026-03-09' })
  expect(await tracesOf(moved)).toEqual([{ from_month: '2026-01' }])
})
