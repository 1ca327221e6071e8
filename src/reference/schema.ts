/** JSON schemas as people read them: a row for each field, and an example. */
import type { ApiDocument, Schema } from './document.ts'

/** One field of a body or an answer. */
export interface SchemaField {
  /** dotted, `[]` for each of a list, `*` for any name: `tiers[].up_to` */
  path: string
  type: string
  required: boolean
  nullable: boolean
  /** the field's own schema, references followed */
  schema: Schema
}

const deepest = 5

/** The fields of an object schema, nested ones under their parent. */
export function fieldsOf(document: ApiDocument, schema: Schema, prefix = '', depth = 0): SchemaField[] {
  const { schema: bare } = resolve(document, schema)
  if (bare.type === 'array' && bare.items) return fieldsOf(document, bare.items, `${prefix}[]`, depth)
  const named = Object.entries(bare.properties ?? {}).flatMap(([name, field]) =>
    rowsOf(document, prefix === '' ? name : `${prefix}.${name}`, field, bare.required?.includes(name) ?? false, depth),
  )
  const other = bare.additionalProperties
  if (typeof other !== 'object') return named
  return [...named, ...rowsOf(document, prefix === '' ? '*' : `${prefix}.*`, other, false, depth)]
}

function rowsOf(document: ApiDocument, path: string, field: Schema, required: boolean, depth: number): SchemaField[] {
  const { schema, nullable } = resolve(document, field)
  const row = { path, type: typeOf(document, field), required, nullable, schema }
  return depth >= deepest ? [row] : [row, ...fieldsOf(document, schema, path, depth + 1)]
}

/** Follows references and takes `null` out of a choice. */
export function resolve(document: ApiDocument, schema: Schema): { schema: Schema; nullable: boolean } {
  if (schema.$ref !== undefined) {
    const found = document.components.schemas?.[schema.$ref.split('/').at(-1)!]
    return found === undefined ? { schema: {}, nullable: false } : resolve(document, found)
  }
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) {
    const real = choices.filter((choice) => choice.type !== 'null')
    const nullable = real.length < choices.length
    if (real.length !== 1) return { schema, nullable }
    return { schema: { ...resolve(document, real[0]!).schema }, nullable }
  }
  if (schema.allOf !== undefined) {
    const parts = schema.allOf.map((part) => resolve(document, part).schema)
    const properties = Object.assign({}, ...parts.map((part) => part.properties))
    return { schema: { ...Object.assign({}, ...parts), properties }, nullable: false }
  }
  if (Array.isArray(schema.type)) {
    const [type] = schema.type.filter((name) => name !== 'null')
    return { schema: { ...schema, type: type ?? 'null' }, nullable: schema.type.includes('null') }
  }
  return { schema, nullable: false }
}

/** `string (date)`, `Tier[]` as `object[]`. */
export function typeOf(document: ApiDocument, field: Schema): string {
  const { schema } = resolve(document, field)
  if (schema.type === 'array' && schema.items) return `${typeOf(document, schema.items)}[]`
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return [...new Set(choices.map((choice) => typeOf(document, choice)))].join(' | ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  const name = (schema.type as string | undefined) ?? 'any'
  return schema.format === undefined ? name : `${name} (${schema.format})`
}

/** A value of the schema, to start from. */
export function exampleOf(document: ApiDocument, schema: Schema, depth = 0): unknown {
  if (schema.example !== undefined) return schema.example
  const { schema: bare, nullable } = resolve(document, schema)
  if (bare.example !== undefined) return bare.example
  if (bare.default !== undefined) return bare.default
  if (bare.const !== undefined) return bare.const
  if (bare.enum !== undefined) return bare.enum[0]
  const choices = bare.anyOf ?? bare.oneOf
  if (choices?.[0]) return exampleOf(document, choices[0], depth)
  if (bare.properties !== undefined) {
    if (depth > deepest) return {}
    const entries = Object.entries(bare.properties)
    return Object.fromEntries(entries.map(([name, field]) => [name, exampleOf(document, field, depth + 1)]))
  }
  if (bare.type === 'array') return depth > deepest || !bare.items ? [] : [exampleOf(document, bare.items, depth + 1)]
  if (nullable) return null
  return plainExample(bare)
}

function plainExample(schema: Schema): unknown {
  if (schema.type === 'string') {
    if (schema.format === 'uuid') return '00000000-0000-7000-8000-000000000000'
    if (schema.format === 'email') return 'name@example.lv'
    return 'text'
  }
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1
  if (schema.type === 'boolean') return false
  if (schema.type === 'object') return {}
  return null
}
