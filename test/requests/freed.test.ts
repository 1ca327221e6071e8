import { expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { json } from '../../src/db/json.ts'
import { recordAbsence } from '../../src/deliveries/commands.ts'
import { MoveInput } from '../../src/placements/move.ts'
import { proposeMove } from '../../src/placements/move-commands.ts'
import { QueueEntryInput } from '../../src/requests/queue.ts'
import { joinQueue } from '../../src/requests/queue-commands.ts'
import { getQueueEntry } from '../../src/requests/queue-store.ts'
import { market } from '../placements/market.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase(), '2026-03-02')
const m = market(world)
const REZ = world.as('REZ', 'buyer')

/** An offer with one place, taken by a stay of the seller's own resident, and somebody of Rēzekne who waits for it. */
async function waitedFor(facts: Parameters<typeof m.offer>[0] = {}, wanted_to: string | null = null) {
  const offer = await m.offer(facts, { places: 1 })
  const stay = await m.placed({ offer, buyer: 'DGV', wanted_from: '2026-01-10', wanted_to: null })
  const entry = { priority: 'other', applied_on: '2026-02-01', wanted_from: '2026-03-01', wanted_to }
  const waiting = await joinQueue(
    REZ,
    QueueEntryInput.parse({ ...entry, offer_id: offer, resident_id: (await m.resident('REZ')).id }),
  )
  const offered = async () =>
    (await transact(REZ, (tx) => getQueueEntry(tx, waiting.id, world.organisation.REZ, world.clock.today())))
      .offered_from
  expect(await offered()).toBeNull()
  return { offer, stay, offered }
}
const call = (method: string, path: string, body?: unknown) =>
  world.request('DGV', 'lister', method, `/api/v1${path}`, body)

test('more places go to who waits in the moment in which the seller says that there are more', async () => {
  const { offer, offered } = await waitedFor()
  const set = await call('POST', `/offers/${offer}/capacity`, { valid_from: '2026-03-10', places: 2 })
  expect(set.status).toBe(201)
  expect(await offered()).toBe('2026-03-10')
  const other = await waitedFor()
  const { items } = (await (await call('GET', `/offers/${other.offer}/capacity`)).json()) as { items: { id: string }[] }
  const more = { valid_from: '2025-01-01', valid_to: null, places: 2 }
  expect((await call('PUT', `/capacity/${items[0]!.id}`, more)).status).toBe(200)
  expect(await other.offered()).toBe('2026-03-02')
})

test('an offer that is not limited by places any more has one for everybody who waits', async () => {
  const { offer, offered } = await waitedFor()
  const { items } = (await (await call('GET', `/offers/${offer}/capacity`)).json()) as { items: { id: string }[] }
  expect((await call('DELETE', `/capacity/${items[0]!.id}`)).status).toBe(200)
  expect(await offered()).toBe('2026-03-02')
})

test('a stay that moves on leaves its place to who waits for it, from the day after its departure day', async () => {
  const { stay, offered } = await waitedFor()
  const to_offer_id = await m.offer({ title: 'Cita vieta' }, { places: 1 })
  await proposeMove(
    world.as('DGV', 'buyer', 'lister'),
    stay.id,
    MoveInput.parse({ kind: 'place', to_offer_id, moves_on: '2026-03-12' }),
  )
  expect(await offered()).toBe('2026-03-13')
})

test('a bed that an absence frees is offered when the absence is recorded, to who needs it no longer than it is free', async () => {
  const rules = { absence: json({ hospital: [{ days: null, percent: '0' }] }), frees_bed: json({ hospital: 3 }) }
  const away = { kind: 'hospital', valid_from: '2026-03-01', valid_to: '2026-03-30', note: '' } as const
  for (const [wanted_to, from] of [
    [null, null],
    ['2026-03-30', '2026-03-04'],
  ] as const) {
    const { stay, offered } = await waitedFor(rules, wanted_to)
    await recordAbsence(world.as('DGV', 'lister'), { placement_id: stay.id, ...away })
    expect(await offered()).toBe(from)
  }
})
