import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { connectPglite } from '../../src/db/connect.ts'
import { createWorld, testPassword, testSecret } from '../support/world.ts'
import { type Program, runProgram } from './program.ts'

const ready = /Vieta is ready at (http:\/\/localhost:\d+)/

/** A folder for one test, and programs that start on it as in production: only the first test waits for the demonstration to be made up. */
async function somewhere<T>(
  work: (folder: string, start: (environment?: Record<string, string>) => Program) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'vieta-start-'))
  const started: Program[] = []
  try {
    return await work(folder, (environment = {}) => {
      const program = runProgram(
        { VIETA_DATA: folder, PORT: '0', VIETA_SECRET: testSecret, NODE_ENV: 'production', ...environment },
        'start',
      )
      started.push(program)
      return program
    })
  } finally {
    for (const program of started) {
      program.kill('SIGKILL')
      await program.ended()
    }
    await rm(folder, { recursive: true, force: true })
  }
}

test('npm start makes up a demonstration in an empty folder, answers, and stops when told to', () =>
  somewhere(async (folder, start) => {
    const program = start({ NODE_ENV: '' })
    const [, address] = await program.saying(ready)
    const page = await fetch(`${address}/sign-in`)
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Pieslēgties')])
    program.kill('SIGTERM')
    await program.saying(/Vieta has stopped\./)
    await program.ended()
    expect(await readdir(folder)).toEqual(['pglite'])
  }))

/** Each on a folder of its own, several at once. */
describe.concurrent('npm start', () => {
  test('what was saved is there after a restart, and a person signs in over HTTP', () =>
    somewhere(async (folder, start) => {
      const first = start()
      await first.saying(ready)
      first.kill('SIGTERM')
      await first.saying(/Vieta has stopped\./)
      await first.ended()
      const database = await connectPglite({ directory: join(folder, 'pglite') })
      await createWorld(database)
      await database.close()
      const [, address] = await start().saying(ready)
      const answer = await fetch(`${address}/sign-in`, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: address! },
        body: new URLSearchParams({ email: 'finance@rez.example', password: testPassword }),
      })
      expect([answer.status, answer.headers.get('location')]).toEqual([303, '/'])
      const cookie = answer.headers.get('set-cookie')!.split(';')[0]!
      const page = await fetch(`${address}/organisations`, { headers: { cookie } })
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Ludzas novada pašvaldība')])
    }))

  test('a second start on the same folder is refused with a sentence, and the first goes on', () =>
    somewhere(async (_folder, start) => {
      const [, address] = await start().saying(ready)
      const second = start()
      expect(await second.ended(60)).toBe(1)
      expect(second.printed()).toMatch(
        /^Vieta did not start: the data directory .* is in use by another Vieta \(process \d+\)/,
      )
      expect(second.printed()).not.toMatch(/\n\s+at /)
      expect((await fetch(`${address}/sign-in`)).status).toBe(200)
    }))

  test('after a kill -9 the next start takes over, though the lock was left behind', () =>
    somewhere(async (_folder, start) => {
      const first = start()
      await first.saying(ready)
      first.kill('SIGKILL')
      await first.ended()
      const [, address] = await start().saying(ready)
      expect((await fetch(`${address}/sign-in`)).status).toBe(200)
    }))

  test('of two that start at once on one folder, one is ready and one is refused', () =>
    somewhere(async (_folder, start) => {
      const both = [start(), start()]
      const outcomes = await Promise.all(
        both.map((program) =>
          program.saying(ready).then(
            () => 'ready',
            () => 'refused',
          ),
        ),
      )
      expect(outcomes.sort()).toEqual(['ready', 'refused'])
    }))

  test('a port in use is said in one sentence', () =>
    somewhere(async (_folder, start) => {
      const taken = createServer()
      await new Promise<void>((resolve) => taken.listen(0, resolve))
      const { port } = taken.address() as { port: number }
      const program = start({ PORT: String(port) })
      expect(await program.ended(60)).toBe(1)
      expect(program.printed()).toMatch(`Vieta did not start: port ${port} is in use.`)
      expect(program.printed()).not.toMatch(/\n\s+at /)
      await new Promise((resolve) => taken.close(resolve))
    }))

  test.each([
    ['PORT', { PORT: 'eighty' }, /PORT is eighty/],
    ['VIETA_SECRET', { NODE_ENV: 'production', VIETA_SECRET: '' }, /VIETA_SECRET/],
    [
      'DATABASE_URL',
      { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' },
      /the database of DATABASE_URL cannot be reached/,
    ],
  ])('a wrong %s is said in one sentence', (_name, environment, sentence) =>
    somewhere(async (_folder, start) => {
      const program = start(environment as unknown as Record<string, string>)
      expect(await program.ended(60)).toBe(1)
      expect(program.printed()).toMatch(sentence)
      expect(program.printed()).not.toMatch(/\n\s+at /)
    }),
  )
})
