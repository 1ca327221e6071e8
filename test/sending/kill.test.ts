import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { sql } from 'kysely'
import { expect, inject, test } from 'vitest'
import { testSecret } from '../support/world.ts'
import { forThisTest, startWebServer } from './peers.ts'
import { createSellers } from './sellers.ts'

const onPostgres = inject('database').kind === 'postgres'

test.skipIf(!onPostgres)(
  'killed between sending and writing it down, a document is sent once more under the same id, and then never again',
  async () => {
    const sellers = await createSellers()
    const means = sellers.means()
    const point = await forThisTest(startWebServer())
    await sellers.wish('REZ', { channel: 'access_point' })
    await sellers.channel(means, { channel: 'access_point', url: point.url, token: 'a-token' })
    const { rez } = await sellers.issue('2026-02')
    const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(sellers.world.database.db)
    const { url } = inject('database') as { url: string }
    const now = sellers.world.clock.now().toISOString()
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'test/sending/send-in-child.ts', `${url}/${rows[0]!.name}`, testSecret, now],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(point.requests).toHaveLength(1)
    expect(await sellers.row(rez.id)).toMatchObject({ state: 'queued', attempts: 1 })
    expect(await sellers.send(means)).toBe(0)
    sellers.pass(15 * 60)
    expect(await sellers.send(means)).toBe(1)
    expect(point.requests).toHaveLength(2)
    expect(new Set(point.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
    expect(await sellers.row(rez.id)).toMatchObject({ state: 'sent', attempts: 2 })
    sellers.pass(86_400)
    expect(await sellers.send(means)).toBe(0)
  },
)
