/**
 * The embedded database (PGlite in its thread, on disk, as the product starts it) closes a month of 20,000 deliveries while
 * somebody asks for a page: how long the close takes, how long the event loop stood still, and what the page took meanwhile
 * against the same page at rest.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { connectPglite, type Database } from '../src/db/connect.ts'
import { migrate } from '../src/db/migrate.ts'
import { closeRun } from '../src/settlement/run-commands.ts'
import { createWorld, type World } from '../test/support/world.ts'
import { ms, table } from './measure.ts'
import { forget, makeMonth, month } from './month.ts'

const deliveries = 20_000
/** A page with a list out of the database, by somebody who is signed in. */
const page = '/catalogue'

export async function benchEmbedded(options: { rounds: number }): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'vieta-bench-'))
  const database = await connectPglite({ directory })
  try {
    await migrate(database)
    const client = { query: (text: string) => database.script(text) }
    await makeMonth(client, deliveries / 2_100_000, 0, 2000)
    const world = await createWorld(database, `${month}-31`)
    const cookie = await world.cookie('DGV', 'finance')
    const ask = async () => {
      const start = performance.now()
      const answer = await world.app.request(page, { headers: { cookie } })
      await answer.text()
      if (answer.status !== 200) throw new Error(`${page} answers ${answer.status}`)
      return performance.now() - start
    }
    for (let warm = 0; warm < 20; warm++) await ask()
    console.log(`${await counted(database)}; page ${page}`)
    const rows: string[][] = []
    for (let round = 0; round < options.rounds; round++) {
      const rest = await asked(ask, (done) => done.length < 20)
      const close = await closing(world, ask)
      rows.push([
        String(round + 1),
        ms(close.took),
        ms(close.stood),
        ms(median(close.pages)),
        ms(Math.max(...close.pages)),
        ms(median(rest)),
        `${(median(close.pages) / median(rest)).toFixed(1)} ×`,
        String(close.pages.length),
      ])
      await forget(client)
    }
    const heads = [
      'round',
      'close ms',
      'event loop stood',
      'page meanwhile',
      'longest',
      'at rest',
      'meanwhile',
      'pages',
    ]
    console.log(table([heads, ...rows]))
  } finally {
    await database.close()
    await rm(directory, { recursive: true, force: true })
  }
}

async function counted({ db }: Database): Promise<string> {
  const count = async (name: 'delivery' | 'placement' | 'offer') =>
    (await db.selectFrom(name).select(db.fn.countAll<string>().as('all')).executeTakeFirstOrThrow()).all
  return `${await count('delivery')} deliveries, ${await count('placement')} placements, ${await count('offer')} offers`
}

/** Asks again and again, a little after each answer, as long as it is wanted. */
async function asked(ask: () => Promise<number>, more: (done: readonly number[]) => boolean): Promise<number[]> {
  const times: number[] = []
  while (more(times)) {
    times.push(await ask())
    await wait(20)
  }
  return times
}

async function closing(world: World, ask: () => Promise<number>) {
  let over = false
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const start = performance.now()
  const closed = closeRun(world.database, world.system(), { month, sellers: 'all' }).finally(() => {
    over = true
  })
  const pages = await asked(ask, () => !over)
  const { sellers } = await closed
  const took = performance.now() - start
  delay.disable()
  if (sellers.some(({ documents }) => documents === null)) throw new Error('a month was not closed')
  return { took, stood: delay.max / 1e6, pages }
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!
}
