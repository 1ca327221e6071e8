import { setTimeout as wait } from 'node:timers/promises'
import { expect, inject, test } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { transact } from '../../src/context.ts'
import { runIn } from '../../src/db/statement.ts'
import { readProjectFile } from '../../src/files.ts'
import { newId } from '../../src/ids.ts'
import { progressOf } from '../../src/settlement/close-run.ts'
import { readProgress, startClose } from '../../src/settlement/close-run-commands.ts'
import { beginRun, findRun } from '../../src/settlement/close-run-store.ts'
import { lockSellers } from '../../src/settlement/store.ts'
import { freshDatabase } from '../support/database.ts'
import { offerIn, placementIn } from '../support/stay.ts'
import { createWorld, testSecret } from '../support/world.ts'

const world = await createWorld(await freshDatabase(), '2026-03-31')
const { db } = world.database
const { DGV } = world.organisation
const finance = () => world.as('DGV', 'finance')
const offer = await offerIn(world, { unit: 'calendar_day' })
const price = { seller_id: DGV, id: newId(), offer_id: offer, valid_from: '2026-01-01', unit_price: '20.00' }
await db
  .insertInto('price')
  .values({ ...price, recorded_at: '2026-01-01T00:00:00Z' })
  .execute()
await placementIn(world, offer)
const onPostgres = inject('database').kind === 'postgres'
const app = buildApp({
  ...{ db, clock: world.clock, secret: testSecret, production: false, demo: true, loadAsset: readProjectFile },
  closesInBackground: true,
})
const row = (now: Date) => ({ seller_id: DGV, month: '2026-03' as const, started_by: null, now })
const noon = new Date('2026-03-31T12:00:00Z')
const later = (seconds: number) => new Date(noon.getTime() + seconds * 1000)
const state = async () => (await readProgress(finance(), '2026-03')).state

test('one run at a time; a program that fell silent is taken for ended, and the run begins again', async () => {
  const begin = (at: Date) => transact(finance(), (tx) => beginRun(tx, row(at)))
  expect(await state()).toBe('none')
  expect(await begin(noon)).toBe(true)
  expect(await begin(later(1))).toBe(false)
  expect(await state()).toBe('running')
  expect(await begin(later(60))).toBe(false)
  const run = await transact(finance(), (tx) => findRun(tx, DGV, '2026-03'))
  expect(progressOf('2026-03', run, false, later(60)).state).toBe('running')
  expect(progressOf('2026-03', run, false, later(61)).state).toBe('interrupted')
  expect(await begin(later(61))).toBe(true)
  await db.deleteFrom('close_run').execute()
})

test('another organisation neither sees nor touches a run', async () => {
  await transact(finance(), (tx) => beginRun(tx, row(noon)))
  expect((await readProgress(world.as('LUD', 'finance'), '2026-03')).state).toBe('none')
  await expect(transact(world.as('LUD', 'finance'), (tx) => beginRun(tx, row(later(600))))).rejects.toMatchObject({
    code: '42501',
  })
  await db.deleteFrom('close_run').execute()
})

test('where a program ends with its answer, the page is told once and asks again', async () => {
  const headers = { cookie: await world.cookie('DGV', 'finance'), accept: 'text/event-stream' }
  await transact(finance(), (tx) => beginRun(tx, row(noon)))
  const told = await (await world.app.request('/months/2026-03/progress', { headers })).text()
  expect(told).toBe('retry: 2000\ndata: {"done":0,"text":"Gaida savu kārtu"}\n\n')
  await db.deleteFrom('close_run').execute()
  const ended = await (await world.app.request('/months/2026-03/progress', { headers })).text()
  expect(ended).toBe('event: done\ndata: /months/2026-03/progress\n\n')
})

test('a refusal that comes soon is answered; what was begun stands as failed', async () => {
  world.clock.set('2026-03-30')
  await expect(startClose(finance(), '2026-03', 60_000)).rejects.toMatchObject({ code: 'month_not_over' })
  const answered = await world.request('DGV', 'finance', 'GET', '/api/v1/months/2026-03/progress')
  expect(await answered.json()).toMatchObject({ state: 'failed', failed: 'month_not_over' })
  const cookie = await world.cookie('DGV', 'finance')
  const page = await app.request('/months/2026-03/progress?lang=en', { headers: { cookie } })
  expect(await page.text()).toMatch('The month is not closed.')
  world.clock.set('2026-03-31')
})

test.skipIf(!onPostgres)(
  'a long close goes on after the answer; its page tells the steps and leads to the month',
  async () => {
    const locked = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    const holding = transact(finance(), async (tx) => {
      await runIn(tx, lockSellers, [[DGV]])
      locked.resolve()
      await release.promise
    })
    await locked.promise
    expect(await startClose(finance(), '2026-03', 50)).toBe('running')
    expect(await startClose(finance(), '2026-03', 50)).toBe('running')
    expect(await readProgress(finance(), '2026-03')).toMatchObject({
      state: 'running',
      step: 'waiting',
      done: 0,
      of: 5,
    })
    const cookie = await world.cookie('DGV', 'finance')
    const page = await app.request('/months/2026-03/progress', { headers: { cookie } })
    expect(page.headers.get('refresh')).toBe('5')
    expect(await page.text()).toMatch('data-progress="/months/2026-03/progress"')
    const stream = await app.request('/months/2026-03/progress', { headers: { cookie, accept: 'text/event-stream' } })
    expect(stream.headers.get('content-type')).toMatch('text/event-stream')
    setTimeout(() => release.resolve(), 300)
    const told = await stream.text()
    expect(told).toMatch(/data: \{"done":0,"text":"Gaida savu kārtu"\}/)
    expect(told).toMatch(/event: done\ndata: \/months\/2026-03\/progress/)
    await holding
    expect(await state()).toBe('closed')
    const after = await app.request('/months/2026-03/progress', { headers: { cookie } })
    expect(after.headers.get('location')).toBe('/months/2026-03?done=month_closed')
  },
)

test('a short close is answered with the closed month, with and without a life after the answer', async () => {
  const post = { headers: { cookie: await world.cookie('DGV', 'finance'), origin: 'http://localhost' }, method: 'POST' }
  for (const each of [app, world.app]) {
    const answer = await each.request('/months/2026-03/close', post)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/months/2026-03?done=month_closed'])
  }
  await wait(50)
  const runs = await db.selectFrom('close_run').select(['month', 'failed', 'done', 'step']).execute()
  expect(runs).toMatchObject([{ month: '2026-03', failed: null }])
  expect(await db.selectFrom('document').select('number').execute()).toEqual([{ number: 'DGV-2026-00001' }])
  const stream = await app.request('/months/2026-03/progress', {
    headers: { cookie: post.headers.cookie, accept: 'text/event-stream' },
  })
  expect(await stream.text()).toMatch('event: done')
})
