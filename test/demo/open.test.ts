/** The embedded database is filled whole or not at all, whenever the program is cut off. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { type Config, readConfig } from '../../src/config.ts'
import { fixedClock } from '../../src/context.ts'
import { openDatabase } from '../../src/db/open.ts'
import { openForStart } from '../../src/demo/open.ts'
import { runSeed } from '../../src/demo/run-seed.ts'
import { holdingOf } from '../../src/demo/seed.ts'
import { killRest, runProgram } from '../runtime/program.ts'

const clock = fixedClock('2026-11-23')
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vieta-demo-'))
})
afterEach(async () => {
  await killRest()
  await rm(folder, { recursive: true, force: true })
})

const config = (more: Record<string, string> = {}): Config => readConfig({ VIETA_DATA: folder, ...more })
const start = async (settings: Config) => {
  const database = await openForStart(settings, clock, () => {})
  const holding = await holdingOf(database.db)
  await database.close()
  return holding
}

/** Leaves what a demonstration cut off half way leaves where nothing stands beside it. */
async function leaveHalf(): Promise<void> {
  const database = await openDatabase(config())
  await database.db
    .insertInto('organisation')
    .values({
      id: crypto.randomUUID(),
      kind: 'region',
      code: 'LPR',
      name: 'Latgales plānošanas reģions',
      valid_from: '2006-01-01',
      invoice_prefix: 'LPR',
      demo: true,
    })
    .execute()
  await database.close()
}

describe.skipIf(inject('database').kind !== 'pglite')('the embedded database', () => {
  test('a demonstration that was cut off is made anew, and what was left of an earlier try is thrown away', async () => {
    await leaveHalf()
    await mkdir(join(folder, 'pglite.seeding'))
    await writeFile(join(folder, 'pglite.seeding', 'PG_VERSION'), 'half a version')
    expect(await start(config())).toBe('demonstration')
    expect(await readdir(folder)).toEqual(['pglite'])
    await expect(runSeed(config(), clock, () => {})).rejects.toThrow('in this database already')
  })

  test('in production nothing is filled, and npm run seed is refused', async () => {
    const production = config({ NODE_ENV: 'production', VIETA_SECRET: 'a secret of at least thirty-two characters' })
    expect(await start(production)).toBe('nothing')
    await expect(runSeed(production, clock, () => {})).rejects.toThrow('NODE_ENV is production')
  })

  test('a program killed while it fills leaves nothing behind that a second start would serve', async () => {
    const environment = { VIETA_DATA: folder, PORT: '0' }
    const first = runProgram(environment, 'start')
    await first.saying(/filling the empty database/)
    await new Promise((resolve) => setTimeout(resolve, 4_000))
    first.kill('SIGKILL')
    await first.ended()
    expect(existsSync(join(folder, 'pglite'))).toBe(false)
    // That what it begins anew becomes whole is the test above.
    const second = runProgram(environment, 'start')
    await second.saying(/filling the empty database/)
    second.kill('SIGKILL')
    await second.ended()
    expect(existsSync(join(folder, 'pglite'))).toBe(false)
  })
})

describe.skipIf(inject('database').kind !== 'postgres')('a database on a server', () => {
  test('is filled by npm run seed alone, and only while it is empty', async () => {
    const { connectPostgres } = await import('../../src/db/connect.ts')
    const given = inject('database')
    const name = `test_demo_${process.pid}`
    const url = `${'url' in given ? given.url : ''}`
    const admin = connectPostgres(`${url}/postgres`, 1)
    await admin.script(`create database ${name}`)
    try {
      const settings = config({ DATABASE_URL: `${url}/${name}` })
      expect(await start(settings)).toBe('nothing')
      const said: string[] = []
      await runSeed(settings, clock, (line) => said.push(line))
      expect(said.join()).toContain('koordinators@latgale.example')
      expect(await start(settings)).toBe('demonstration')
      await expect(runSeed(settings, clock)).rejects.toThrow('in this database already')
    } finally {
      await admin.script(`drop database ${name}`)
      await admin.close()
    }
    // A whole year is recorded: a machine with others at work takes longer for it than a test has.
  }, 240_000)
})
