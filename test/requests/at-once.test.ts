import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { acceptReferral, declineReferral, endPlacement } from '../../src/placements/commands.ts'
import { releaseReservation, reservePlace } from '../../src/placements/referral-answer-commands.ts'
import { Refusal } from '../../src/refusal.ts'
import { QueueEntryInput } from '../../src/requests/queue.ts'
import { acceptQueuePlace, joinQueue, moveQueues } from '../../src/requests/queue-commands.ts'
import { listQueue } from '../../src/requests/queue-store.ts'
import { market } from '../placements/market.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase(), '2026-03-02')
const m = market(world)
const seller = world.as('DGV', 'lister')
const buyer = world.as('REZ', 'buyer')
const { db } = world.database

/** Days on which more is taken than there is, counted from the rows alone: stays, and what is kept and not past its hour. */
async function overbooked(offer: string, now: string): Promise<string[]> {
  const stays = await db
    .selectFrom('placement')
    .select(['valid_from', 'valid_to'])
    .where('offer_id', '=', offer)
    .execute()
  const kept = await db
    .selectFrom('reservation')
    .select(['valid_from', 'valid_to'])
    .where('offer_id', '=', offer)
    .where('status', '=', 'held')
    .where('held_until', '>', now)
    .execute()
  const capacity = await db
    .selectFrom('capacity')
    .select('places')
    .where('offer_id', '=', offer)
    .executeTakeFirstOrThrow()
  const days = Array.from({ length: 31 }, (_, day) => `2026-04-${String(day + 1).padStart(2, '0')}`)
  const has = (day: string) =>
    [...stays, ...kept].filter((row) => row.valid_from <= day && (row.valid_to ?? '9') >= day)
  return days.filter((day) => has(day).length > capacity.places)
}

/** What the rules refuse is no fault; anything else is. */
async function tried(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
  }
}

test('whatever runs at once, never more is accepted and kept than there are places on any day', async () => {
  let seed = 11
  const random = (n: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed % n
  }
  for (let round = 0; round < 3; round += 1) {
    const offer = await m.offer({}, { places: 2 })
    const referrals: string[] = []
    for (let n = 0; n < 8; n += 1) {
      const from = 1 + random(10)
      const wanted_from = `2026-04-${String(from).padStart(2, '0')}`
      const wanted_to = `2026-04-${String(from + 5 + random(10)).padStart(2, '0')}`
      referrals.push((await m.submitted({ offer, wanted_from, wanted_to })).id)
    }
    for (let n = 0; n < 3; n += 1) {
      const entry = {
        offer_id: offer,
        resident_id: (await m.resident()).id,
        priority: 'other',
        applied_on: '2026-02-01',
      }
      await joinQueue(buyer, QueueEntryInput.parse({ ...entry, wanted_from: '2026-04-01', wanted_to: '2026-04-28' }))
    }
    const act = async (id: string) => {
      const which = random(5)
      const until = { held_until: '2026-03-05T12:00:00Z', note: '' }
      if (which < 2) return acceptReferral(seller, id)
      if (which === 2) return reservePlace(seller, id, until)
      if (which === 3) return releaseReservation(seller, id)
      return declineReferral(seller, id, { reason: 'no_place', note: '' })
    }
    for (let wave = 0; wave < 4; wave += 1) {
      const acts = referrals.map((id) => tried(act(id)))
      acts.push(tried(moveQueues(db, world.clock)))
      const waiting = await transact(buyer, (tx) =>
        listQueue(
          tx,
          { organisation_id: world.organisation.REZ, offer_id: offer, waiting: true, today: '2026-03-02' },
          9,
        ),
      )
      acts.push(...waiting.map((row) => tried(acceptQueuePlace(buyer, row.id, { note: '' }))))
      await Promise.all(acts)
      expect(await overbooked(offer, '2026-03-02T12:00:00Z')).toEqual([])
      const stay = await db
        .selectFrom('placement')
        .select(['id', 'valid_from'])
        .where('offer_id', '=', offer)
        .executeTakeFirst()
      if (stay !== undefined) {
        await tried(endPlacement(seller, stay.id, { valid_to: stay.valid_from, reason: 'moved', note: '' }))
      }
      expect(await overbooked(offer, '2026-03-02T12:00:00Z')).toEqual([])
    }
  }
}, 120_000)
