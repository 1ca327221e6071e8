/** Once for a run: a migrated embedded database, kept as a file that each test file starts from. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { TestProject } from 'vitest/node'
import { connectPglite } from '../../src/db/connect.ts'
import { migrate } from '../../src/db/migrate.ts'

export default async function setup(project: TestProject) {
  const database = await connectPglite({})
  await migrate(database)
  const folder = await mkdtemp(join(tmpdir(), 'vieta-pglite-'))
  const file = join(folder, 'migrated.tar')
  await writeFile(file, gunzipSync(await database.dump())) // unpacked once and not for each file
  await database.close()
  project.provide('database', { kind: 'pglite', dump: file })
  return () => rm(folder, { recursive: true, force: true })
}
