/** Organisations, providers, people, tokens and one's own account for machines. */

import { getCookie } from 'hono/cookie'
import { organisationOf, personOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { answers, createRoute, needs, problems, takes, z } from '../http/app.ts'
import { id } from '../http/fields.ts'
import { sessionCookie } from '../http/identify.ts'
import { pageOf, pageQuery, pageSchema, readCursor } from '../http/paging.ts'
import type { Parts } from '../http/parts.ts'
import {
  addOrganisation,
  addPerson,
  addProvider,
  changeAccount,
  changeLook,
  changeOrganisation,
  changePassword,
  changeProvider,
  changeRoles,
  createToken,
  disablePerson,
  enablePerson,
  resetPassword,
  revokeToken,
  signOutEverywhere,
} from './commands.ts'
import { LookInput } from './look.ts'
import { Organisation, OrganisationChange, OrganisationNew } from './organisation.ts'
import { AccountInput, PasswordInput, Person, PersonInput, PersonWithPassword, RolesInput } from './person.ts'
import { Provider, ProviderInput } from './provider.ts'
import { sessionHash } from './sessions.ts'
import {
  findPerson,
  getAccount,
  getLogo,
  getOrganisation,
  getPerson,
  getProvider,
  getToken,
  listOrganisations,
  listPeople,
  listProviders,
  listSessions,
  listTokens,
} from './store.ts'
import { Token, TokenInput, TokenWithText } from './token.ts'

const idPath = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) })
const nothing = { description: 'Done' }

export function identityApi(app: App, parts: Parts): void {
  organisationRoutes(app)
  providerRoutes(app)
  peopleRoutes(app)
  tokenRoutes(app, parts)
  accountRoutes(app, parts)
}

/** What is shown once is kept nowhere, also not for a repeated request. */
function neverKept(c: C): void {
  c.header('cache-control', 'no-store')
}

const listOrganisationsRoute = createRoute({
  method: 'get',
  path: '/api/v1/organisations',
  operationId: 'listOrganisations',
  tags: ['organisations'],
  ...needs('organisation.read'),
  request: { query: z.object(pageQuery) },
  responses: { 200: answers(pageSchema(Organisation), 'Organisations by name'), ...problems(422) },
})
const getOrganisationRoute = createRoute({
  method: 'get',
  path: '/api/v1/organisations/{id}',
  operationId: 'getOrganisation',
  tags: ['organisations'],
  ...needs('organisation.read'),
  request: { params: idPath },
  responses: { 200: answers(Organisation, 'The organisation'), ...problems(404) },
})
const addOrganisationRoute = createRoute({
  method: 'post',
  path: '/api/v1/organisations',
  operationId: 'addOrganisation',
  tags: ['organisations'],
  ...needs('organisation.add'),
  request: { body: takes(OrganisationNew) },
  responses: {
    201: answers(
      z.object({ organisation: Organisation, password: z.string().nullable() }).openapi('OrganisationWithPassword'),
      'The organisation, and its administrator’s first password, which is shown this once',
    ),
    ...problems(403, 409, 422),
  },
})
const changeOrganisationRoute = createRoute({
  method: 'put',
  path: '/api/v1/organisations/{id}',
  operationId: 'changeOrganisation',
  tags: ['organisations'],
  ...needs('organisation.manage'),
  request: { params: idPath, body: takes(OrganisationChange) },
  responses: { 200: answers(Organisation, 'The organisation as it is now'), ...problems(403, 404, 409, 422) },
})

const changeLookRoute = createRoute({
  method: 'put',
  path: '/api/v1/organisations/{id}/look',
  operationId: 'changeLook',
  tags: ['organisations'],
  description: 'The colour and the logo of the organisation’s documents. Issued documents keep theirs.',
  ...needs('organisation.manage'),
  request: { params: idPath, body: takes(LookInput) },
  responses: { 200: answers(Organisation, 'The organisation as it is now'), ...problems(403, 404, 422) },
})
const getLogoRoute = createRoute({
  method: 'get',
  path: '/api/v1/organisations/{id}/logo',
  operationId: 'getLogo',
  tags: ['organisations'],
  ...needs('organisation.read'),
  request: {
    params: idPath,
    query: z.object({ hash: z.string().optional().openapi({ description: 'One of before, as documents name it' }) }),
  },
  responses: {
    200: { description: 'The picture', content: { 'image/png': { schema: z.string().openapi({ format: 'binary' }) } } },
    ...problems(404),
  },
})

function organisationRoutes(app: App): void {
  app.openapi(changeLookRoute, async (c) => {
    const row = await changeLook(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))
    return c.json(row, 200)
  })
  app.openapi(getLogoRoute, async (c) => {
    const { id } = c.req.valid('param')
    return answerLogo(c, id)
  })
  app.openapi(listOrganisationsRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const after = readCursor(cursor, 2)
    const rows = await transact(c.get('ctx'), (tx) => listOrganisations(tx, { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.name, row.id]),
      200,
    )
  })
  app.openapi(getOrganisationRoute, async (c) => {
    const row = await transact(c.get('ctx'), (tx) => getOrganisation(tx, c.req.valid('param').id))
    return c.json(row, 200)
  })
  app.openapi(addOrganisationRoute, async (c) => {
    const added = await addOrganisation(c.get('ctx'), c.req.valid('json'))
    neverKept(c)
    return c.json(added, 201)
  })
  app.openapi(changeOrganisationRoute, async (c) => {
    const row = await changeOrganisation(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))
    return c.json(row, 200)
  })
}

/** The logo that the address names by its hash, or the one that is chosen now. @throws Refusal `not_found` */
export async function answerLogo(c: C, id: string): Promise<Response> {
  const hash = c.req.query('hash') ?? null
  const { type, content } = await transact(c.get('ctx'), (tx) => getLogo(tx, id, hash))
  const bytes = Uint8Array.from(atob(content.replaceAll('\n', '')), (letter) => letter.charCodeAt(0))
  return c.body(bytes, 200, { 'content-type': type, 'x-content-type-options': 'nosniff' })
}

const listProvidersRoute = createRoute({
  method: 'get',
  path: '/api/v1/providers',
  operationId: 'listProviders',
  tags: ['organisations'],
  ...needs('organisation.read'),
  request: { query: z.object({ ...pageQuery, municipality_id: id().optional() }) },
  responses: { 200: answers(pageSchema(Provider), 'Providers by name'), ...problems(422) },
})
const getProviderRoute = createRoute({
  method: 'get',
  path: '/api/v1/providers/{id}',
  operationId: 'getProvider',
  tags: ['organisations'],
  ...needs('organisation.read'),
  request: { params: idPath },
  responses: { 200: answers(Provider, 'The provider'), ...problems(404) },
})
const addProviderRoute = createRoute({
  method: 'post',
  path: '/api/v1/providers',
  operationId: 'addProvider',
  tags: ['organisations'],
  ...needs('provider.manage'),
  request: { body: takes(ProviderInput) },
  responses: { 201: answers(Provider, 'The provider'), ...problems(403, 422) },
})
const changeProviderRoute = createRoute({
  method: 'put',
  path: '/api/v1/providers/{id}',
  operationId: 'changeProvider',
  tags: ['organisations'],
  ...needs('provider.manage'),
  request: { params: idPath, body: takes(ProviderInput) },
  responses: { 200: answers(Provider, 'The provider as it is now'), ...problems(403, 404, 422) },
})

function providerRoutes(app: App): void {
  app.openapi(listProvidersRoute, async (c) => {
    const { limit, cursor, municipality_id = null } = c.req.valid('query')
    const after = readCursor(cursor, 2)
    const rows = await transact(c.get('ctx'), (tx) => listProviders(tx, { municipality_id }, { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.name, row.id]),
      200,
    )
  })
  app.openapi(getProviderRoute, async (c) => {
    const row = await transact(c.get('ctx'), (tx) => getProvider(tx, c.req.valid('param').id))
    return c.json(row, 200)
  })
  app.openapi(addProviderRoute, async (c) => {
    const row = await addProvider(c.get('ctx'), c.req.valid('json'))
    return c.json(row, 201)
  })
  app.openapi(changeProviderRoute, async (c) => {
    const row = await changeProvider(c.get('ctx'), c.req.valid('param').id, c.req.valid('json'))
    return c.json(row, 200)
  })
}

const listPeopleRoute = createRoute({
  method: 'get',
  path: '/api/v1/people',
  operationId: 'listPeople',
  tags: ['people'],
  ...needs('person.manage'),
  request: { query: z.object(pageQuery) },
  responses: { 200: answers(pageSchema(Person), 'The people of the organisation by name'), ...problems(422) },
})
const getPersonRoute = createRoute({
  method: 'get',
  path: '/api/v1/people/{id}',
  operationId: 'getPerson',
  tags: ['people'],
  ...needs('person.manage'),
  request: { params: idPath },
  responses: { 200: answers(Person, 'The person'), ...problems(404) },
})
const addPersonRoute = createRoute({
  method: 'post',
  path: '/api/v1/people',
  operationId: 'addPerson',
  tags: ['people'],
  ...needs('person.manage'),
  request: { body: takes(PersonInput) },
  responses: {
    201: answers(PersonWithPassword, 'The person, and the first password, which is shown this once'),
    ...problems(403, 409, 422),
  },
})
const changeRolesRoute = createRoute({
  method: 'put',
  path: '/api/v1/people/{id}/roles',
  operationId: 'changeRoles',
  tags: ['people'],
  ...needs('person.manage'),
  request: { params: idPath, body: takes(RolesInput) },
  responses: {
    200: answers(Person, 'The person with the roles held now'),
    204: { description: 'No role is left: the person no longer belongs to the organisation' },
    ...problems(403, 404, 409, 422),
  },
})
const disablePersonRoute = accessRoute('disable', 'disablePerson', answers(Person, 'The person, without access'))
const enablePersonRoute = accessRoute('enable', 'enablePerson', answers(Person, 'The person, with access'))
const resetPasswordRoute = accessRoute(
  'password',
  'resetPassword',
  answers(PersonWithPassword, 'The person, and the new password, which is shown this once'),
)

function accessRoute<T>(act: string, operationId: string, answer: T) {
  return createRoute({
    method: 'post',
    path: `/api/v1/people/{id}/${act}`,
    operationId,
    tags: ['people'],
    ...needs('person.manage'),
    request: { params: idPath },
    responses: { 200: answer as ReturnType<typeof answers>, ...problems(403, 404, 409) },
  })
}

function peopleRoutes(app: App): void {
  app.openapi(listPeopleRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const after = readCursor(cursor, 2)
    const ctx = c.get('ctx')
    const rows = await transact(ctx, (tx) => listPeople(tx, organisationOf(ctx.actor), { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.name, row.id]),
      200,
    )
  })
  app.openapi(getPersonRoute, async (c) => {
    const ctx = c.get('ctx')
    const row = await transact(ctx, (tx) => getPerson(tx, organisationOf(ctx.actor), c.req.valid('param').id))
    return c.json(row, 200)
  })
  app.openapi(addPersonRoute, async (c) => {
    const added = await addPerson(c.get('ctx'), c.req.valid('json'))
    neverKept(c)
    return c.json(added, 201)
  })
  app.openapi(changeRolesRoute, async (c) => {
    const ctx = c.get('ctx')
    const person_id = c.req.valid('param').id
    await changeRoles(ctx, person_id, c.req.valid('json').roles)
    const row = await transact(ctx, (tx) => findPerson(tx, organisationOf(ctx.actor), person_id))
    return row === null ? c.body(null, 204) : c.json(row, 200)
  })
  app.openapi(disablePersonRoute, async (c) => c.json(await disablePerson(c.get('ctx'), c.req.valid('param').id), 200))
  app.openapi(enablePersonRoute, async (c) => c.json(await enablePerson(c.get('ctx'), c.req.valid('param').id), 200))
  app.openapi(resetPasswordRoute, async (c) => {
    const reset = await resetPassword(c.get('ctx'), c.req.valid('param').id)
    neverKept(c)
    return c.json(reset, 200)
  })
}

const listTokensRoute = createRoute({
  method: 'get',
  path: '/api/v1/tokens',
  operationId: 'listTokens',
  tags: ['tokens'],
  ...needs('token.manage'),
  request: { query: z.object(pageQuery) },
  responses: { 200: answers(pageSchema(Token), 'Tokens, the newest first'), ...problems(422) },
})
const getTokenRoute = createRoute({
  method: 'get',
  path: '/api/v1/tokens/{id}',
  operationId: 'getToken',
  tags: ['tokens'],
  ...needs('token.manage'),
  request: { params: idPath },
  responses: { 200: answers(Token, 'The token, without its text'), ...problems(404) },
})
const createTokenRoute = createRoute({
  method: 'post',
  path: '/api/v1/tokens',
  operationId: 'createToken',
  tags: ['tokens'],
  ...needs('token.manage'),
  request: { body: takes(TokenInput) },
  responses: {
    201: answers(TokenWithText, 'The token, and its text, which is shown this once'),
    ...problems(403, 422),
  },
})
const revokeTokenRoute = createRoute({
  method: 'post',
  path: '/api/v1/tokens/{id}/revoke',
  operationId: 'revokeToken',
  tags: ['tokens'],
  ...needs('token.manage'),
  request: { params: idPath },
  responses: { 200: answers(Token, 'The token, revoked'), ...problems(403, 404) },
})

function tokenRoutes(app: App, parts: Parts): void {
  app.openapi(listTokensRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const after = readCursor(cursor, 1)
    const ctx = c.get('ctx')
    const rows = await transact(ctx, (tx) => listTokens(tx, organisationOf(ctx.actor), { limit, after }))
    return c.json(
      pageOf(rows, limit, (row) => [row.id]),
      200,
    )
  })
  app.openapi(getTokenRoute, async (c) => {
    const ctx = c.get('ctx')
    const row = await transact(ctx, (tx) => getToken(tx, organisationOf(ctx.actor), c.req.valid('param').id))
    return c.json(row, 200)
  })
  app.openapi(createTokenRoute, async (c) => {
    const made = await createToken(c.get('ctx'), parts.secret, c.req.valid('json'))
    neverKept(c)
    return c.json(made, 201)
  })
  app.openapi(revokeTokenRoute, async (c) => c.json(await revokeToken(c.get('ctx'), c.req.valid('param').id), 200))
}

const Account = z
  .object({ id: id(), email: z.string(), name: z.string(), language: z.enum(['lv', 'en']) })
  .openapi('Account')
const Session = z
  .object({
    created_at: z.string(),
    last_seen_at: z.string(),
    user_agent: z.string().nullable(),
    /** the session that is asking */
    current: z.boolean(),
  })
  .openapi('Session')

const getAccountRoute = createRoute({
  method: 'get',
  path: '/api/v1/account',
  operationId: 'getAccount',
  tags: ['account'],
  ...needs('signed_in'),
  responses: { 200: answers(Account, 'Who is signed in'), ...problems(404) },
})
const changeAccountRoute = createRoute({
  method: 'put',
  path: '/api/v1/account',
  operationId: 'changeAccount',
  tags: ['account'],
  ...needs('signed_in'),
  request: { body: takes(AccountInput) },
  responses: { 200: answers(Account, 'The account as it is now'), ...problems(404, 422) },
})
const changePasswordRoute = createRoute({
  method: 'post',
  path: '/api/v1/account/password',
  operationId: 'changePassword',
  tags: ['account'],
  ...needs('signed_in'),
  request: { body: takes(PasswordInput) },
  responses: { 204: nothing, ...problems(404, 422, 429) },
})
const listSessionsRoute = createRoute({
  method: 'get',
  path: '/api/v1/account/sessions',
  operationId: 'listSessions',
  tags: ['account'],
  ...needs('signed_in'),
  responses: {
    200: answers(z.object({ items: z.array(Session), next_cursor: z.null() }), 'One’s own sessions, at most 50'),
    ...problems(404),
  },
})
const signOutEverywhereRoute = createRoute({
  method: 'delete',
  path: '/api/v1/account/sessions',
  operationId: 'signOutEverywhere',
  tags: ['account'],
  ...needs('signed_in'),
  responses: { 204: nothing, ...problems(404) },
})

function accountRoutes(app: App, parts: Parts): void {
  app.openapi(getAccountRoute, async (c) => {
    const ctx = c.get('ctx')
    return c.json(await transact(ctx, (tx) => getAccount(tx, personOf(ctx.actor))), 200)
  })
  app.openapi(changeAccountRoute, async (c) => c.json(await changeAccount(c.get('ctx'), c.req.valid('json')), 200))
  app.openapi(changePasswordRoute, async (c) => {
    await changePassword(c.get('ctx'), parts.secret, getCookie(c, sessionCookie) ?? null, c.req.valid('json'))
    return c.body(null, 204)
  })
  app.openapi(listSessionsRoute, async (c) => {
    const ctx = c.get('ctx')
    const token = getCookie(c, sessionCookie)
    const items = await transact(ctx, async (tx) => {
      const { id: person_id } = await getAccount(tx, personOf(ctx.actor))
      const current_hash = token === undefined ? null : sessionHash(parts.secret, token)
      return listSessions(tx, { person_id, current_hash, now: ctx.clock.now().toISOString() })
    })
    return c.json({ items, next_cursor: null }, 200)
  })
  app.openapi(signOutEverywhereRoute, async (c) => {
    await signOutEverywhere(c.get('ctx'))
    return c.body(null, 204)
  })
}
