/** The document as it is committed. The routes alone decide it, so the application is built without a database. */
import { buildApp } from '../app.ts'
import { fixedClock } from '../context.ts'
import type { Db } from '../db/connect.ts'
import { describeApi } from './document.ts'

export function documentText(): string {
  const app = buildApp({
    db: undefined as unknown as Db,
    clock: fixedClock('2026-01-01'),
    secret: '',
    production: false,
    demo: false,
    loadAsset: async () => new Uint8Array(),
  })
  return `${JSON.stringify(describeApi(app), null, 2)}\n`
}
