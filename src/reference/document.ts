/** The OpenAPI 3.1 document of the routes, completed with what every route shares. */
import type { App } from '../http/app.ts'

export type Schema = {
  $ref?: string
  type?: string | string[]
  format?: string
  description?: string
  example?: unknown
  default?: unknown
  enum?: unknown[]
  const?: unknown
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  minItems?: number
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
}
export type Parameter = {
  $ref?: string
  name: string
  in: 'path' | 'query' | 'header' | 'cookie'
  required?: boolean
  description?: string
  schema?: Schema
}
type Content = Record<string, { schema?: Schema }>
export type Operation = {
  operationId: string
  summary?: string
  description?: string
  tags?: string[]
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Content }
  responses: Record<string, { description: string; content?: Content }>
  security?: Record<string, string[]>[]
  'x-permission'?: string
}
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
export type ApiDocument = {
  openapi: string
  info: { title: string; version: string; description: string }
  servers: { url: string; description: string }[]
  tags: { name: string; description?: string }[]
  paths: Record<string, Partial<Record<Method, Operation>>>
  components: { schemas?: Record<string, Schema>; [kind: string]: unknown }
}

const description = `Municipalities publish social services, buy places for their residents, and settle the month.

Sign in with a token of your organisation (\`Authorization: Bearer vieta_…\`), made under Administration → API keys; a signed-in
person's session works too. A token acts for one organisation in one role. Each operation names the permission it needs
(\`x-permission\`).

* Money and quantities are decimal texts (\`"12.50"\`), never JSON numbers. Dates are \`2026-03-01\`, months \`2026-03\`, both ends of a period included.
* Lists answer \`{items, next_cursor}\`; pass \`next_cursor\` as \`cursor\` until it is null.
* A write may carry an \`Idempotency-Key\`: the same request with the same key is carried out once and answered the same for 48 hours.
* A write with the query parameter \`dry_run\` answers \`?dry_run=true\` with what it would lead to in closed months, and saves nothing.
* What is refused answers \`application/problem+json\` (RFC 9457) with a stable \`code\` and, per field, \`errors\`.
* What belongs to others answers 404, exactly as if it did not exist.
* Sentences are in the language of \`Accept-Language\`: \`lv\` (default) or \`en\`.`

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Any text of up to 200 characters that is new for each thing to be done, for example a UUID.',
  schema: { type: 'string', maxLength: 200 },
} as const satisfies Parameter

/** @returns the whole document; the same routes always give the same text */
export function describeApi(app: App): ApiDocument {
  const made = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Vieta', version: '1.0.0', description },
    servers: [{ url: '/', description: 'This installation' }],
  }) as unknown as ApiDocument
  const operations = operationsOf(made)
  for (const { method, operation } of operations) complete(method, operation)
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags ?? []))]
  return {
    ...made,
    tags: tags.map((name) => ({ name })),
    components: {
      ...made.components,
      parameters: { IdempotencyKey: idempotencyKey },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token of an organisation, in one role' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'vieta_session',
          description: 'The session of a signed-in person',
        },
      },
    },
  }
}

export type Described = { path: string; method: Method; operation: Operation }

export function operationsOf(document: Pick<ApiDocument, 'paths'>): Described[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method as Method, operation: operation! })),
  )
}

function complete(method: Method, operation: Operation): void {
  operation.summary ??= inWords(operation.operationId)
  const changes = method !== 'get' && operation['x-permission'] !== 'public'
  if (!changes) return
  operation.parameters = [
    ...(operation.parameters ?? []),
    { $ref: '#/components/parameters/IdempotencyKey' } as unknown as Parameter,
  ]
}

/** `changeOrganisation` as `Change organisation`. */
export function inWords(operationId: string): string {
  const words = operationId.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
