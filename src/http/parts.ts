/** What the two mains hand the application: everything that differs between Node and Workers. */
import type { Clock } from '../context.ts'
import type { Db } from '../db/connect.ts'
import type { FileStore } from '../jobs/file-store.ts'
import type { Outside } from '../jobs/outside.ts'
import type { LoadAsset } from './assets.ts'

export interface Parts {
  /** the database of a request: one for the whole program on Node, one for each request on Workers */
  db: Db
  clock: Clock
  secret: string
  production: boolean
  /** the people shown are made up: every page says so */
  demo: boolean
  /** the bytes of what `ui/assets.ts` lists */
  loadAsset: LoadAsset
  /** how the program reaches others; absent: by fetch alone, without mail and folders */
  outside?: Outside
  /** where the bytes of files stand outside the database; absent: in it */
  files?: FileStore | null
  /** the program lives on after an answer (Node), so a long close may too; absent: it is done before the answer (Workers) */
  closesInBackground?: boolean
}
