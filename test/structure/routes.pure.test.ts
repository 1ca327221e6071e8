import { expect, test } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { fixedClock } from '../../src/context.ts'
import type { Db } from '../../src/db/connect.ts'
import { permissionsOf, roles } from '../../src/identity/permissions.ts'
import { describeApi, operationsOf } from '../../src/reference/document.ts'
import { sources } from '../support/sources.ts'

const app = buildApp({
  db: undefined as unknown as Db,
  clock: fixedClock('2026-01-01'),
  secret: '',
  production: false,
  demo: false,
  loadAsset: async () => new Uint8Array(),
})

/** Only the places of parameters matter, not their names: `:file{[^/]+\\.pdf}` and `{id}.pdf` are both `:.pdf`. */
const shape = (path: string) =>
  path
    .replace(/:\w+\{.*?\\\.(\w+)\}/g, ':.$1')
    .replace(/:\w+/g, ':')
    .replace(/\{\w+\}/g, ':')

/** By `GET /organisations`: the permissions that its handlers name. Middleware of all routes is left out. */
const named = new Map<string, string[]>()
for (const { method, path, handler } of app.routes) {
  if (method === 'ALL') continue
  const route = `${method} ${shape(path)}`
  const permission = (handler as { permission?: string }).permission
  named.set(route, [...(named.get(route) ?? []), ...(permission === undefined ? [] : [permission])])
}
const known = new Set<string>([
  'public',
  'signed_in',
  ...permissionsOf(roles, 'region'),
  ...permissionsOf(roles, 'municipality'),
])

test('every route names the permission it needs', () => {
  expect(named.size).toBeGreaterThan(5)
  expect([...named].filter(([, permissions]) => permissions.length === 0).map(([route]) => route)).toEqual([])
})

test('a permission that a route names is one that some role has', () => {
  expect([...named].filter(([, permissions]) => !permissions.every((permission) => known.has(permission)))).toEqual([])
})

test('no two handlers answer for one route', () => {
  const operations = sources('src/**/*.tsx').flatMap(({ path, text }) =>
    [...text.matchAll(/\bapp\.(get|post|put|delete)\('([^']+)'/g)].map(([, method, at]) => ({
      path,
      route: `${method} ${at}`,
    })),
  )
  const twice = operations.filter(
    ({ route }, index) => operations.findIndex((other) => other.route === route) !== index,
  )
  expect(twice).toEqual([])
})

/** The public catalogue, the guide, signing in, how a page looks, the API's description, and what pages are made of. */
const openToStrangers = [
  'GET /api',
  'GET /assets/:',
  'GET /catalogue',
  'GET /guide',
  'GET /guide/rules',
  'GET /guide/words',
  'GET /hsds',
  'GET /hsds/organizations',
  'GET /hsds/organizations/:',
  'GET /hsds/profile',
  'GET /hsds/service_at_locations',
  'GET /hsds/service_at_locations/:',
  'GET /hsds/services',
  'GET /hsds/services/:',
  'GET /hsds/taxonomies',
  'GET /hsds/taxonomies/:',
  'GET /hsds/taxonomy_terms',
  'GET /hsds/taxonomy_terms/:',
  'GET /offers/:',
  'GET /offers/:/calendar',
  'GET /openapi.json',
  'GET /sign-in',
  // an access point tells what became of a document, by the token that came with it
  'POST /api/v1/sending-reports/:',
  'POST /hsds/organizations',
  'POST /hsds/service_at_locations',
  'POST /hsds/services',
  'POST /hsds/taxonomies',
  'POST /hsds/taxonomy_terms',
  'POST /session/theme',
  'POST /sign-in',
  'POST /sign-out',
]

test('only these few routes are open to strangers', () => {
  const open = [...named].filter(([, permissions]) => permissions.includes('public')).map(([route]) => route)
  expect(open.sort()).toEqual(openToStrangers)
})

test('the API document tells the permission that is really asked for', () => {
  const told = operationsOf(describeApi(app)).map(({ method, path, operation }) => ({
    route: `${method.toUpperCase()} ${shape(path)}`,
    permission: operation['x-permission'],
  }))
  expect(told.filter(({ route, permission }) => !named.get(route)?.includes(permission ?? ''))).toEqual([])
})

test('everything under /api/v1 stands in the API document', () => {
  const told = new Set(
    operationsOf(describeApi(app)).map(({ method, path }) => `${method.toUpperCase()} ${shape(path)}`),
  )
  expect([...named.keys()].filter((route) => / \/api\/v1\//.test(route) && !told.has(route))).toEqual([])
})

test('an operation has the name of one command or question only', () => {
  const names = operationsOf(describeApi(app)).map(({ operation }) => operation.operationId)
  expect(names.filter((name, index) => name === undefined || names.indexOf(name) !== index)).toEqual([])
})

test('an answer of the API is held to its schema: none is cast', () => {
  const cast = sources('src/**/*api.ts').filter(({ text }) => /\bas (never|any|unknown)\b/.test(text))
  // its one list serves any query schema, which the compiler cannot follow
  expect(cast.map(({ path }) => path)).toEqual(['src/hsds/api.ts'])
})
