/** An instant as PostgreSQL prints it in UTC (`2026-03-01 10:00:00.5+00`) as ISO 8601 (`2026-03-01T10:00:00.500Z`). */
export function instantFromPostgres(text: string): string {
  return new Date(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')).toISOString()
}
