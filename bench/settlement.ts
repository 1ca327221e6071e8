/**
 * The close of a made-up month against what is possible and what is usual, interleaved in one run. Times are of a machine that
 * others use too: compare inside one run only, and CPU rather than wall.
 */
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { type Context, fixedClock } from '../src/context.ts'
import { copyHeader, copyTrailer } from '../src/db/binary-writer.ts'
import { columnsOf } from '../src/db/bulk.ts'
import { connectPostgres, type Database } from '../src/db/connect.ts'
import { withBulk } from '../src/db/copy.ts'
import { migrate } from '../src/db/migrate.ts'
import { chargeTable } from '../src/invoicing/rows.ts'
import { settleSeller } from '../src/settlement/close.ts'
import { factsQuery, readCopied } from '../src/settlement/facts-store.ts'
import { closeRun } from '../src/settlement/run-commands.ts'
import { differences, settleInSql } from './in-sql.ts'
import { settleInLoop } from './loop.ts'
import { best, cpu, type Measured, measure, median, ms, table } from './measure.ts'
import { forget, makeMonth, month } from './month.ts'
import { settings, startServer } from './server.ts'

type Bench = {
  database: Database
  client: pg.Client
  cpu: () => number
  lines: Buffer[]
  memory: number
  statements: number
}
type Results = Map<string, Measured[]>

const sampleOfLoop = 300

export async function benchSettlement(options: { sizes: number[]; rounds: number; history: boolean }): Promise<void> {
  const server = await startServer()
  try {
    const database = withBulk(connectPostgres(server.url, 2), server.url)
    await migrate(database)
    const client = new pg.Client({ connectionString: server.url, options: '-c jit=off -c work_mem=256MB' })
    client.on('error', () => {})
    await client.connect()
    const bench: Bench = { database, client, cpu: server.cpu, lines: [], memory: 0, statements: 0 }
    console.log(
      `PostgreSQL ${(await client.query('show server_version')).rows[0].server_version}, ${JSON.stringify(settings)}`,
    )
    const growth: [size: number, deliveries: number, close: Measured[]][] = []
    for (const size of options.sizes) growth.push(await benchSize(bench, size, options.rounds))
    if (growth.length > 1) printGrowth(growth)
    if (options.history) await benchHistory(bench, options.sizes[0]!, options.rounds)
    await client.end()
    await database.close()
  } finally {
    await server.stop()
  }
}

async function benchSize(bench: Bench, size: number, rounds: number): Promise<[number, number, Measured[]]> {
  const { client } = bench
  await makeMonth(client, size)
  const { deliveries, placements } = (
    await client.query(
      `select (select count(*)::int from delivery) as deliveries, (select count(*)::int from placement) as placements`,
    )
  ).rows[0]
  console.log(`\n## ${deliveries} deliveries, ${placements} placements, 20000 offers, 43 sellers and buyers`)
  const results: Results = new Map()
  const keep = async (name: string, work: () => Promise<unknown>) => {
    const measured = await measure(bench.cpu, work)
    results.set(name, [...(results.get(name) ?? []), measured])
  }
  for (let round = 0; round < rounds; round++) {
    await forget(client)
    await keep('(c) our close, all rules, committed', () => close(bench))
    if (round === 0) await keepLines(bench)
    await changeSome(
      client,
      `select seller_id, id from placement where valid_to >= '${month}-31' and substr(md5(id::text), 1, 2) in ('00', '80', '7f') and random() < 0.86`,
    )
    await keep('(d) re-close, 1 % of placements changed', () => closeNext(bench))
    await again(client)
    await changeSome(
      client,
      `select seller_id, id from placement where (seller_id, buyer_id) = (select seller_id, buyer_id from placement order by id limit 1) and valid_to >= '${month}-31'`,
    )
    await keep('(d) re-close, one seller-buyer pair', () => closeNext(bench, 'changed'))
    await again(client)
    await changeSome(client, `select seller_id, id from placement where valid_to >= '${month}-31' order by id limit 1`)
    await keep('(d) re-close, one placement', () => closeNext(bench, 'changed'))
    await again(client)
    await forget(client)
    await keep('(a) floor: COPY facts out, lines in', () => floor(bench))
    await forget(client)
    await keep('(b) one set-based SQL statement, some rules', () => inSql(client))
    if (round === 0) await compare(client)
    await forget(client)
    await keep('(e) application loop, scaled', () => settleInLoop(bench.database.db, sampleOfLoop))
    await forget(client)
    await keep('    rating and documents in memory', () => inMemory(bench))
  }
  const factor = placements / sampleOfLoop
  const scaled = (all: Measured[]) =>
    all.map(({ wall, node, server }) => ({ wall: wall * factor, node: node * factor, server: server * factor }))
  results.set('(e) application loop, scaled', scaled(results.get('(e) application loop, scaled')!))
  printSize(results, bench, deliveries)
  return [size, deliveries, results.get('(c) our close, all rules, committed')!]
}

function contextOf(bench: Bench, today: string): Context {
  return { db: bench.database.db, clock: fixedClock(today), actor: { kind: 'system' } }
}

async function close(bench: Bench): Promise<void> {
  global.gc?.()
  const used = () => {
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  const before = used()
  let most = before
  const { statements } = await closeRun(
    bench.database,
    contextOf(bench, `${month}-31`),
    { month, sellers: 'all' },
    () => {
      most = Math.max(most, used())
    },
  )
  bench.memory = most - before
  bench.statements = statements ?? 0
}

async function keepLines(bench: Bench): Promise<void> {
  bench.lines = []
  for await (const piece of bench.client.query(
    copyTo(`copy (select ${columnsOf(chargeTable)} from charge) to stdout (format binary)`),
  )) {
    bench.lines.push(piece as Buffer)
  }
  // Ready lines are those between what every COPY begins and ends with.
  bench.lines[0] = bench.lines[0]!.subarray(copyHeader.length)
  bench.lines.push(bench.lines.pop()!.subarray(0, -copyTrailer.length))
  await bench.client.query('drop table if exists lines_of_close; create table lines_of_close as select * from charge')
}

/** One delivery or the last day fewer, recorded late, with the trace that the commands leave. */
async function changeSome(client: pg.Client, placements: string): Promise<void> {
  await client.query(`drop table if exists changed; create table changed as ${placements}`)
  await client.query(`update delivery d set withdrawn_at = now() from changed c
    where d.seller_id = c.seller_id and d.placement_id = c.id and d.delivered_on between '${month}-01' and '${month}-09'`)
  await client.query(`insert into rating_due select seller_id, id, '${month}', now() from changed`)
  await client.query('analyze rating_due')
}

async function closeNext(bench: Bench, whose: 'all' | 'changed' = 'all'): Promise<void> {
  const sellers: string[] | 'all' =
    whose === 'all'
      ? 'all'
      : (await bench.client.query('select distinct seller_id from changed')).rows.map((row) => row.seller_id)
  await closeRun(bench.database, contextOf(bench, '2026-04-30'), { month: '2026-04', sellers })
}

/** Back to before the re-close. */
async function again(client: pg.Client): Promise<void> {
  await client.query(`begin; set local session_replication_role = replica;
    delete from ledger_entry where booked_on = '2026-04-30'; delete from settling where booked_on = '2026-04-30';
    delete from charge where close_month = '2026-04'; delete from document where close_month = '2026-04';
    delete from rating_evidence where close_month = '2026-04'; delete from closed_offer where close_month = '2026-04';
    delete from funding_sum where close_month = '2026-04'; delete from withheld where close_month = '2026-04';
    delete from ledger_entry where booked_on > '2026-03-31'; delete from settling where booked_on > '2026-03-31';
    delete from outbox where queued_at > '2026-03-31T23:00:00Z'; delete from audit_event where at > '2026-03-31T23:00:00Z';
    delete from month_close where month = '2026-04'; update delivery set withdrawn_at = null where withdrawn_at is not null; commit`)
}

async function sellersOf(bench: Bench): Promise<string[]> {
  return (await bench.client.query('select distinct seller_id from offer order by 1')).rows.map((row) => row.seller_id)
}

/** The facts out and ready lines in, into the same table with the same indexes, committed: no work at all. */
async function floor(bench: Bench): Promise<void> {
  const ranges = `from delivery where delivered_on between '${month}-01' and '${month}-31' and withdrawn_at is null`
  await bench.database.bulk!.withCopy(async (copy) => {
    for await (const _ of copy.out(`select placement_id, delivered_on, kind, quantity ${ranges}`)) {
    }
    for await (const _ of copy.out(
      `select id, offer_id, buyer_id, places, valid_from, valid_to, price_class, surcharges, authorised_per_month, funding, resident_token
       from placement where valid_from <= '${month}-31' and coalesce(valid_to, 'infinity') >= '${month}-01'`,
    )) {
    }
    for await (const _ of copy.out(
      'select id, unit, absence, surcharges, no_show_percent, minimum_per_month, title from offer',
    )) {
    }
    for await (const _ of copy.out('select offer_id, id, valid_from, valid_to, unit_price, tiers from price')) {
    }
    const lines = copy.into(chargeTable)
    for (const piece of bench.lines) await lines.bytes(piece)
    await lines.end()
  })
}

async function inSql(client: pg.Client): Promise<void> {
  await client.query(settleInSql)
}

async function compare(client: pg.Client): Promise<void> {
  const { compared, different } = (await client.query(differences)).rows[0]
  console.log(
    `${compared} lines whose rules SQL knows: ${different === 0 ? 'the same to the cent' : `NO, ${different} differ`}`,
  )
}

/** The core alone: facts loaded before, rated and drawn up as documents. */
async function inMemory(bench: Bench): Promise<Measured> {
  const sellers = await sellersOf(bench)
  let pure: Measured = { wall: 0, node: 0, server: 0 }
  await bench.database.bulk!.withCopy(async (copy) => {
    for await (const { facts } of readCopied(copy.out(factsQuery(sellers, month)), sellers)) {
      const one = await measure(
        () => 0,
        async () => settleSeller(facts, month),
      )
      pure = { wall: pure.wall + one.wall, node: pure.node + one.node, server: 0 }
    }
  })
  console.log(`  rating and documents alone, one seller after the other: ${ms(pure.wall)} ms, CPU ${ms(pure.node)}`)
  return pure
}

function printSize(results: Results, bench: Bench, deliveries: number): void {
  const ours = results.get('(c) our close, all rules, committed')!
  const ratio = (all: Measured[], by: (one: Measured) => number) => (best(all, by) / best(ours, by)).toPrecision(3)
  const wall = (one: Measured) => one.wall
  console.log(
    table([
      ['', 'wall best', 'median', 'CPU best', 'median', 'node', 'server', 'x (c) wall', 'x (c) CPU'],
      ...[...results].map(([name, all]) => [
        name,
        ms(best(all, wall)),
        ms(median(all, wall)),
        ms(best(all, cpu)),
        ms(median(all, cpu)),
        ms(best(all, (one) => one.node)),
        ms(best(all, (one) => one.server)),
        ratio(all, wall),
        ratio(all, cpu),
      ]),
    ]),
  )
  console.log(
    `statements of the run: ${bench.statements}; memory at most ${ms(bench.memory / 1e6)} MB above the start, ${ms(bench.memory / deliveries)} bytes a delivery`,
  )
}

function printGrowth(growth: readonly [number, number, Measured[]][]): void {
  console.log('\n## growth of (c)')
  console.log(
    table([
      ['deliveries', 'wall best', 'CPU best', 'us of CPU a delivery'],
      ...growth.map(([, deliveries, all]) => [
        String(deliveries),
        ms(best(all, (one) => one.wall)),
        ms(best(all, cpu)),
        ((best(all, cpu) * 1000) / deliveries).toFixed(2),
      ]),
    ]),
  )
}

/** The same month with nothing before it, and with nine months of as many placements and deliveries before it. */
async function benchHistory(bench: Bench, size: number, rounds: number): Promise<void> {
  const found: Measured[][] = []
  for (const months of [0, 9]) {
    await makeMonth(bench.client, size, months)
    const measured: Measured[] = []
    for (let round = 0; round < rounds; round++) {
      await forget(bench.client)
      measured.push(await measure(bench.cpu, () => close(bench)))
    }
    found.push(measured)
  }
  const [none, ten] = found as [Measured[], Measured[]]
  console.log(
    `\n## ten times the history, size ${size}: CPU ${ms(best(none, cpu))} -> ${ms(best(ten, cpu))}, x ${(best(ten, cpu) / best(none, cpu)).toFixed(2)}; wall x ${(best(ten, (one) => one.wall) / best(none, (one) => one.wall)).toFixed(2)}`,
  )
}
