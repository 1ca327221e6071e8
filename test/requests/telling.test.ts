import { expect, test } from 'vitest'
import { changePlacement, endPlacement, prolongPlacement } from '../../src/placements/commands.ts'
import { PaperInput } from '../../src/placements/paper.ts'
import { PlacementChange, Prolongation } from '../../src/placements/placement.ts'
import { reservePlace } from '../../src/placements/referral-answer-commands.ts'
import { recordPaper } from '../../src/placements/stay-rule-commands.ts'
import { tellEndings } from '../../src/placements/telling-commands.ts'
import { moveQueues } from '../../src/requests/queue-commands.ts'
import { market } from '../placements/market.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase(), '2026-03-02')
const m = market(world)
const [buyer, seller] = [world.as('REZ', 'buyer'), world.as('DGV', 'lister')]
const { REZ } = world.organisation
const offer = await m.offer()

async function told(kind: string, subject_id: string) {
  const rows = await world.database.db
    .selectFrom('notice')
    .select(['organisation_id', 'said'])
    .where('kind', '=', kind)
    .where('subject_id', '=', subject_id)
    .orderBy('id')
    .execute()
  return rows.map((row) => [row.organisation_id === REZ ? 'REZ' : 'DGV', (row.said as { date?: string }).date])
}
async function hour(today: string) {
  world.clock.set(today)
  await tellEndings(world.database.db, world.clock)
  await moveQueues(world.database.db, world.clock)
}

test('a kept place: its buyer is told a day before, its seller once it is free, each once', async () => {
  const { id } = await m.submitted({ offer, wanted_from: '2026-04-01' })
  await reservePlace(seller, id, { held_until: '2026-03-06T10:00:00.000Z', note: '' })
  await hour('2026-03-03')
  expect(await told('reservation_ends', id)).toEqual([])
  for (const day of ['2026-03-05', '2026-03-05', '2026-03-07', '2026-03-08']) await hour(day)
  expect(await told('reservation_ends', id)).toEqual([
    ['REZ', '2026-03-06'],
    ['DGV', '2026-03-06'],
  ])
  world.clock.set('2026-03-02')
})

test('a stay that ends soon is told to both once for each last date, a short one later, an ended one never', async () => {
  const long = await m.placed({ offer, wanted_from: '2026-01-01', wanted_to: '2026-03-31' })
  const short = await m.placed({ offer, wanted_from: '2026-03-01', wanted_to: '2026-03-11' })
  const ended = await m.placed({ offer, wanted_from: '2026-01-01', wanted_to: '2026-03-31' })
  await endPlacement(seller, ended.id, { valid_to: '2026-03-20', reason: 'moved', note: '' })
  for (const day of ['2026-03-01', '2026-03-02', '2026-03-05']) await hour(day)
  const both = (date: string) =>
    expect.arrayContaining([
      ['REZ', date],
      ['DGV', date],
    ])
  expect(await told('stay_ends_soon', long.id)).toEqual(both('2026-03-31'))
  expect(await told('stay_ends_soon', short.id)).toEqual([])
  await hour('2026-03-06')
  expect(await told('stay_ends_soon', short.id)).toEqual(both('2026-03-11'))
  await prolongPlacement(buyer, long.id, Prolongation.parse({ valid_to: '2026-05-31' }))
  for (const day of ['2026-04-30', '2026-05-01', '2026-05-02']) await hour(day)
  expect(await told('stay_ends_soon', long.id)).toHaveLength(4)
  expect(await told('stay_ends_soon', ended.id)).toEqual([])
  world.clock.set('2026-03-02')
})

test('a paper that ends before its stay is told of, unless the next one is there', async () => {
  const stay = await m.placed({ offer, wanted_from: '2026-01-01' })
  const paper = (kind: string, number: string, valid_to: string) =>
    recordPaper(
      seller,
      stay.id,
      PaperInput.parse({ kind, number, issued_by: 'Ģimenes ārsts', valid_from: '2026-01-01', valid_to }),
    )
  await paper('care_opinion', 'A-1', '2026-03-20')
  await paper('support_plan', 'B-1', '2026-03-25')
  await paper('support_plan', 'B-2', '2026-12-31')
  for (const day of ['2026-03-02', '2026-03-03']) await hour(day)
  expect(await told('paper_expires', stay.id)).toEqual(
    expect.arrayContaining([
      ['REZ', '2026-03-20'],
      ['DGV', '2026-03-20'],
    ]),
  )
  expect(await told('paper_expires', stay.id)).toHaveLength(2)
  world.clock.set('2026-03-02')
})

test('whoever changes, prolongs or ends a stay tells the other party, and nobody of its own', async () => {
  const stay = await m.placed({ offer, wanted_from: '2026-01-01', wanted_to: '2026-06-30' })
  expect(await told('stay_changed', stay.id)).toEqual([])
  await prolongPlacement(buyer, stay.id, Prolongation.parse({ valid_to: '2026-07-31' }))
  await changePlacement(seller, stay.id, PlacementChange.parse({ valid_from: '2026-01-02', valid_to: '2026-07-31' }))
  await endPlacement(buyer, stay.id, { valid_to: '2026-03-10', reason: 'moved', note: '' })
  expect((await told('stay_changed', stay.id)).map(([who]) => who)).toEqual(['DGV', 'REZ', 'DGV'])
  const own = await m.placed({ offer, buyer: 'DGV', wanted_from: '2026-01-01' })
  await endPlacement(seller, own.id, { valid_to: '2026-03-10', reason: 'moved', note: '' })
  expect(await told('stay_changed', own.id)).toEqual([])
})
