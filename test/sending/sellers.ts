/** Daugavpils has sent its February documents to Rēzekne and Ludza: what the tests of sending begin with. */
import { buildApp } from '../../src/app.ts'
import type { Context } from '../../src/context.ts'
import { readProjectFile } from '../../src/files.ts'
import type { App } from '../../src/http/app.ts'
import type { Role } from '../../src/identity/permissions.ts'
import { newId } from '../../src/ids.ts'
import { pdfMaker } from '../../src/invoicing/pdf.ts'
import type { IssuedDocument } from '../../src/invoicing/store.ts'
import type { Outside } from '../../src/jobs/outside.ts'
import { nodeOutside, type OutsideSettings } from '../../src/jobs/outside-node.ts'
import type { ChannelInput } from '../../src/sending/channel.ts'
import { type Means, setSendingChannel } from '../../src/sending/commands.ts'
import { sendDue } from '../../src/sending/delivery-commands.ts'
import { createInvoicing, type Invoicing } from '../invoicing/issued.ts'
import { freshDatabase } from '../support/database.ts'
import { type Code, testSecret, type World } from '../support/world.ts'

export interface Sellers extends Invoicing {
  world: World
  /** the program's means, with the servers of the test */
  means(settings?: Partial<OutsideSettings>): Means
  app(outside: Outside): App
  /** a request as a machine of `code`, to an application with these means */
  ask(means: Means, code: Code, role: Role, method: string, path: string, body?: unknown): Promise<Response>
  /** sends what is due at the test's moment; `pass` moves it */
  send(means: Means): Promise<number>
  pass(seconds: number): void
  wish(
    buyer: 'REZ' | 'LUD',
    wish: { channel: 'download' | 'email' | 'access_point' | 'file_drop'; email?: string | null },
  ): Promise<void>
  channel(means: Means, input: { channel: ChannelInput['channel'] } & Record<string, unknown>): Promise<void>
  /** closes the month; one document for Rēzekne, one for Ludza */
  issue(month: '2026-02' | '2026-03' | '2026-04'): Promise<{ rez: IssuedDocument; lud: IssuedDocument }>
  rows(): Promise<Record<string, unknown>[]>
  row(document_id: string, channel?: string): Promise<Record<string, unknown>>
}

export async function createSellers(): Promise<Sellers> {
  const invoicing = await createInvoicing(await freshDatabase())
  const { world, home } = invoicing
  const { db } = world.database
  let passed = 0
  const clock = { now: () => new Date(world.clock.now().getTime() + passed * 1000), today: () => world.clock.today() }
  const makePdf = pdfMaker(readProjectFile)
  await invoicing.stay(home, 'REZ', 'R-7F3K', { from: '2026-02-10' })
  await invoicing.stay(home, 'LUD', 'L-22AB', { from: '2026-02-20' })
  const acting = (ctx: Context): Context => ({ ...ctx, clock })
  const days = { '2026-02': '2026-03-05', '2026-03': '2026-04-07', '2026-04': '2026-05-06' } as const
  const rows = () => db.selectFrom('outbox').selectAll().orderBy('queued_at').orderBy('id').execute()
  const app = (outside: Outside) =>
    buildApp({ db, clock, secret: testSecret, production: false, demo: true, loadAsset: readProjectFile, outside })
  return {
    ...invoicing,
    means: (settings = {}) => ({
      secret: testSecret,
      outside: nodeOutside({
        ...{ production: false, address: 'https://vieta.example.lv', mail_from: 'Vieta <vieta@example.lv>' },
        ...{ smtp_url: null, drop_folder: null, ...settings },
      }),
    }),
    app,
    ask: async (means, code, role, method, path, body) =>
      app(means.outside).request(path, {
        method,
        headers: {
          authorization: `Bearer ${await world.token(code, role)}`,
          'accept-language': 'en',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    send: (means) => sendDue(db, clock, { ...means, makePdf }),
    pass: (seconds) => {
      passed += seconds
    },
    wish: async (buyer, wish) => {
      const buyer_id = world.organisation[buyer]
      await db.deleteFrom('document_wish').where('buyer_id', '=', buyer_id).execute()
      const changed_at = '2026-01-01T00:00:00Z'
      await db
        .insertInto('document_wish')
        .values({ buyer_id, id: newId(), ...wish, changed_at })
        .execute()
    },
    channel: async (means, input) => {
      const usual = {
        email: { from_address: 'rekini@daugavpils.example', from_name: null, reply_to: null },
        access_point: { token: null },
        file_drop: {
          ...{ place: 'folder', bucket_url: null, region: null, prefix: null, access_key_id: null },
          ...{ secret_access_key: null, e_address: false, sender_e_address: null },
        },
      }[input.channel]
      const whole = { active: true, ...usual, ...input } as ChannelInput
      await setSendingChannel(acting(world.as('DGV', 'finance')), means, whole)
    },
    issue: async (month) => {
      passed = 0
      const issued = await invoicing.close(month, days[month])
      const of = (code: 'REZ' | 'LUD') => issued.find((each) => each.buyer_id === world.organisation[code])!
      return { rez: of('REZ'), lud: of('LUD') }
    },
    rows,
    row: async (document_id, channel) =>
      (await rows()).find(
        (each) =>
          each.document_id === document_id && each.kind === 'document' && each.channel === (channel ?? each.channel),
      )!,
  }
}
