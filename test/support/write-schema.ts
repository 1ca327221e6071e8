/** `npm run schema`: writes sql/schema.sql from the migrations, as PostgreSQL 18 tells it. */
import { writeFile } from 'node:fs/promises'
import { connectPostgres } from '../../src/db/connect.ts'
import { migrate } from '../../src/db/migrate.ts'
import { describeSchema } from './describe-schema.ts'
import { startPostgres } from './postgres.ts'

const server = await startPostgres()
const database = connectPostgres(`${server.url}/postgres`, 1)
await migrate(database)
await writeFile('sql/schema.sql', await describeSchema(database.db))
await database.close()
await server.stop()
