/** A fresh migrated database for a test file, on whichever of the two the suite runs. */
import { readFile } from 'node:fs/promises'
import { afterAll, inject } from 'vitest'
import { connectPglite, connectPostgres, type Database } from '../../src/db/connect.ts'
import { withBulk } from '../../src/db/copy.ts'

declare module 'vitest' {
  interface ProvidedContext {
    database: { kind: 'pglite'; dump: string } | { kind: 'postgres'; url: string }
  }
}

let made = 0

/** Call at the top of a test file: `const database = await freshDatabase()`. It is closed after the file. */
export async function freshDatabase(): Promise<Database> {
  const given = inject('database')
  const database =
    given.kind === 'pglite' ? await connectPglite({ dump: await readFile(given.dump) }) : await clone(given.url)
  afterAll(() => database.close())
  return database
}

async function clone(url: string): Promise<Database> {
  made += 1
  const name = `test_${process.pid}_${made}_${Math.floor(performance.timeOrigin)}_${Math.floor(Math.random() * 1e9)}`
  const admin = connectPostgres(`${url}/postgres`, 1)
  await admin.script(`create database ${name} template vieta_template`)
  await admin.close()
  return withBulk(connectPostgres(`${url}/${name}`, 8), `${url}/${name}`)
}
