import { expect, test } from 'vitest'
import { carryOutMergers } from '../../src/mergers/commands.ts'
import { beginStory, close, deliver, merge, sums } from './story.ts'

const inMay = ['2026-05-12', '2026-05-19']
const inJune = ['2026-06-02', '2026-06-09']
const inJuly = ['2026-07-07', '2026-07-14']

test('merged or not, every month comes to the same between the same; no day is paid twice or left out', async () => {
  const story = await beginStory()
  const { world, REZ, LUD, DGV, AUS } = story
  const other = await beginStory()
  for (const each of [story, other]) {
    each.world.clock.set('2026-06-05')
    await deliver(each, each.stays.hours!, inMay)
    await close(each, '2026-05', [each.DGV, each.REZ, each.LUD])
  }
  await merge(story)
  for (const each of [story, other]) {
    each.world.clock.set('2026-06-20')
    await deliver(each, each.stays.hours!, inJune)
    each.world.clock.set('2026-07-01')
    await carryOutMergers(each.world.database.db, each.world.clock)
  }
  for (const each of [story, other]) {
    each.world.clock.set('2026-07-20')
    await deliver(each, each.stays.hours!, inJuly)
    each.world.clock.set('2026-08-04')
    await close(each, '2026-06', [each.DGV, each.REZ])
    await close(each, '2026-07', each === story ? [DGV, REZ, AUS] : [each.DGV, each.REZ])
  }
  const documents = await world.database.db
    .selectFrom('document')
    .select(['seller_id', 'buyer_id', 'close_month', 'number'])
    .execute()
  const [before, after] = [
    documents.filter((d) => d.close_month <= '2026-06'),
    documents.filter((d) => d.close_month > '2026-06'),
  ]
  expect(before.some((d) => d.seller_id === AUS || d.buyer_id === AUS)).toBe(false)
  expect(after.length).toBeGreaterThan(0)
  expect(after.filter((d) => [REZ, LUD].includes(d.seller_id) || [REZ, LUD].includes(d.buyer_id))).toEqual([])
  expect(await sums(story)).toEqual(await sums(other))
})
