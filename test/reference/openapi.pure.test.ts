import { readFile } from 'node:fs/promises'
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import type { ApiDocument } from '../../src/reference/document.ts'
import { inWords, operationsOf } from '../../src/reference/document.ts'
import { exampleOf, fieldsOf } from '../../src/reference/schema.ts'
import { documentText } from '../../src/reference/text.ts'

const text = documentText()
const document = JSON.parse(text) as ApiDocument

test('openapi/openapi.json is the document of the routes: npm run openapi writes it', async () => {
  expect(await readFile('openapi/openapi.json', 'utf8')).toBe(text)
})

test('the document is valid OpenAPI 3.1', async () => {
  const validator = new Validator()
  const { valid, errors } = await validator.validate(JSON.parse(text))
  expect(errors ?? []).toEqual([])
  expect([valid, validator.version]).toEqual([true, '3.1'])
})

test('every reference in the document leads somewhere', () => {
  const lost = [...text.matchAll(/"\$ref": "#\/([^"]+)"/g)]
    .map(([, path]) => path!)
    .filter(
      (path) =>
        path.split('/').reduce((at: unknown, key) => (at as Record<string, unknown>)?.[key], document) === undefined,
    )
  expect(lost).toEqual([])
})

test('every operation has a name, a summary, a subject and its permission, and refuses as a problem document', () => {
  const poor = operationsOf(document).filter(({ operation }) => {
    const problems = Object.entries(operation.responses).filter(([status]) => status >= '4')
    return (
      !operation.operationId ||
      !operation.summary ||
      operation.tags?.length !== 1 ||
      !operation['x-permission'] ||
      problems.length === 0 ||
      problems.some(([, answer]) => answer.content?.['application/problem+json'] === undefined)
    )
  })
  expect(poor.map(({ method, path }) => `${method} ${path}`)).toEqual([])
})

test('every write of a member takes an idempotency key, and no reading does', () => {
  const takesKey = operationsOf(document).filter(({ operation }) =>
    operation.parameters?.some(({ $ref }) => $ref === '#/components/parameters/IdempotencyKey'),
  )
  const writes = operationsOf(document).filter(
    ({ method, operation }) => method !== 'get' && operation['x-permission'] !== 'public',
  )
  expect(takesKey.map(({ operation }) => operation.operationId)).toEqual(
    writes.map(({ operation }) => operation.operationId),
  )
})

test('money and quantities are decimal texts: no field of the API is a fractional JSON number', () => {
  const fractional = operationsOf(document).flatMap(({ operation }) =>
    [operation.requestBody, ...Object.values(operation.responses)]
      .flatMap((part) => Object.values(part?.content ?? {}))
      .flatMap(({ schema }) => (schema ? fieldsOf(document, schema) : []))
      .filter(({ schema }) => schema.type === 'number' && schema.const === undefined && schema.enum === undefined)
      .map((field) => `${operation.operationId} ${field.path}`),
  )
  expect(fractional).toEqual([])
})

test('an operation is said in words, and an example has every field of its schema', () => {
  expect(inWords('changeOrganisation')).toBe('Change organisation')
  const schema = document.paths['/api/v1/organisations/{id}']!.put!.requestBody!.content['application/json']!.schema!
  const names = fieldsOf(document, schema).map((field) => field.path)
  expect(Object.keys(exampleOf(document, schema) as object)).toEqual(names.filter((name) => !/[.[]/.test(name)))
})
