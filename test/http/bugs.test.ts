import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'

const database = await freshDatabase()
const world = await createWorld(database)
const cookie = await world.cookie('DGV', 'finance')
await world.token('DGV', 'finance')

/** The table that pages and API read first is taken away: every request now meets a bug. */
beforeAll(async () => {
  await sql`alter table organisation rename column name_en to was_name_en`.execute(database.db)
  await sql`alter table organisation rename to organisation_gone`.execute(database.db)
})
const log = vi.spyOn(console, 'error').mockImplementation(() => {})
afterAll(() => log.mockRestore())

test('a bug shows people and machines only the number of the request; the log has the rest', async () => {
  const answers = [
    await world.app.request('/organisations', { headers: { cookie } }),
    await world.request('DGV', 'finance', 'GET', '/api/v1/organisations'),
  ]
  for (const answer of answers) {
    const text = await answer.text()
    expect(answer.status).toBe(500)
    expect(text).not.toMatch(/relation|organisation_gone|node_modules|\.ts\b|select |at async/i)
    expect(text).toContain(answer.headers.get('x-request-id'))
    expect(log.mock.calls.flat().join('\n')).toContain(answer.headers.get('x-request-id'))
  }
})
