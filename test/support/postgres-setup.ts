/** Once for a run: a real PostgreSQL with a migrated template that each test file clones. */
import type { TestProject } from 'vitest/node'
import { connectPostgres } from '../../src/db/connect.ts'
import { migrate } from '../../src/db/migrate.ts'
import { startPostgres } from './postgres.ts'

export default async function setup(project: TestProject) {
  const server = await startPostgres()
  const admin = connectPostgres(`${server.url}/postgres`, 1)
  await admin.script('create database vieta_template')
  await admin.close()
  const template = connectPostgres(`${server.url}/vieta_template`, 1)
  await migrate(template)
  await template.close()
  project.provide('database', { kind: 'postgres', url: server.url })
  return () => server.stop()
}
