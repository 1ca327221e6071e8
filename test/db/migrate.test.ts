import { expect, inject, test } from 'vitest'
import { connectPostgres, type Database } from '../../src/db/connect.ts'
import { migrate } from '../../src/db/migrate.ts'
import { freshDatabase } from '../support/database.ts'

const database = await freshDatabase()
const applied = async ({ db }: Database) => (await db.selectFrom('migration').select('name').execute()).length

test('a migrated database is left as it is', async () => {
  expect(await migrate(database)).toEqual([])
})

test('a migration that fails half way leaves nothing behind', async () => {
  const before = await applied(database)
  await expect(
    database.script("insert into migration (name) values ('9999_half.sql'); create table half (id int); select 1 / 0"),
  ).rejects.toThrow('division by zero')
  expect(await applied(database)).toBe(before)
  await database.script('create table half (id int); drop table half')
})

test.skipIf(inject('database').kind === 'pglite')(
  'programs that start at once on an empty server migrate it once',
  async () => {
    const { url } = inject('database') as { url: string }
    const admin = connectPostgres(`${url}/postgres`, 1)
    await admin.script('create database started_at_once')
    await admin.close()
    const programs = [1, 2, 3].map(() => connectPostgres(`${url}/started_at_once`))
    const names = await Promise.all(programs.map(migrate))
    expect(new Set(names.flat()).size).toBe(names.flat().length)
    expect(await applied(programs[0]!)).toBe(names.flat().length)
    await Promise.all(programs.map((program) => program.close()))
  },
)
