/** What a change changed, field by field. */
import { isId } from '../ids.ts'

export interface Difference {
  field: string
  before: unknown
  after: unknown
}

/** What nobody looks for in a change: the record's own id, and when the program wrote it. */
const silent = new Set(['id', 'created_at', 'changed_at', 'recorded_at', 'recorded_by', 'created_by'])

/**
 * The fields that differ. Of something new (or gone) only what is said of it counts: nothing, no, empty lists and the ids
 * of other records are left out.
 */
export function differences(before: unknown, after: unknown): Difference[] {
  const [old, now] = [fieldsOf(before), fieldsOf(after)]
  const changed = old !== null && now !== null
  const fields = new Set([...Object.keys(now ?? {}), ...Object.keys(old ?? {})])
  return [...fields]
    .map((field) => ({ field, before: old?.[field] ?? null, after: now?.[field] ?? null }))
    .filter(({ field }) => !silent.has(field))
    .filter((pair) => canonical(pair.before) !== canonical(pair.after))
    .filter((pair) => changed || ![pair.before, pair.after].every((value) => saysNothing(value) || isReference(value)))
}

function fieldsOf(record: unknown): Record<string, unknown> | null {
  if (record === null || record === undefined) return null
  return typeof record === 'object' && !Array.isArray(record) ? (record as Record<string, unknown>) : { value: record }
}

/** Nothing, no, an empty list, or a record that says nothing of anything. */
export function saysNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '') return true
  return typeof value === 'object' && Object.values(value).every(saysNothing)
}

/** The id of another record: of something new its name is told beside it, where it has one. */
function isReference(value: unknown): boolean {
  return typeof value === 'string' && isId(value)
}

/** The same text for the same value, whatever the order of its keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}
