/** A run in a process of its own, that says how far it has come and can be killed there. Argument: the database's address. */
import { setTimeout as wait } from 'node:timers/promises'
import { fixedClock } from '../../src/context.ts'
import type { Bulk } from '../../src/db/bulk.ts'
import { connectPostgres } from '../../src/db/connect.ts'
import { withBulk } from '../../src/db/copy.ts'
import { closeRun } from '../../src/settlement/run-commands.ts'

const url = process.argv[2]!
const database = withBulk(connectPostgres(url, 2), url)

/** Says it and waits a little, so that whoever kills is in time. */
async function say(text: string): Promise<void> {
  process.stdout.write(`${text}\n`)
  await wait(150)
}

/** The same connections, each step said before it is taken. */
const bulk: Bulk = {
  withCopy: (work) =>
    database.bulk!.withCopy((copy) =>
      work({
        ...copy,
        get statements() {
          return copy.statements
        },
        run: async (text, values) => {
          await say(text.trim().split(/\s/)[0]!)
          return copy.run(text, values)
        },
        out: async function* (query) {
          await say('reading')
          yield* copy.out(query)
        },
        into: (table) => {
          const rows = copy.into(table)
          const first = () => say(table.name === 'document' ? 'documents' : table.name)
          return {
            bytes: async (more) => {
              await first()
              await rows.bytes(more)
            },
            end: () => rows.end(),
          }
        },
      }),
    ),
}

const ctx = { db: database.db, clock: fixedClock('2026-03-31'), actor: { kind: 'system' as const } }
await closeRun({ ...database, bulk }, ctx, { month: '2026-03', sellers: 'all' }, ({ done }) => {
  process.stdout.write(`settled ${done}\n`)
})
await say('finished')
await database.close()
