import { sql } from 'kysely'
import { expect, inject, test } from 'vitest'
import { carryOut, type Traced, transact } from '../../src/context.ts'
import type { Tx } from '../../src/db/connect.ts'
import { market, refusalOf } from '../placements/market.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase(), '2026-03-02')
const system = world.system()
const keep = (tx: Tx, key_hash: string) =>
  tx
    .insertInto('idempotency_key')
    .values({ key_hash, request_hash: '', created_at: system.clock.now().toISOString() })
    .execute()
const kept = async () => {
  const rows = await world.database.db.selectFrom('idempotency_key').select('key_hash').orderBy('key_hash').execute()
  return rows.map(({ key_hash }) => key_hash)
}
const give = (tx: Tx, errcode: string) =>
  sql`do ${sql.raw(`$$ begin raise exception using errcode = '${errcode}'; end $$`)}`.execute(tx)

test.skipIf(inject('database').kind === 'pglite')(
  'two acts that wait for each other are both carried out, each once: the one that the database ends is done again',
  async () => {
    const m = market(world)
    const [one, other] = [await m.offer(), await m.offer()]
    let arrived = 0
    let all = () => {}
    const both = new Promise<void>((resolve) => {
      all = resolve
    })
    const times: string[] = []
    const act = (name: string, first: string, second: string) =>
      transact(system, async (tx) => {
        await sql`set local deadlock_timeout = '20ms'`.execute(tx)
        const again = times.includes(name)
        times.push(name)
        await sql`select lock_offer(${world.organisation.DGV}, ${first})`.execute(tx)
        arrived += 1
        if (arrived === 2) all()
        if (!again) await both
        await sql`select lock_offer(${world.organisation.DGV}, ${second})`.execute(tx)
        await keep(tx, name)
      })
    await Promise.all([act('here', one, other), act('there', other, one)])
    expect(times).toHaveLength(3)
    expect(await kept()).toEqual(['here', 'there'])
    await world.database.db.deleteFrom('idempotency_key').execute()
  },
)

test('what the database ends for another’s sake is done again whole, its key and its rehearsal too', async () => {
  for (const errcode of ['40P01', '40001']) {
    let times = 0
    await keep(world.database.db as Tx, errcode)
    await carryOut({ ...system, idempotency: errcode }, async (tx) => {
      times += 1
      await keep(tx, `${errcode} row`)
      if (times < 3) await give(tx, errcode)
    })
    expect(times).toBe(3)
  }
  expect(await kept()).toEqual(['40001', '40001 row', '40P01', '40P01 row'])
  const traced: Traced[] = []
  let times = 0
  const end = async () => expect(traced).toHaveLength(1) as never
  await carryOut({ ...system, rehearsal: { traced, end } }, async (tx) => {
    times += 1
    traced.push({ seller_id: '', placement_id: '', from_month: '2026-01', earlier: 0 })
    if (times === 1) await give(tx, '40P01')
  })
})

test('who gives way every time is told so, and nothing is saved; another mistake is made once', async () => {
  const before = await kept()
  let times = 0
  const always = (errcode: string) =>
    transact(system, async (tx) => {
      times += 1
      await keep(tx, 'never')
      await give(tx, errcode)
    })
  expect(await refusalOf(always('40P01'))).toMatchObject({ code: 'records_busy' })
  expect([times, await kept()]).toEqual([5, before])
  await expect(always('23505')).rejects.toThrow()
  expect(times).toBe(6)
})
