/** Rows of fields in a form: `surcharges.0.name`, `absence.hospital.2.percent`. Empty rows are as if they were not there. */
import type { Language } from '../ui/define-texts.ts'
import { parseDecimalInput } from '../ui/input.ts'

type Values = Record<string, unknown>

const rowField = /^(.+)\.(\d+)\.([a-z_]+)$/

/** The rows under a name that have something in them, in their order. */
export function rowsIn(values: Values, prefix: string): Record<string, string>[] {
  const rows = new Map<number, Record<string, string>>()
  for (const [name, value] of Object.entries(values)) {
    const [, base, index, field] = rowField.exec(name) ?? []
    if (base !== prefix || typeof value !== 'string' || value.trim() === '') continue
    rows.set(Number(index), { ...rows.get(Number(index)), [field!]: value.trim() })
  }
  return [...rows.entries()].sort(([a], [b]) => a - b).map(([, row]) => row)
}

/** The same values with their rows moved together, so that row 3 of the input is row 3 of the form that comes back. */
export function withoutEmptyRows<T extends Values>(values: T): T {
  const prefixes = new Set(Object.keys(values).flatMap((name) => rowField.exec(name)?.[1] ?? []))
  const kept = Object.entries(values).filter(([name]) => !rowField.test(name))
  const moved = [...prefixes].flatMap((prefix) =>
    rowsIn(values, prefix).flatMap((row, index) =>
      Object.entries(row).map(([field, value]) => [`${prefix}.${index}.${field}`, value] as const),
    ),
  )
  return Object.fromEntries([...kept, ...moved]) as T
}

/** A figure as it is stored; what cannot be read stays as it was typed, for the schema to refuse. */
export function decimalIn(typed: string | undefined): string | undefined {
  return typed === undefined ? undefined : (parseDecimalInput(typed) ?? typed)
}

/** A stored figure as the reader of a language writes it; nothing for none. */
export function decimalOut(stored: string | null, language: Language): string {
  return language === 'lv' ? (stored ?? '').replace('.', ',') : (stored ?? '')
}

/** The values without the fields of rows: what the rest of a form is read from. */
export function withoutRows(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !rowField.test(name)))
}
