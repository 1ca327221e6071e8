/**
 * The catalogue over HTTP: requests a second and the slowest hundredth, against the same bytes answered by Hono without doing
 * anything. Interleaved in one run; sixteen connections from a thread of its own, which shares the processors with the program and
 * with PostgreSQL.
 */
import type { AddressInfo } from 'node:net'
import { Worker } from 'node:worker_threads'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { connectPostgres } from '../src/db/connect.ts'
import { createWorld } from '../test/support/world.ts'
import { today } from './marketplace-data.ts'
import { ms, table } from './measure.ts'

const connections = 16
const seconds = 3
const rounds = 3

/** Asks again and again on every connection; answers how many were answered and how long each took. */
const asking = `
const { parentPort } = require('node:worker_threads')
const { Agent, get } = require('node:http')
parentPort.on('message', async ({ url, headers, connections, seconds }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const times = []
  const until = performance.now() + seconds * 1000
  const ask = () => new Promise((resolve, reject) => {
    const start = performance.now()
    get(url, { agent, headers }, (answer) => {
      answer.resume()
      answer.on('end', () => {
        if (answer.statusCode !== 200) return reject(new Error(url + ' answers ' + answer.statusCode))
        times.push(performance.now() - start)
        resolve()
      })
    }).on('error', reject)
  })
  await Promise.all(Array.from({ length: connections }, async () => { while (performance.now() < until) await ask() }))
  agent.destroy()
  parentPort.postMessage(times)
})`

type Asked = { name: string; url: string; headers: Record<string, string> }

/** @param url of a database with a market in it */
export async function benchHttp(url: string): Promise<void> {
  const database = connectPostgres(url, 10)
  const world = await createWorld(database, today)
  const { db } = database
  await db.updateTable('organisation').set({ locality: 'Ludza' }).where('code', '=', 'LUD').execute()
  const token = { authorization: `Bearer ${await world.token('LUD', 'buyer')}` }
  const program = serve({ fetch: world.app.fetch, port: 0 })
  const search = '/api/v1/offers?limit=20'
  const body = await (await world.app.request(search, { headers: token })).text()
  const still = new Hono().get('/api/v1/offers', (c) => c.body(body, 200, { 'content-type': 'application/json' }))
  const nothing = serve({ fetch: still.fetch, port: 0 })
  const at = (server: ReturnType<typeof serve>, path: string) =>
    `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
  const asked: Asked[] = [
    {
      name: `Hono without doing anything (${Math.round(body.length / 1000)} KB)`,
      url: at(nothing, search),
      headers: token,
    },
    { name: 'search endpoint, 20 offers and counts', url: at(program, search), headers: token },
    { name: 'search endpoint, one kind', url: at(program, `${search}&kind_code=group-home`), headers: token },
    { name: 'search endpoint, two words', url: at(program, `${search}&q=dienas+centrs`), headers: token },
    { name: 'the catalogue’s page, a stranger', url: at(program, '/catalogue'), headers: {} },
  ]
  const worker = new Worker(asking, { eval: true })
  const ask = ({ url, headers }: Asked, seconds: number) =>
    new Promise<number[]>((resolve) => {
      worker.once('message', resolve)
      worker.postMessage({ url, headers, connections, seconds })
    })
  const found = new Map<string, { perSecond: number; p99: number }[]>()
  for (const one of asked) await ask(one, 1) // warm
  for (let round = 0; round < rounds; round++)
    for (const one of asked) {
      const times = (await ask(one, seconds)).sort((a, b) => a - b)
      const measured = { perSecond: times.length / seconds, p99: times[Math.floor(times.length * 0.99)]! }
      found.set(one.name, [...(found.get(one.name) ?? []), measured])
    }
  const middle = (name: string, by: 'perSecond' | 'p99') =>
    [...found.get(name)!].map((one) => one[by]).sort((a, b) => a - b)[Math.floor(rounds / 2)]!
  const floor = asked[0]!.name
  console.log(`\nover HTTP, ${connections} connections, middle of ${rounds} rounds of ${seconds} s`)
  console.log(
    table([
      ['', 'requests/s', 'of static', 'p99 ms', 'of static'],
      ...asked.map(({ name }) => [
        name,
        middle(name, 'perSecond').toFixed(0),
        (middle(name, 'perSecond') / middle(floor, 'perSecond')).toFixed(3),
        ms(middle(name, 'p99')),
        `${(middle(name, 'p99') / middle(floor, 'p99')).toFixed(1)} ×`,
      ]),
    ]),
  )
  await worker.terminate()
  program.close()
  nothing.close()
  await database.close()
}
