import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { transact } from '../../src/context.ts'
import { enqueue, type Handler, type Message, mostAttempts, runOutbox, waitAfter } from '../../src/jobs/outbox.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'

const world = await createWorld(await freshDatabase())
const { database } = world
const { db } = database
const organisation_id = world.organisation.DGV

/** A clock that moves by seconds. */
let now = new Date('2026-03-31T12:00:00Z')
const clock = { now: () => now, today: () => '2026-03-31' }
const pass = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000)
}

beforeEach(async () => {
  await db.deleteFrom('outbox').execute()
})

const queue = (...keys: string[]) =>
  transact({ ...world.system(), clock }, (tx) =>
    enqueue(
      tx,
      { ...world.system(), clock },
      keys.map((key) => ({ organisation_id, kind: 'trial', key, payload: { key } })),
    ),
  )
const rows = () => db.selectFrom('outbox').selectAll().orderBy('key').execute()
const row = async () => (await rows())[0]!
const run = (handler: Handler) => runOutbox(db, clock, { trial: handler })
const sent = (): ReturnType<Handler> => Promise.resolve({ state: 'sent', answer: 'thank you' })

test('what is queued is sent once, and what came of it stands there', async () => {
  await queue('a')
  const seen: Message[] = []
  const handler: Handler = (message) => {
    seen.push(message)
    return sent()
  }
  expect(await run(handler)).toBe(1)
  expect(await run(handler)).toBe(0)
  expect(seen).toMatchObject([{ kind: 'trial', payload: { key: 'a' }, attempts: 1, organisation_id }])
  expect(await row()).toMatchObject({ state: 'sent', answer: 'thank you', next_attempt_at: null, lease: null })
})

test('the same thing is queued once, however often it is asked for', async () => {
  expect(await queue('a', 'b')).toBe(2)
  expect(await queue('a', 'b', 'c')).toBe(1)
  expect((await rows()).map(({ key }) => key)).toEqual(['a', 'b', 'c'])
})

test('what is queued in a transaction that fails is never sent', async () => {
  const ctx = { ...world.system(), clock }
  await expect(
    transact(ctx, async (tx) => {
      await enqueue(tx, ctx, [{ organisation_id, kind: 'trial', key: 'a', payload: {} }])
      throw new Error('the fact did not happen')
    }),
  ).rejects.toThrow('the fact did not happen')
  expect(await run(sent)).toBe(0)
})

test('a member queues for the own organisation alone', async () => {
  const ctx = world.as('REZ', 'finance')
  const leaving = { organisation_id, kind: 'trial', key: 'a', payload: {} }
  await expect(transact(ctx, (tx) => enqueue(tx, ctx, [leaving]))).rejects.toThrow(/row-level security/)
})

test('nobody but the program changes what became of a message', async () => {
  await queue('a')
  const ctx = world.as('DGV')
  await expect(transact(ctx, (tx) => tx.updateTable('outbox').set({ state: 'sent' }).execute())).rejects.toThrow(
    /permission denied/,
  )
})

test('what may pass is tried again, each time after a longer wait, and given up at last', async () => {
  await queue('a')
  const waits: number[] = []
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    expect(await run(async () => ({ state: 'retry', reason: 'busy', answer: `try ${attempt}` }))).toBe(1)
    expect(await run(sent)).toBe(0)
    const { next_attempt_at } = await row()
    if (next_attempt_at === null) break
    waits.push((new Date(next_attempt_at).getTime() - now.getTime()) / 1000)
    pass(waits.at(-1)! - 1)
    expect(await run(sent)).toBe(0)
    pass(1)
  }
  expect(waits).toEqual([60, 240, 960, 3840, 15360, 43200, 43200, 43200, 43200])
  expect(waits).toEqual(waits.map((_, index) => waitAfter(index + 1)))
  expect(await row()).toMatchObject({ state: 'given_up', attempts: 10, reason: 'busy', answer: 'try 10' })
  pass(1_000_000)
  expect(await run(sent)).toBe(0)
})

test('what is refused is not tried again', async () => {
  await queue('a')
  await run(async () => ({ state: 'refused', reason: 'refused', answer: '550 no such box' }))
  pass(1_000_000)
  expect(await run(sent)).toBe(0)
  expect(await row()).toMatchObject({ state: 'refused', reason: 'refused', answer: '550 no such box', attempts: 1 })
})

test('a handler that breaks holds up nobody, and its message is tried again', async () => {
  await queue('a', 'b')
  await run(async (message) => {
    if (message.key === 'a') throw new Error('a bug')
    return { state: 'sent' }
  })
  expect(await rows()).toMatchObject([
    { key: 'a', state: 'queued', reason: 'broke', answer: 'a bug', attempts: 1 },
    { key: 'b', state: 'sent' },
  ])
})

test('workers at the same time never hold the same message', async () => {
  await queue(...Array.from({ length: 120 }, (_, index) => `k${index}`))
  const count = new Map<string, number>()
  const handler: Handler = async ({ key }) => {
    count.set(key, (count.get(key) ?? 0) + 1)
    await new Promise((resolve) => setTimeout(resolve, 2))
    return { state: 'sent' }
  }
  const made = await Promise.all([run(handler), run(handler), run(handler)])
  expect(made.reduce((sum, each) => sum + each, 0)).toBe(120)
  expect([...count.values()].every((times) => times === 1)).toBe(true)
  expect(count.size).toBe(120)
})

test('a worker that dies between sending and writing it down loses nothing: the message is sent once more, with its id', async () => {
  await queue('a')
  const ids: string[] = []
  // The program ends while the other end has the message and we have not heard so.
  void run((message) => {
    ids.push(message.id)
    return new Promise(() => {})
  })
  await expect.poll(() => ids.length).toBe(1)
  const handler: Handler = (message) => {
    ids.push(message.id)
    return sent()
  }
  pass(60)
  expect(await run(handler)).toBe(0)
  pass(15 * 60)
  expect(await run(handler)).toBe(1)
  expect(await run(handler)).toBe(0)
  expect(ids).toEqual([ids[0], ids[0]])
  expect(await row()).toMatchObject({ state: 'sent', attempts: 2 })
})

test('a worker that comes back late does not write over what another found out', async () => {
  await queue('a')
  let late = (_: { state: 'refused' }) => {}
  const first = run(() => new Promise((resolve) => (late = resolve)))
  await expect.poll(async () => (await row()).lease).not.toBeNull()
  pass(16 * 60)
  expect(await run(sent)).toBe(1)
  late({ state: 'refused' })
  await first
  expect(await row()).toMatchObject({ state: 'sent', answer: 'thank you' })
})

test('one that was cut off each time is given up without a further attempt', async () => {
  await queue('a')
  await sql`update outbox set attempts = ${mostAttempts}`.execute(db)
  let asked = 0
  await run(() => {
    asked += 1
    return sent()
  })
  expect(asked).toBe(0)
  expect(await row()).toMatchObject({ state: 'given_up', reason: 'interrupted' })
})

test('a kind that nobody here handles waits for a program that does', async () => {
  await queue('a')
  expect(await runOutbox(db, clock, {})).toBe(0)
  expect(await row()).toMatchObject({ state: 'queued', attempts: 0 })
})
