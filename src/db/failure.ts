/** What a database said no with, the same for both drivers. */
export interface DatabaseFailure {
  /** SQLSTATE, e.g. 23505 unique, 23503 foreign key, 23514 check, 23P01 exclusion, 42501 not permitted */
  code: string
  constraint: string | null
  detail: string | null
}

/** Reads a driver's error (`constraint` from PGlite, `constraint_name` from postgres.js); null where it is something else. */
export function databaseFailure(error: unknown): DatabaseFailure | null {
  if (!(error instanceof Error)) return null
  const { code, constraint, constraint_name, detail } = error as unknown as Record<string, string | undefined>
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return null
  return { code, constraint: constraint ?? constraint_name ?? null, detail: detail ?? null }
}

/** True where `error` is the database's refusal by the named constraint. */
export function brokeConstraint(error: unknown, constraint: string): boolean {
  return databaseFailure(error)?.constraint === constraint
}
