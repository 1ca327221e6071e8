/** A PGlite that lives in a worker thread, in the shape that Kysely's dialect asks for. */
import { Worker } from 'node:worker_threads'
import type { PGlite as KyselyPglite } from 'kysely'

type Answer = { id: number; value?: unknown; error?: { message: string; code?: string } }
type Rows = { rows: never[]; affectedRows?: number; fields: [] }

/** Starts the thread. `script` runs several statements at once; `dump` gives the whole data directory, gzipped. */
export function pgliteInThread(options: { directory?: string; dump?: Uint8Array }) {
  const worker = new Worker(new URL('./pglite-worker.ts', import.meta.url), { workerData: options })
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (reason: unknown) => void }>()
  let last = 0
  let closed = false
  let ready = false

  const ask = <T>(request: object): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (closed) return reject(new Error('the embedded database is closed'))
      last += 1
      waiting.set(last, { resolve, reject })
      worker.postMessage({ id: last, ...request })
    })

  const waitReady = new Promise<void>((resolve, reject) => {
    worker.on('message', (answer: Answer) => {
      if (answer.id === 0) {
        ready = true
        return resolve()
      }
      const { resolve: done, reject: failed } = waiting.get(answer.id)!
      waiting.delete(answer.id)
      if (answer.error) failed(Object.assign(new Error(answer.error.message), answer.error))
      else done(answer.value as never)
    })
    worker.on('error', (error) => {
      closed = true
      reject(error)
      for (const { reject: failed } of waiting.values()) failed(error)
      waiting.clear()
    })
  })
  waitReady.catch(() => {})

  const query = (sql: string, parameters: unknown[] = []) =>
    ask<Rows>({ do: 'query', sql, parameters: plain(parameters) })

  const database = {
    get closed() {
      return closed
    },
    get ready() {
      return ready
    },
    waitReady,
    query,
    async transaction<T>(work: (tx: { query: typeof query; rollback(): Promise<void> }) => Promise<T>): Promise<T> {
      await query('begin')
      try {
        const result = await work({ query, rollback: async () => {} })
        await query('commit')
        return result
      } catch (error) {
        await query('rollback').catch(() => {})
        throw error
      }
    },
    async close(): Promise<void> {
      if (closed) return
      await ask({ do: 'close' })
      closed = true
      await worker.terminate()
    },
  }
  return {
    database: database as unknown as KyselyPglite,
    script: (sql: string) => ask<void>({ do: 'script', sql }),
    dump: () => ask<Uint8Array>({ do: 'dump' }),
  }
}

/** What crosses to the thread must be plain: a Decimal is sent as the text of its figure. */
function plain(parameters: unknown[]): unknown[] {
  return parameters.map((value) =>
    typeof value === 'object' && value !== null && value.constructor?.name === 'Decimal' ? String(value) : value,
  )
}
