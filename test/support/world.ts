/** Municipalities and people to test with: three of Latgale and their region, one person for each role in each. */
import { buildApp } from '../../src/app.ts'
import { type Context, fixedClock, type Member } from '../../src/context.ts'
import type { Database } from '../../src/db/connect.ts'
import { readProjectFile } from '../../src/files.ts'
import type { App } from '../../src/http/app.ts'
import { hashPassword } from '../../src/identity/password.ts'
import { permissionsOf, type Role, roles } from '../../src/identity/permissions.ts'
import { newApiToken, seenBy } from '../../src/identity/sessions.ts'
import { newId } from '../../src/ids.ts'

export const testSecret = 'a secret that only the tests know'
export const testPassword = 'correct horse battery staple'
export type Code = 'DGV' | 'REZ' | 'LUD' | 'LPR'
const names: Record<Code, string> = {
  DGV: 'Daugavpils valstspilsētas pašvaldība',
  REZ: 'Rēzeknes valstspilsētas pašvaldība',
  LUD: 'Ludzas novada pašvaldība',
  LPR: 'Latgales plānošanas reģions',
}

export interface World {
  database: Database
  /** ids by code */
  organisation: Record<Code, string>
  /** person ids by `REZ.buyer` */
  person: Record<string, string>
  clock: { set(today: string): void; now(): Date; today(): string }
  /** the context of a municipality's people with these roles (default: all roles it has) */
  as(code: Code, ...held: Role[]): Context
  system(): Context
  app: App
  /** a bearer token for API requests in one role */
  token(code: Code, role: Role): Promise<string>
  /** requests as a machine of `code` in `role`; a body is sent as JSON */
  request(
    code: Code,
    role: Role,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Response>
  /** signs in as the person `DGV.finance` and gives the cookie for page requests */
  cookie(code: Code, role: Role): Promise<string>
}

/** @param today the date on which it all happens, `2026-03-31` unless said otherwise; `clock.set` moves it */
export async function createWorld(database: Database, today = '2026-03-31'): Promise<World> {
  const { db } = database
  let now = fixedClock(today)
  const clock = {
    now: () => now.now(),
    today: () => now.today(),
    set: (date: string) => {
      now = fixedClock(date)
    },
  }
  const codes = Object.keys(names) as Code[]
  const organisation = Object.fromEntries(codes.map((code) => [code, newId()])) as Record<Code, string>
  for (const code of ['LPR', 'DGV', 'REZ', 'LUD'] as const) {
    await db
      .insertInto('organisation')
      .values({
        id: organisation[code],
        kind: code === 'LPR' ? 'region' : 'municipality',
        code,
        name: names[code],
        region_id: code === 'LPR' ? null : organisation.LPR,
        valid_from: '2021-07-01',
        invoice_prefix: code,
        payment_days: 30,
      })
      .execute()
  }
  const password_hash = await hashPassword(testPassword, { N: 2, r: 1, p: 1 })
  const person: Record<string, string> = {}
  for (const code of codes) {
    for (const role of roles) {
      const id = newId()
      person[`${code}.${role}`] = id
      await db
        .insertInto('person')
        .values({
          id,
          email: `${role}@${code.toLowerCase()}.example`,
          name: `${role} ${code}`,
          password_hash,
          created_at: clock.now().toISOString(),
        })
        .execute()
      await db
        .insertInto('membership')
        .values({ organisation_id: organisation[code], person_id: id, role, granted_at: clock.now().toISOString() })
        .execute()
    }
  }
  const kindOf = (code: Code) => (code === 'LPR' ? 'region' : 'municipality') as Member['organisation_kind']
  const all = Object.fromEntries(
    await Promise.all(
      codes.map(async (code) => [code, await seenBy(db, organisation[code], kindOf(code), [...roles])]),
    ),
  )
  const app = buildApp({ db, clock, secret: testSecret, production: false, demo: true, loadAsset: readProjectFile })
  const tokens = new Map<string, string>()
  const world: World = {
    database,
    organisation,
    person,
    clock,
    app,
    as: (code, ...held) => {
      const acting = held.length > 0 ? held : roles.filter((role) => permissionsOf([role], kindOf(code)).size > 0)
      const oversees = acting.includes('coordinator') || acting.includes('auditor')
      return {
        db,
        clock,
        actor: {
          kind: 'member',
          person_id: person[`${code}.${acting[0]}`]!,
          token_id: null,
          name: `${acting[0]} ${code}`,
          organisation_id: organisation[code],
          organisation_kind: kindOf(code),
          roles: [...acting],
          sees: oversees ? all[code] : [organisation[code]],
        },
      }
    },
    system: () => ({ db, clock, actor: { kind: 'system' } }),
    token: async (code, role) => {
      const known = tokens.get(`${code}.${role}`)
      if (known !== undefined) return known
      const { token, token_hash } = newApiToken(testSecret)
      await db
        .insertInto('api_token')
        .values({
          id: newId(),
          organisation_id: organisation[code],
          role,
          name: 'test',
          token_hash,
          created_at: clock.now().toISOString(),
        })
        .execute()
      tokens.set(`${code}.${role}`, token)
      return token
    },
    request: async (code, role, method, path, body, headers = {}) =>
      app.request(path, {
        method,
        headers: {
          authorization: `Bearer ${await world.token(code, role)}`,
          'accept-language': 'en',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    cookie: async (code, role) => {
      const response = await app.request('/sign-in', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://localhost' },
        body: new URLSearchParams({
          email: `${role}@${code.toLowerCase()}.example`,
          password: testPassword,
        }).toString(),
      })
      const cookie = /vieta_session=[^;]+/.exec(response.headers.get('set-cookie') ?? '')?.[0]
      if (cookie === undefined)
        throw new Error(`signing in as ${role} of ${code} answered ${response.status}: ${await response.text()}`)
      return cookie
    },
  }
  return world
}
