/** The embedded PostgreSQL (PGlite): opened once, with the extensions and the plain-text dates that we use everywhere. */
import { PGlite } from '@electric-sql/pglite'
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { unaccent } from '@electric-sql/pglite/contrib/unaccent'
import { instantFromPostgres } from './values.ts'

/**
 * @param directory where the data lies; absent: in memory
 * @param dump a data directory (of `dumpDataDir`) to start from, gzipped or not
 */
export async function openPglite(options: { directory?: string; dump?: Uint8Array }): Promise<PGlite> {
  const same = (value: string) => value
  return PGlite.create({
    ...(options.directory === undefined ? {} : { dataDir: options.directory }),
    ...(options.dump === undefined
      ? {}
      : {
          loadDataDir: new Blob([options.dump as BlobPart], {
            type: options.dump[0] === 0x1f ? 'application/gzip' : 'application/x-tar',
          }),
        }),
    extensions: { btree_gist, pg_trgm, unaccent },
    parsers: { 20: same, 1082: same, 1114: same, 1184: instantFromPostgres },
  })
}
