/**
 * The thread that holds the embedded database, so that a long query never freezes the pages.
 * Kysely's own mutex lets one transaction or statement through at a time, so plain begin and commit are enough here.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { openPglite } from './pglite.ts'

type Request =
  | { id: number; do: 'query'; sql: string; parameters: unknown[] }
  | { id: number; do: 'script'; sql: string }
  | { id: number; do: 'dump' | 'close' }

const port = parentPort!
const database = await openPglite(workerData as { directory?: string; dump?: Uint8Array })

async function answer(request: Request): Promise<unknown> {
  switch (request.do) {
    case 'query': {
      const { rows, affectedRows } = await database.query(request.sql, request.parameters)
      return { rows, affectedRows }
    }
    case 'script':
      await database.exec(request.sql)
      return undefined
    case 'dump':
      return new Uint8Array(await (await database.dumpDataDir('gzip')).arrayBuffer())
    case 'close':
      return database.close()
  }
}

port.on('message', async (request: Request) => {
  try {
    port.postMessage({ id: request.id, value: await answer(request) })
  } catch (error) {
    const { message, code, constraint, table, detail, where } = error as Record<string, string>
    port.postMessage({ id: request.id, error: { message, code, constraint, table, detail, where } })
  }
})
port.postMessage({ id: 0, value: 'ready' })
